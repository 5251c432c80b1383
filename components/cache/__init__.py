"""ElastiCache for sessions and other short-lived data of the services."""

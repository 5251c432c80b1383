"""PostgreSQL on RDS: the primary and its replica in the DR region."""

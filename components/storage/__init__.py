"""Object storage: private buckets, the evidence store and access logs."""

"""Object storage: private buckets, the evidence store, access logs."""

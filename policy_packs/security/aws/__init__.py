"""Rules on AWS resources, one module per service."""

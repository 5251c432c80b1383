"""IAM roles of AWS services."""

"""IAM roles of AWS services, pods and people."""

"""IAM policy evaluation, and attacks on the pipeline's permissions."""

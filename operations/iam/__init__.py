"""IAM policy evaluation, and the attacks that the pipeline's permissions must withstand."""

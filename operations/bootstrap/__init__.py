"""`ops bootstrap`: what Pulumi itself needs in an account before it can run there."""

"""`ops bootstrap`: resources that Pulumi needs in an account before its first run."""

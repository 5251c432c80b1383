"""Names of the rehearsal's own resources in the emulated AWS.

This module imports nothing.
"""

REGION = "us-east-1"
"""Region of the state bucket and its key, independent of the program's regions."""
SECRETS_ALIAS = "alias/pulumi-secrets"
EXISTING_ROLE = "Exists before the program runs (rehearse up --role)."
"""Description of IAM roles that the program refers to but does not create. The inventory leaves them out."""


def state_bucket(stack: str) -> str:
    """Return the name of a stack's state bucket."""
    return f"pulumi-state-{stack}"


def backend_url(stack: str, port: int) -> str:
    """Return the `PULUMI_BACKEND_URL` of a stack, for moto on a local port."""
    return f"s3://{state_bucket(stack)}?endpoint=http://127.0.0.1:{port}&s3ForcePathStyle=true&region={REGION}"


def secrets_provider() -> str:
    """Return the argument of `--secrets-provider` for `pulumi stack init`."""
    return f"awskms://{SECRETS_ALIAS}?region={REGION}"

"""Names of what a rehearsal itself owns in the emulated AWS; importing this costs nothing."""

REGION = "us-east-1"
"""Where the state lives, whatever regions the program uses."""
SECRETS_ALIAS = "alias/pulumi-secrets"


def state_bucket(stack: str) -> str:
    """The bucket of one stack's state."""
    return f"pulumi-state-{stack}"


def backend_url(stack: str, port: int) -> str:
    """What `PULUMI_BACKEND_URL` must be for a moto that listens on `port`."""
    return f"s3://{state_bucket(stack)}?endpoint=http://127.0.0.1:{port}&s3ForcePathStyle=true&region={REGION}"


def secrets_provider() -> str:
    """What `pulumi stack init --secrets-provider` is given."""
    return f"awskms://{SECRETS_ALIAS}?region={REGION}"

"""Secrets Manager: encrypted, private, rotated and recoverable secrets."""

from policy_packs.kernel.registry import Findings, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.aws.resource_policies import SECRET_POLICIES, private_policy_rule
from policy_packs.security.property_rules import presence_rule
from policy_packs.security.references import companions

SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105  # a type, not a password
ROTATION = "aws:secretsmanager/secretRotation:SecretRotation"
MAX_ROTATION_DAYS = 90
"""Maximum days between rotations, as in the platform's requirements and in Checkov."""

own_key = presence_rule(
    "secret-must-have-key",
    on=SECRET,
    path="kmsKeyId",
    covers=["CKV_AWS_149"],
    rationale="With our own key, a reader needs permission to use the key as well as permission to read the secret.",
    fix="Set kms_key_id to a key of the environment.",
)
private_secrets = private_policy_rule(
    "secret-must-not-be-public",
    SECRET_POLICIES,
    ["CKV_AWS_283"],
    "Anyone with an AWS account can read a public secret.",
)


@rule("secret-must-rotate-in-time", on=ROTATION, covers=["CKV_AWS_304"])
def rotation_interval(rotation: Resource) -> Findings:
    """A leaked secret is useful to an attacker until the secret is rotated."""
    days = rotation.number("rotationRules.automaticallyAfterDays")
    if days is None and not rotation["rotationRules.scheduleExpression"]:
        yield "The secret has no rotation interval. Set rotation_rules.automatically_after_days."
    elif days is not None and days > MAX_ROTATION_DAYS:
        yield f"The secret rotates every {days:.0f} days. Set automatically_after_days to {MAX_ROTATION_DAYS} or fewer."


@rule("secret-must-be-recoverable", on=SECRET, severity=Severity.MEDIUM)
def recoverable(secret: Resource) -> Findings:
    """Without a recovery window, an accidental deletion of a secret cannot be undone."""
    if secret.number("recoveryWindowInDays") == 0:
        yield "recovery_window_in_days is 0. Set it to 7 or more."


@stack_rule("secret-must-rotate", covers=["CKV2_AWS_57"])
def rotated_secrets(stack: Stack) -> StackFindings:
    """Credentials from Vault expire. Secrets in Secrets Manager do not, so they must be rotated."""
    rotations = [each for each in stack.of_type(ROTATION) if each.flag("rotationEnabled") is not False]
    for secret in stack.of_type(SECRET):
        if not companions(secret, rotations, "secretId", "arn"):
            yield secret, f"Secret {secret.name} is not rotated. Add a SecretRotation, or let Vault issue credentials."

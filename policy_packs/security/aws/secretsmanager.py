"""Secrets Manager: encrypted, private, rotated and recoverable secrets."""

from policy_packs.kernel.registry import Findings, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.aws.resource_policies import SECRET_POLICIES, private_policy_rule
from policy_packs.security.property_rules import presence_rule
from policy_packs.security.references import companions

SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105  # a type, not a password
ROTATION = "aws:secretsmanager/secretRotation:SecretRotation"
MAX_ROTATION_DAYS = 90
"""Days between rotations, at most: the document's bound for credentials, and Checkov's."""
own_key = presence_rule(
    "secret-must-have-key",
    on=SECRET,
    path="kmsKeyId",
    covers=["CKV_AWS_149"],
    why="With AWS's own key everybody may open a secret who may read it; with ours, who may use the key as well.",
    fix="set kms_key_id to a key of the environment",
)
private_secrets = private_policy_rule(
    "secret-must-not-be-public",
    SECRET_POLICIES,
    ["CKV_AWS_283"],
    "A secret that every account may read is none.",
)


@rule("secret-must-rotate-in-time", on=ROTATION, covers=["CKV_AWS_304"])
def rotation_interval(rotation: Resource) -> Findings:
    """What leaked last year must not open anything this year."""
    days = rotation.number("rotationRules.automaticallyAfterDays")
    if days is None and not rotation["rotationRules.scheduleExpression"]:
        yield "says nowhere how often; set rotation_rules.automatically_after_days"
    elif days is not None and days > MAX_ROTATION_DAYS:
        yield f"rotates every {days:.0f} days; set automatically_after_days to {MAX_ROTATION_DAYS} or fewer"


@rule("secret-must-be-recoverable", on=SECRET, severity=Severity.MEDIUM)
def recoverable(secret: Resource) -> Findings:
    """A secret that is gone at once takes with it whatever it opened."""
    if secret.number("recoveryWindowInDays") == 0:
        yield "recovery_window_in_days is 0; set 7 or more"


@stack_rule("secret-must-rotate", covers=["CKV2_AWS_57"])
def rotated_secrets(stack: Stack) -> StackFindings:
    """Vault makes credentials that end by themselves; what lies in Secrets Manager instead rotates by itself."""
    rotations = [each for each in stack.of_type(ROTATION) if each.flag("rotationEnabled") is not False]
    for secret in stack.of_type(SECRET):
        if not companions(secret, rotations, "secretId", "arn"):
            yield secret, f"secret {secret.name} never changes; add a SecretRotation, or let Vault make it"

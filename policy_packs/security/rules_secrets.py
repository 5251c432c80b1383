"""Secrets in AWS: they change, they can come back when deleted by mistake, and only ours can open them."""

import re

from policy_packs.kernel.registry import Findings, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.pairs import companions
from policy_packs.security.settings import required

SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105  # a type, not a password
ROTATION = "aws:secretsmanager/secretRotation:SecretRotation"
PARAMETER = "aws:ssm/parameter:Parameter"
MOST_DAYS = 90
"""Days between rotations, at most: the document's bound for credentials, and Checkov's."""
TELLING_NAME = re.compile(r"passw|secret|token|credential|private.?key|api.?key", re.IGNORECASE)

own_key = required(
    "secret-must-have-key",
    on=SECRET,
    path="kmsKeyId",
    covers=["CKV_AWS_149"],
    why="With AWS's own key everybody may open a secret who may read it; with ours, who may use the key as well.",
    fix="set kms_key_id to a key of the environment",
)


@rule("secret-must-rotate-in-time", on=ROTATION, covers=["CKV_AWS_304"])
def in_time(rotation: Resource) -> Findings:
    """What leaked last year must not open anything this year."""
    days = rotation.number("rotationRules.automaticallyAfterDays")
    if days is None and not rotation["rotationRules.scheduleExpression"]:
        yield "says nowhere how often; set rotation_rules.automatically_after_days"
    elif days is not None and days > MOST_DAYS:
        yield f"rotates every {days:.0f} days; set automatically_after_days to {MOST_DAYS} or fewer"


@rule("secret-must-be-recoverable", on=SECRET, severity=Severity.MEDIUM)
def recoverable(secret: Resource) -> Findings:
    """A secret that is gone at once takes with it whatever it opened."""
    if secret.number("recoveryWindowInDays") == 0:
        yield "recovery_window_in_days is 0; set 7 or more"


@rule("ssm-must-encrypt-parameters", on=PARAMETER, covers=["CKV_AWS_337"])
def parameter_key(parameter: Resource) -> Findings:
    """A parameter that is worth encrypting is worth a key of ours."""
    if parameter["type"] == "SecureString" and not parameter["keyId"]:
        yield "is encrypted with AWS's own key; set key_id to a key of the environment"


@rule("ssm-must-not-show-secrets", on=PARAMETER, severity=Severity.CRITICAL)
def plain_secret(parameter: Resource) -> Findings:
    """A parameter in plain text is read by everybody who may list parameters."""
    if parameter["type"] != "SecureString" and TELLING_NAME.search(parameter.text("name") or parameter.name):
        yield f"type is {parameter['type']} and the name speaks of a secret; make it SecureString, or use Vault"


@stack_rule("secret-must-rotate", covers=["CKV2_AWS_57"])
def rotates(stack: Stack) -> StackFindings:
    """Vault makes credentials that end by themselves; what lies in Secrets Manager instead rotates by itself."""
    rotations = [each for each in stack.of(ROTATION) if each.flag("rotationEnabled") is not False]
    for secret in stack.of(SECRET):
        if not companions(secret, rotations, "secretId", "arn"):
            yield secret, f"secret {secret.name} never changes; add a SecretRotation, or let Vault make it"

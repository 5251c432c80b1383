"""SSM parameters."""

import re

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource

PARAMETER = "aws:ssm/parameter:Parameter"
SECRET_NAME = re.compile(r"passw|secret|token|credential|private.?key|api.?key", re.IGNORECASE)


@rule("ssm-must-encrypt-parameters", on=PARAMETER, covers=["CKV_AWS_337"])
def parameter_key(parameter: Resource) -> Findings:
    """The policy of the AWS-managed key cannot be narrowed, so secrets need a customer-managed key."""
    if parameter["type"] == "SecureString" and not parameter["keyId"]:
        yield "The parameter is encrypted with the AWS-managed key. Set key_id to a key of the environment."


@rule("ssm-must-not-show-secrets", on=PARAMETER, severity=Severity.CRITICAL)
def plain_secret(parameter: Resource) -> Findings:
    """A parameter of type String is stored in plain text, so everyone who may read parameters can read it."""
    if parameter["type"] != "SecureString" and SECRET_NAME.search(parameter.text("name") or parameter.name):
        yield (
            f"`type` is {parameter['type']}, but the name suggests a secret. Set `type` to SecureString, or use Vault."
        )

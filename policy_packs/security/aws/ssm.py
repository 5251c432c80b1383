"""SSM parameters."""

import re

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource

PARAMETER = "aws:ssm/parameter:Parameter"
SECRET_NAME = re.compile(r"passw|secret|token|credential|private.?key|api.?key", re.IGNORECASE)


@rule("ssm-must-encrypt-parameters", on=PARAMETER, covers=["CKV_AWS_337"])
def parameter_key(parameter: Resource) -> Findings:
    """A parameter that is worth encrypting is worth a key of ours."""
    if parameter["type"] == "SecureString" and not parameter["keyId"]:
        yield "is encrypted with AWS's own key; set key_id to a key of the environment"


@rule("ssm-must-not-show-secrets", on=PARAMETER, severity=Severity.CRITICAL)
def plain_secret(parameter: Resource) -> Findings:
    """A parameter in plain text is read by everybody who may list parameters."""
    if parameter["type"] != "SecureString" and SECRET_NAME.search(parameter.text("name") or parameter.name):
        yield f"type is {parameter['type']} and the name speaks of a secret; make it SecureString, or use Vault"

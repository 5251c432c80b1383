"""Keys and permissions: keys change, and nobody may do everything."""

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.permissions import CARRIERS, ROLE, attached, permitted
from policy_packs.security.statements import allows_everything, label

KEY = "aws:kms/key:Key"
ATTACHMENTS = (
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
    "aws:iam/policyAttachment:PolicyAttachment",
)


@rule(
    "kms-must-rotate-keys",
    on=KEY,
    covers=["CKV_AWS_7", "CIS-AWS 3.6", "AWSGuard cmk-backing-key-rotation-enabled"],
)
def rotation(key: Resource) -> Findings:
    """A key that never changes protects everything it ever encrypted with one secret."""
    # AWS rotates symmetric encryption keys only.
    if key["keyUsage"] not in {None, "ENCRYPT_DECRYPT"}:
        return
    if key["customerMasterKeySpec"] not in {None, "SYMMETRIC_DEFAULT"}:
        return
    if key.flag("enableKeyRotation") is not True:
        yield "enable_key_rotation is not on; set it to True"


@rule(
    "iam-must-not-allow-everything",
    on=CARRIERS,
    covers=["CKV_AWS_62", "CIS-AWS 1.15"],
    severity=Severity.CRITICAL,
)
def everything(resource: Resource) -> Findings:
    """Every action on every resource is the whole account: no service and no person needs that."""
    for statement in permitted(resource):
        if allows_everything(statement):
            yield f"{label(statement)} allows * on *; name the actions and the resources"


@rule(
    "iam-must-not-attach-administrator",
    on=(*ATTACHMENTS, ROLE),
    covers=["CKV_AWS_274", "CKV_AWS_275"],
    severity=Severity.CRITICAL,
)
def administrator(resource: Resource) -> Findings:
    """AdministratorAccess is every action on every resource under another name."""
    for arn in attached(resource):
        if arn.endswith(":policy/AdministratorAccess"):
            yield "attaches AdministratorAccess; write a policy with what is needed"

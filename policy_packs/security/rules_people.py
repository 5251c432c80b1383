"""People: they sign in through the identity provider and take on roles; what AWS itself keeps of them is guarded."""

import re
from collections.abc import Iterator

from policy_packs.kernel.registry import Findings, Rule, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.permissions import ROLE, attached
from policy_packs.security.rules_identity import ATTACHMENTS
from policy_packs.security.settings import required, setting

USER = "aws:iam/user:User"
ACCESS_KEY = "aws:iam/accessKey:AccessKey"
LOGIN = "aws:iam/userLoginProfile:UserLoginProfile"
MEMBERSHIP = "aws:iam/userGroupMembership:UserGroupMembership"
GROUP_MEMBERS = "aws:iam/groupMembership:GroupMembership"
ATTACHMENT = "aws:iam/policyAttachment:PolicyAttachment"
OF_USERS = ("aws:iam/userPolicy:UserPolicy", "aws:iam/userPolicyAttachment:UserPolicyAttachment")
PASSWORDS = "aws:iam/accountPasswordPolicy:AccountPasswordPolicy"
INSTANCE = "aws:ec2/instance:Instance"
WHOLE_SERVICE = re.compile(r"arn:[^:]*:iam::aws:policy/(.*/)?(\w+FullAccess|PowerUserAccess)")
KEPT = {
    USER: "creates a user of IAM",
    ACCESS_KEY: "creates an access key",
    LOGIN: "gives a user of IAM a password for the console",
}
LEAST_LENGTH = 14
"""Characters; CIS AWS Foundations 5.0, 1.7."""
LEAST_REUSE = 24
"""Passwords that are remembered; CIS AWS Foundations 5.0, 1.8."""


@rule(
    "iam-must-not-keep-credentials",
    on=tuple(KEPT),
    covers=["CKV_AWS_273", "CKV_AWS_348", "CKV2_AWS_22"],
    severity=Severity.CRITICAL,
)
def kept(resource: Resource) -> Findings:
    """What IAM keeps of a person stays when the person leaves; the identity provider knows who is still here.

    An access key, moreover, lies in the state of whoever made it.
    """
    if resource.kind != ACCESS_KEY or resource["status"] != "Inactive":
        yield f"{KEPT[resource.kind]}; let people sign in through the identity provider, and programs take on roles"


@rule("iam-permissions-must-not-be-of-users", on=(*OF_USERS, ATTACHMENT), covers=["CKV_AWS_40", "CIS-AWS 1.14"])
def of_users(resource: Resource) -> Findings:
    """Who may do what is read off groups and roles; a permission of one user is found by nobody."""
    if resource.kind in OF_USERS or resource.items("users"):
        yield "gives permissions to a user; attach the policy to a role or a group"


@rule("iam-must-not-attach-full-access", on=(*ATTACHMENTS, ROLE), covers=["CKV2_AWS_56"])
def full_access(resource: Resource) -> Findings:
    """AWS's FullAccess policies are whole services; IAM's is the whole account."""
    for arn in attached(resource):
        if WHOLE_SERVICE.fullmatch(arn):
            yield f"attaches {arn.rpartition('/')[2]}; write a policy with what is needed"


@rule("password-must-be-long", on=PASSWORDS, covers=["CKV_AWS_10", "CIS-AWS 1.7"], severity=Severity.MEDIUM)
def length(policy: Resource) -> Findings:
    """Length is what makes a password hard to guess."""
    characters = policy.number("minimumPasswordLength") or 0
    if characters < LEAST_LENGTH:
        yield f"takes passwords of {characters:.0f} characters; set minimum_password_length to {LEAST_LENGTH} or more"


@rule("password-must-not-come-back", on=PASSWORDS, covers=["CKV_AWS_13", "CIS-AWS 1.8"], severity=Severity.MEDIUM)
def reuse(policy: Resource) -> Findings:
    """An old password may have been found since."""
    remembered = policy.number("passwordReusePrevention") or 0
    if remembered < LEAST_REUSE:
        yield f"remembers {remembered:.0f} passwords; set password_reuse_prevention to {LEAST_REUSE}"


def _character(kind: str, path: str, argument: str, control: str) -> Rule:
    return setting(
        f"password-must-have-{kind}",
        on=PASSWORDS,
        path=path,
        right=(True,),
        covers=[control],
        severity=Severity.MEDIUM,
        why="Each kind of character makes guessing slower.",
        fix=f"set {argument}=True",
    )


lower_case = _character("lower-case", "requireLowercaseCharacters", "require_lowercase_characters", "CKV_AWS_11")
digits = _character("digit", "requireNumbers", "require_numbers", "CKV_AWS_12")
symbols = _character("symbol", "requireSymbols", "require_symbols", "CKV_AWS_14")
upper_case = _character("upper-case", "requireUppercaseCharacters", "require_uppercase_characters", "CKV_AWS_15")
instance_role = required(
    "ec2-must-have-role",
    on=INSTANCE,
    path="iamInstanceProfile",
    covers=["CIS-AWS 1.17"],
    why="A program on a machine without a role of its own is given an access key, which then lies about there.",
    fix="set iam_instance_profile",
)


@stack_rule("iam-users-must-be-in-group", covers=["CKV2_AWS_21"], severity=Severity.MEDIUM)
def in_group(stack: Stack) -> StackFindings:
    """What a user may do is what the group may do: a user without one was given permissions alone, or forgotten."""
    for user in stack.of(USER):
        if not any(_of(user, each, path) for each, path in _memberships(stack)):
            yield user, f"user {user.name} is in no group; add a UserGroupMembership"


@rule(
    "iam-role-must-be-managed-in-one-place",
    on=ROLE,
    covers=["AWSGuard iam-role-no-policy-management-conflicts"],
    severity=Severity.MEDIUM,
)
def one_place(role: Resource) -> Findings:
    """A role that lists its policies takes away at each update what an attachment of its own has added."""
    # Asked of the program's inputs: in the whole stack's outputs AWS has filled the list in, from the attachments.
    for key, instead in (("managedPolicyArns", "RolePolicyAttachment"), ("inlinePolicies", "RolePolicy")):
        if role.items(key):
            yield f"{key} lists its policies; attach each with a {instead}"


def _memberships(stack: Stack) -> Iterator[tuple[Resource, str]]:
    yield from ((each, "user") for each in stack.of(MEMBERSHIP))
    yield from ((each, "users") for each in stack.of(GROUP_MEMBERS))


def _of(user: Resource, membership: Resource, path: str) -> bool:
    if sources := membership.uses.get(path):
        return user.urn in sources
    return user["name"] in membership.texts(path)

"""IAM users and the account's password policy."""

from collections.abc import Iterator

from policy_packs.kernel.registry import Findings, ResourceRule, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.property_rules import value_rule

USER = "aws:iam/user:User"
ACCESS_KEY = "aws:iam/accessKey:AccessKey"
LOGIN_PROFILE = "aws:iam/userLoginProfile:UserLoginProfile"
USER_GROUP_MEMBERSHIP = "aws:iam/userGroupMembership:UserGroupMembership"
GROUP_MEMBERSHIP = "aws:iam/groupMembership:GroupMembership"
POLICY_ATTACHMENT = "aws:iam/policyAttachment:PolicyAttachment"
USER_POLICIES = ("aws:iam/userPolicy:UserPolicy", "aws:iam/userPolicyAttachment:UserPolicyAttachment")
ACCOUNT_PASSWORDS = "aws:iam/accountPasswordPolicy:AccountPasswordPolicy"
CREDENTIALS = {
    USER: "creates a user of IAM",
    ACCESS_KEY: "creates an access key",
    LOGIN_PROFILE: "gives a user of IAM a password for the console",
}
MIN_LENGTH = 14
"""Characters; CIS AWS Foundations 5.0, 1.7."""
MIN_REMEMBERED = 24
"""Passwords that are remembered; CIS AWS Foundations 5.0, 1.8."""


@rule(
    "iam-must-not-keep-credentials",
    on=tuple(CREDENTIALS),
    covers=["CKV_AWS_273", "CKV_AWS_348", "CKV2_AWS_22"],
    severity=Severity.CRITICAL,
)
def long_lived_credentials(resource: Resource) -> Findings:
    """What IAM keeps of a person stays when the person leaves; the identity provider knows who is still here.

    An access key, moreover, lies in the state of whoever made it.
    """
    if resource.type != ACCESS_KEY or resource["status"] != "Inactive":
        instead = "let people sign in through the identity provider, and programs take on roles"
        yield f"{CREDENTIALS[resource.type]}; {instead}"


@rule(
    "iam-permissions-must-not-be-of-users",
    on=(*USER_POLICIES, POLICY_ATTACHMENT),
    covers=["CKV_AWS_40", "CIS-AWS 1.14"],
)
def permissions_of_users(resource: Resource) -> Findings:
    """Who may do what is read off groups and roles; a permission of one user is found by nobody."""
    if resource.type in USER_POLICIES or resource.items("users"):
        yield "gives permissions to a user; attach the policy to a role or a group"


@rule("password-must-be-long", on=ACCOUNT_PASSWORDS, covers=["CKV_AWS_10", "CIS-AWS 1.7"], severity=Severity.MEDIUM)
def password_length(policy: Resource) -> Findings:
    """Length is what makes a password hard to guess."""
    characters = policy.number("minimumPasswordLength") or 0
    if characters < MIN_LENGTH:
        yield f"takes passwords of {characters:.0f} characters; set minimum_password_length to {MIN_LENGTH} or more"


@rule(
    "password-must-not-come-back", on=ACCOUNT_PASSWORDS, covers=["CKV_AWS_13", "CIS-AWS 1.8"], severity=Severity.MEDIUM
)
def password_reuse(policy: Resource) -> Findings:
    """An old password may have been found since."""
    remembered = policy.number("passwordReusePrevention") or 0
    if remembered < MIN_REMEMBERED:
        yield f"remembers {remembered:.0f} passwords; set password_reuse_prevention to {MIN_REMEMBERED}"


def _character_rule(kind: str, path: str, argument: str, control: str) -> ResourceRule:
    return value_rule(
        f"password-must-have-{kind}",
        on=ACCOUNT_PASSWORDS,
        path=path,
        right=(True,),
        covers=[control],
        severity=Severity.MEDIUM,
        why="Each kind of character makes guessing slower.",
        fix=f"set {argument}=True",
    )


lower_case = _character_rule("lower-case", "requireLowercaseCharacters", "require_lowercase_characters", "CKV_AWS_11")
digits = _character_rule("digit", "requireNumbers", "require_numbers", "CKV_AWS_12")
symbols = _character_rule("symbol", "requireSymbols", "require_symbols", "CKV_AWS_14")
upper_case = _character_rule("upper-case", "requireUppercaseCharacters", "require_uppercase_characters", "CKV_AWS_15")


@stack_rule("iam-users-must-be-in-group", covers=["CKV2_AWS_21"], severity=Severity.MEDIUM)
def in_group(stack: Stack) -> StackFindings:
    """What a user may do is what the group may do: a user without one was given permissions alone, or forgotten."""
    for user in stack.of_type(USER):
        if not any(_is_member(user, each, path) for each, path in _memberships(stack)):
            yield user, f"user {user.name} is in no group; add a UserGroupMembership"


def _memberships(stack: Stack) -> Iterator[tuple[Resource, str]]:
    yield from ((each, "user") for each in stack.of_type(USER_GROUP_MEMBERSHIP))
    yield from ((each, "users") for each in stack.of_type(GROUP_MEMBERSHIP))


def _is_member(user: Resource, membership: Resource, path: str) -> bool:
    if sources := membership.property_dependencies.get(path):
        return user.urn in sources
    return user["name"] in membership.texts(path)

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
    USER: "The program creates an IAM user",
    ACCESS_KEY: "The program creates an access key",
    LOGIN_PROFILE: "The program gives an IAM user a console password",
}
MIN_LENGTH = 14
"""Minimum number of characters (CIS AWS Foundations 5.0, 1.7)."""
MIN_REMEMBERED = 24
"""Minimum number of remembered passwords (CIS AWS Foundations 5.0, 1.8)."""


@rule(
    "iam-must-not-keep-credentials",
    on=tuple(CREDENTIALS),
    covers=["CKV_AWS_273", "CKV_AWS_348", "CKV2_AWS_22"],
    severity=Severity.CRITICAL,
)
def long_lived_credentials(resource: Resource) -> Findings:
    """IAM credentials remain valid after their owner leaves. The identity provider knows who still works here.

    An access key is also stored in the state of the program that creates it.
    """
    if resource.type != ACCESS_KEY or resource["status"] != "Inactive":
        instead = "Let people sign in through the identity provider, and let programs assume roles."
        yield f"{CREDENTIALS[resource.type]}. {instead}"


@rule(
    "iam-permissions-must-not-be-of-users",
    on=(*USER_POLICIES, POLICY_ATTACHMENT),
    covers=["CKV_AWS_40", "CIS-AWS 1.14"],
)
def permissions_of_users(resource: Resource) -> Findings:
    """Permissions are reviewed by group and by role, so nobody notices those of a single user."""
    if resource.type in USER_POLICIES or resource.items("users"):
        yield "The policy gives permissions to a user. Attach the policy to a role or a group."


@rule("password-must-be-long", on=ACCOUNT_PASSWORDS, covers=["CKV_AWS_10", "CIS-AWS 1.7"], severity=Severity.MEDIUM)
def password_length(policy: Resource) -> Findings:
    """Long passwords are hard to guess."""
    characters = policy.number("minimumPasswordLength") or 0
    if characters < MIN_LENGTH:
        yield f"Passwords need only {characters:.0f} characters. Set minimum_password_length to {MIN_LENGTH} or more."


@rule(
    "password-must-not-come-back", on=ACCOUNT_PASSWORDS, covers=["CKV_AWS_13", "CIS-AWS 1.8"], severity=Severity.MEDIUM
)
def password_reuse(policy: Resource) -> Findings:
    """A password that was used before could have leaked in the meantime."""
    remembered = policy.number("passwordReusePrevention") or 0
    if remembered < MIN_REMEMBERED:
        yield f"Only {remembered:.0f} passwords are remembered. Set password_reuse_prevention to {MIN_REMEMBERED}."


def _character_rule(character_class: str, path: str, argument: str, control: str) -> ResourceRule:
    return value_rule(
        f"password-must-have-{character_class}",
        on=ACCOUNT_PASSWORDS,
        path=path,
        allowed=(True,),
        covers=[control],
        severity=Severity.MEDIUM,
        rationale="Each additional class of characters makes a password harder to guess.",
        fix=f"Set {argument}=True.",
    )


lower_case = _character_rule("lower-case", "requireLowercaseCharacters", "require_lowercase_characters", "CKV_AWS_11")
digits = _character_rule("digit", "requireNumbers", "require_numbers", "CKV_AWS_12")
symbols = _character_rule("symbol", "requireSymbols", "require_symbols", "CKV_AWS_14")
upper_case = _character_rule("upper-case", "requireUppercaseCharacters", "require_uppercase_characters", "CKV_AWS_15")


@stack_rule("iam-users-must-be-in-group", covers=["CKV2_AWS_21"], severity=Severity.MEDIUM)
def in_group(stack: Stack) -> StackFindings:
    """Users get their permissions from groups. A user without a group was probably forgotten."""
    for user in stack.of_type(USER):
        if not any(_is_member(user, membership, path) for membership, path in _memberships(stack)):
            yield user, f"User {user.name} is in no group. Add a UserGroupMembership."


def _memberships(stack: Stack) -> Iterator[tuple[Resource, str]]:
    yield from ((each, "user") for each in stack.of_type(USER_GROUP_MEMBERSHIP))
    yield from ((each, "users") for each in stack.of_type(GROUP_MEMBERSHIP))


def _is_member(user: Resource, membership: Resource, path: str) -> bool:
    if member_urns := membership.property_dependencies.get(path):
        return user.urn in member_urns
    return user["name"] in membership.texts(path)

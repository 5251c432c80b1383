"""IAM permission policies: actions behind wildcards, resources and conditions."""

from collections.abc import Iterable, Iterator
from typing import Final

from policy_packs.kernel.resource import Fields, Resource
from policy_packs.security import patterns
from policy_packs.security.conditions import narrows_resource
from policy_packs.security.iam_actions import (
    AUDIT_DISABLING_ACTIONS,
    CREDENTIAL_ACTIONS,
    DECRYPTION_ACTIONS,
    DESTRUCTIVE_ACTIONS,
    ESCALATION_PATHS,
    PERMISSION_ACTIONS,
)
from policy_packs.security.iam_data_actions import DATA_ACTIONS
from policy_packs.security.pattern_unions import covering_resources
from policy_packs.security.statements import allow_statements, allows_everything

ROLE = "aws:iam/role:Role"
VAULT_ROLE = "vault:aws/secretBackendRole:SecretBackendRole"
"""Type of the roles for which Vault issues AWS credentials."""
PERMISSION_POLICIES = (
    "aws:iam/policy:Policy",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/userPolicy:UserPolicy",
    "aws:iam/groupPolicy:GroupPolicy",
    ROLE,
    VAULT_ROLE,
)
"""Resource types that contain permission policies of identities."""

_LISTED_ACTIONS: Final = tuple(
    dict.fromkeys(
        (
            *(action for path in ESCALATION_PATHS for action in path),
            *CREDENTIAL_ACTIONS,
            *DATA_ACTIONS,
            *DECRYPTION_ACTIONS,
            *PERMISSION_ACTIONS,
            *AUDIT_DISABLING_ACTIONS,
            *DESTRUCTIVE_ACTIONS,
        )
    )
)
"""All actions that rules on permission policies look for."""


def attached_policy_arns(resource: Resource) -> tuple[str, ...]:
    """Return the ARNs of managed policies that a role lists or an attachment attaches."""
    return resource.texts("managedPolicyArns" if resource.type == ROLE else "policyArn")


def permission_statements(resource: Resource) -> Iterator[Fields]:
    """Yield the Allow statements of all policies of a resource."""
    policies = resource.each("inlinePolicies") if resource.type == ROLE else [resource]
    path = "policyDocument" if resource.type == VAULT_ROLE else "policy"
    for policy in policies:
        yield from allow_statements(policy, path)


def unrestricted_statements(resource: Resource) -> Iterator[Fields]:
    """Yield statements that cover every resource, alone or together.

    Statements with a condition that narrows the resources are left out. So are statements with every action on every
    resource, because another rule reports them.
    """
    for statement in permission_statements(resource):
        if covers_every_resource(statement) and not narrows_resource(statement) and not allows_everything(statement):
            yield statement
    yield from joined_statements(resource)


def joined_statements(resource: Resource) -> Iterator[Fields]:
    """Yield a statement for each set that covers every resource only together.

    It allows the actions that each statement of the set allows. Its Sid names the first statement of the set.
    """
    parts = [
        each
        for each in permission_statements(resource)
        if not covers_every_resource(each) and not narrows_resource(each)
    ]
    if covering_resources(_resources(parts)):
        actions = (action for each in parts for action in each.texts("Action"))
        sets: dict[tuple[int, ...], list[str]] = {}
        for action in dict.fromkeys((*actions, *_LISTED_ACTIONS)):
            allowing = tuple(index for index, each in enumerate(parts) if granted_actions(each, (action,)))
            sets.setdefault(allowing, []).append(action)
        for indexes, allowed in sets.items():
            joined = [parts[index] for index in indexes]
            if covering_resources(_resources(joined)):
                first = joined[0].text("Sid") or f"number {indexes[0] + 1}"
                name = f"{first} ({len(joined)} statements together)"
                yield Fields({"Sid": name, "Action": allowed, "Resource": list(_resources(joined))}, "policy")


def _resources(statements: Iterable[Fields]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(resource for each in statements for resource in each.texts("Resource")))


def covers_every_resource(statement: Fields) -> bool:
    """Return True if a statement covers all resources of a type, account or service.

    A statement with NotResource counts too, because it covers all resources except those that it lists.
    """
    return "NotResource" in statement or bool(covering_resources(statement.texts("Resource")))


def has_open_name(statement: Fields, resource_type: str) -> bool:
    """Return True if a statement has a pattern for names of an IAM type.

    An example is `role/campus-*`. A policy variable that identifies the principal counts as a name.
    """
    return "NotResource" in statement or any(
        patterns.leaves_name_open(each, "iam", resource_type) for each in statement.texts("Resource")
    )


def roles_of_any_account(statement: Fields) -> Iterator[str]:
    """Yield the resources of a statement that name a role but not its account.

    A principal can assume roles of other accounts, also of an attacker's.
    """
    for resource in statement.texts("Resource"):
        is_of_iam = any(patterns.matches(service, "iam") for service in resource.split(":")[2:3])
        has_account = patterns.has_fixed_account(patterns.without_variables(resource), is_arn_test=False)
        if is_of_iam and not has_account and not patterns.covers_every_resource(resource):
            yield resource


def covers_every_region(statement: Fields) -> bool:
    """Return True if a statement names neither a resource nor a type in one region.

    A controller cannot name resources before it creates them. Rules on write actions therefore accept a pattern for
    all resources of one type in one region.
    """
    covering = covering_resources(statement.texts("Resource"))
    return "NotResource" in statement or not all(map(patterns.is_type_in_one_region, covering))


def granted_actions(statement: Fields, actions: Iterable[str]) -> tuple[str, ...]:
    """Return the actions that a statement allows.

    The statement may name an action, match it with a wildcard, or leave it out of NotAction. Case is ignored, as
    AWS does.
    """
    is_exclusion = "NotAction" in statement
    listed = statement.texts("NotAction" if is_exclusion else "Action")
    return tuple(
        action for action in actions if any(patterns.matches(each, action) for each in listed) is not is_exclusion
    )

"""IAM permission policies: actions behind wildcards, resources and conditions."""

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from policy_packs.kernel.resource import Fields, Resource
from policy_packs.security.statements import allow_statements, allows_everything

ROLE = "aws:iam/role:Role"
PERMISSION_POLICIES = (
    "aws:iam/policy:Policy",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/userPolicy:UserPolicy",
    "aws:iam/groupPolicy:GroupPolicy",
    ROLE,
)
"""The resource types that carry permissions of an identity, in a document of their own or inline."""
# A whole service, account or kind of resource: arn:aws:s3:::*, arn:aws:iam::1:role/*, arn:aws:ssm:*:1:parameter/*.
_EVERY_RESOURCE = re.compile(r"\*|arn:[^:]*:[^:]*:[^:]*:[^:]+:([A-Za-z-]+[/:])?\*|arn:[^:]*:s3:::\*(/\*)?")
# The same, but for a kind of resource in one region: what a controller makes there has no name before it is made.
_IN_EVERY_REGION = re.compile(r"\*|arn:[^:]*:[^:]*:\*?:[^:]+:([A-Za-z-]+[/:])?\*|arn:[^:]*:s3:::\*(/\*)?")


def attached_policy_arns(resource: Resource) -> tuple[str, ...]:
    """ARNs of the managed policies that a role lists, or that an attachment attaches."""
    return resource.texts("managedPolicyArns" if resource.type == ROLE else "policyArn")


def permission_statements(resource: Resource) -> Iterator[Fields]:
    """The Allow statements of all policies that a resource carries."""
    holders = resource.each("inlinePolicies") if resource.type == ROLE else [resource]
    for holder in holders:
        yield from allow_statements(holder, "policy")


def unrestricted_statements(resource: Resource) -> Iterator[Fields]:
    """The statements that hold for every resource and under no condition.

    Every action on every resource is left to the rule that is about just that.
    """
    for statement in permission_statements(resource):
        if covers_every_resource(statement) and not statement.fields("Condition") and not allows_everything(statement):
            yield statement


def covers_every_resource(statement: Fields) -> bool:
    """Whether a statement names no resource, only a kind of them at most."""
    return any(_EVERY_RESOURCE.fullmatch(resource) for resource in statement.texts("Resource"))


def covers_every_region(statement: Fields) -> bool:
    """Whether a statement names neither a resource nor a region."""
    return any(_IN_EVERY_REGION.fullmatch(resource) for resource in statement.texts("Resource"))


def granted_actions(statement: Fields, actions: Iterable[str]) -> tuple[str, ...]:
    """Those of some actions that a statement allows, by name or by wildcard. AWS ignores their case."""
    patterns = [pattern.lower() for pattern in statement.texts("Action")]
    return tuple(action for action in actions if any(fnmatchcase(action.lower(), pattern) for pattern in patterns))

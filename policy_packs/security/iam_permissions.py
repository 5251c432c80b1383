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
"""Resource types with permissions of an identity, in a separate document or inline."""
# A whole service, account or type of resource: arn:aws:s3:::*, arn:aws:iam::1:role/*, arn:aws:ssm:*:1:parameter/*.
_EVERY_RESOURCE = re.compile(r"\*|arn:[^:]*:[^:]*:[^:]*:[^:]+:([A-Za-z-]+[/:])?\*|arn:[^:]*:s3:::\*(/\*)?")
# The same, except for a type of resource in one region: a controller cannot name resources before creating them.
_IN_EVERY_REGION = re.compile(r"\*|arn:[^:]*:[^:]*:\*?:[^:]+:([A-Za-z-]+[/:])?\*|arn:[^:]*:s3:::\*(/\*)?")


def attached_policy_arns(resource: Resource) -> tuple[str, ...]:
    """Return the ARNs of managed policies that a role lists or an attachment attaches."""
    return resource.texts("managedPolicyArns" if resource.type == ROLE else "policyArn")


def permission_statements(resource: Resource) -> Iterator[Fields]:
    """Yield the Allow statements of all policies of a resource."""
    policies = resource.each("inlinePolicies") if resource.type == ROLE else [resource]
    for policy in policies:
        yield from allow_statements(policy, "policy")


def unrestricted_statements(resource: Resource) -> Iterator[Fields]:
    """Yield statements that cover every resource without a condition.

    Statements with every action on every resource are left out, because another rule reports them.
    """
    for statement in permission_statements(resource):
        if covers_every_resource(statement) and not statement.fields("Condition") and not allows_everything(statement):
            yield statement


def covers_every_resource(statement: Fields) -> bool:
    """Return True if a statement names no resource, or only a type of resource."""
    return any(_EVERY_RESOURCE.fullmatch(resource) for resource in statement.texts("Resource"))


def covers_every_region(statement: Fields) -> bool:
    """Return True if a statement names neither a resource nor a region."""
    return any(_IN_EVERY_REGION.fullmatch(resource) for resource in statement.texts("Resource"))


def granted_actions(statement: Fields, actions: Iterable[str]) -> tuple[str, ...]:
    """Return the actions that a statement allows, by name or by wildcard.

    Case is ignored, as in AWS.
    """
    patterns = [pattern.lower() for pattern in statement.texts("Action")]
    return tuple(action for action in actions if any(fnmatchcase(action.lower(), pattern) for pattern in patterns))

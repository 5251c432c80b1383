"""What a permission policy really permits: the actions behind its wildcards, on what, and under which condition."""

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from policy_packs.kernel.resource import Fields, Resource
from policy_packs.security.statements import allowing, allows_everything

ROLE = "aws:iam/role:Role"
CARRIERS = (
    "aws:iam/policy:Policy",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/userPolicy:UserPolicy",
    "aws:iam/groupPolicy:GroupPolicy",
    ROLE,
)
"""The resource types that carry permissions of an identity, in a document of their own or inline."""

# A whole service, account or kind of resource: arn:aws:s3:::*, arn:aws:iam::1:role/*, arn:aws:ssm:*:1:parameter/*.
_EVERY = re.compile(r"\*|arn:[^:]*:[^:]*:[^:]*:[^:]+:([A-Za-z-]+[/:])?\*|arn:[^:]*:s3:::\*(/\*)?")
# The same, but for a kind of resource in one region: what a controller makes there has no name before it is made.
_IN_EVERY_REGION = re.compile(r"\*|arn:[^:]*:[^:]*:\*?:[^:]+:([A-Za-z-]+[/:])?\*|arn:[^:]*:s3:::\*(/\*)?")


def attached(resource: Resource) -> tuple[str, ...]:
    """ARNs of the managed policies that a role lists, or that an attachment attaches."""
    return resource.texts("managedPolicyArns" if resource.kind == ROLE else "policyArn")


def permitted(resource: Resource) -> Iterator[Fields]:
    """The Allow statements of all policies that a resource carries."""
    holders = resource.each("inlinePolicies") if resource.kind == ROLE else [resource]
    for holder in holders:
        yield from allowing(holder, "policy")


def unbounded(resource: Resource) -> Iterator[Fields]:
    """The statements that hold for every resource and under no condition.

    Every action on every resource is left to the rule that is about just that.
    """
    for statement in permitted(resource):
        if on_everything(statement) and not statement.fields("Condition") and not allows_everything(statement):
            yield statement


def on_everything(statement: Fields) -> bool:
    """Whether a statement names no resource, only a kind of them at most."""
    return any(_EVERY.fullmatch(resource) for resource in statement.texts("Resource"))


def in_every_region(statement: Fields) -> bool:
    """Whether a statement names neither a resource nor a region."""
    return any(_IN_EVERY_REGION.fullmatch(resource) for resource in statement.texts("Resource"))


def granted(statement: Fields, actions: Iterable[str]) -> tuple[str, ...]:
    """Those of some actions that a statement allows, by name or by wildcard. AWS ignores their case."""
    patterns = [pattern.lower() for pattern in statement.texts("Action")]
    return tuple(action for action in actions if any(fnmatchcase(action.lower(), pattern) for pattern in patterns))

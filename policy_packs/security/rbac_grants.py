"""Permissions that entries of RBAC roles grant, with wildcards."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from policy_packs.kernel.registry import Findings
from policy_packs.kernel.resource import Fields, Resource
from policy_packs.security.kubernetes_types import with_patches

RBAC = "rbac.authorization.k8s.io"
CLUSTER_ROLE = f"kubernetes:{RBAC}/v1:ClusterRole"
ROLES = (f"kubernetes:{RBAC}/v1:Role", CLUSTER_ROLE)
ROLES_AND_PATCHES = with_patches(*ROLES)
WRITE_VERBS = ("create", "update", "patch", "delete", "deletecollection")


@dataclass(frozen=True)
class Permission:
    """Permission that a rule forbids: any of the verbs on any of the resources."""

    verbs: Collection[str]
    groups: Collection[str]
    resources: Collection[str]
    alternative: str
    """Advice on what to grant instead, as a sentence."""


def grants(grant: Fields, permission: Permission) -> bool:
    """Return True if one entry of a role's rules grants a permission.

    A `*` stands for everything.
    """
    return (
        _matches_any(grant.texts("verbs"), permission.verbs)
        and _matches_any(grant.texts("apiGroups"), permission.groups)
        and (
            _matches_any(grant.texts("resources"), permission.resources)
            or _matches_subresource(grant.texts("resources"), permission.resources)
            or _matches_user_extra(grant.texts("resources"), permission.resources)
        )
    )


def _matches_any(granted: Sequence[str], names: Collection[str]) -> bool:
    return any(name == "*" or name in names for name in granted)


def _matches_subresource(granted: Sequence[str], names: Collection[str]) -> bool:
    """Return True if a wildcard such as `*/exec` matches one of the names.

    `*/exec` is the subresource `exec` of every resource.
    """
    return any(f"*/{name.partition('/')[2]}" in granted for name in names if "/" in name)


def _matches_user_extra(granted: Sequence[str], names: Collection[str]) -> bool:
    """Return True if a field such as `userextras/scopes` is granted.

    It counts only if `userextras` is among the names.
    """
    return "userextras" in names and any(name.startswith("userextras/") for name in granted)


def granting_entries(role: Resource, permission: Permission) -> Findings:
    """Yield a finding for each entry of a role's rules that grants a permission."""
    for grant in role.each("rules"):
        if grants(grant, permission):
            allowed = f"{', '.join(grant.texts('verbs'))} on {', '.join(grant.texts('resources'))}"
            yield f"A rule allows {allowed}. {permission.alternative}"

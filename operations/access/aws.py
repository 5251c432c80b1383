"""IAM roles: their principals and permissions."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.identity.persona_plan import PERSONA_TAG
from operations.access.principals import Principal, PrincipalKind, pods
from operations.bootstrap.context import AccountContext
from operations.bootstrap.desired import desired_resources
from operations.bootstrap.plan import ResourceKind
from operations.iam.documents import listed
from operations.recording import Graph

PODS = "pods.eks.amazonaws.com"
POD_TAG = "aws:RequestTag/kubernetes-"


@dataclass(frozen=True)
class Permission:
    """One statement of a policy, or one attached AWS managed policy.

    For an AWS managed policy, `actions` contains only the policy's name.
    """

    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: str = ""
    """Conditions as JSON; empty if there are none."""


@dataclass(frozen=True)
class AwsRole:
    """One IAM role."""

    name: str
    principals: tuple[Principal, ...]
    permissions: tuple[Permission, ...]
    bounded: bool
    """True if the role has the environment's permissions boundary."""

    @property
    def services(self) -> tuple[str, ...]:
        """IAM prefixes of the services that the role may use, and AWS managed policies."""
        allowed = (action for each in self.permissions if each.effect == "Allow" for action in each.actions)
        return tuple(sorted({action.partition(":")[0] for action in allowed}))


def program_roles(graph: Graph) -> Iterator[AwsRole]:
    """Yield the roles of the program with all their permissions."""
    permissions_of: dict[str, list[Permission]] = defaultdict(list)
    for node in graph.all("iam.RolePolicy"):
        permissions_of[node["role"]] += statements(json.loads(node["policy"]))
    for node in graph.all("iam.RolePolicyAttachment"):
        permissions_of[node["role"]].append(Permission("Allow", (node["policyArn"].rpartition("/")[2],), ("*",)))
    for node in graph.all("iam.Role"):
        name, trust = node["name"], json.loads(node["assumeRolePolicy"])
        permissions = tuple(sorted(permissions_of[name], key=repr))
        yield AwsRole(name, principals(name, trust), permissions, bool(node["permissionsBoundary"]))


def pipeline_roles(context: AccountContext) -> Iterator[AwsRole]:
    """Yield the roles that `ops bootstrap` creates, with all their policies."""
    resources = desired_resources(context)
    managed = {
        context.iam(f"policy/{each.name}"): each.attributes["document"]
        for each in resources
        if each.kind is ResourceKind.POLICY
    }
    for resource in resources:
        if resource.kind is ResourceKind.ROLE:
            name, attributes = resource.name, resource.attributes
            documents = (attributes["permissions"], *(managed[arn] for arn in attributes.get("policies", ())))
            permissions = tuple(permission for document in documents for permission in statements(document))
            yield AwsRole(name, principals(name, attributes["trust"]), permissions, "boundary" in attributes)


def statements(document: Mapping[str, Any]) -> Iterator[Permission]:
    """Yield the statements of a policy document."""
    for each in document["Statement"]:
        resources = each.get("Resource") or _all_but(listed(each["NotResource"]))
        actions = each.get("Action") or _all_but(listed(each["NotAction"]))
        conditions = json.dumps(each["Condition"]) if each.get("Condition") else ""
        yield Permission(each["Effect"], listed(actions), listed(resources), conditions)


def _all_but(excluded: Sequence[str]) -> str:
    """Return the text of `NotAction` or `NotResource`, such as "all but A, B and C"."""
    *first, last = excluded
    return f"all but {', '.join(first)} and {last}" if first else f"all but {last}"


def principals(role: str, trust: Mapping[str, Any]) -> tuple[Principal, ...]:
    """Return the principals that a trust policy lets assume the role."""
    return tuple(sorted({principal for statement in trust["Statement"] for principal in _principals(role, statement)}))


def _principals(role: str, statement: Mapping[str, Any]) -> Iterator[Principal]:
    principal = statement["Principal"]
    required = statement.get("Condition", {}).get("StringEquals", {})
    persona, account = required.get(f"aws:PrincipalTag/{PERSONA_TAG}"), required.get(f"{POD_TAG}service-account")
    if "Federated" in principal:
        yield Principal(PrincipalKind.PIPELINE, role.rpartition("-")[2])
    elif persona:
        yield Principal(PrincipalKind.PEOPLE, persona)
    elif account:
        yield pods(required[f"{POD_TAG}namespace"], account)
    elif "Service" in principal and PODS not in listed(principal["Service"]):
        yield from (Principal(PrincipalKind.AWS, service) for service in listed(principal["Service"]))
    else:
        yield Principal(PrincipalKind.UNKNOWN, json.dumps(principal))

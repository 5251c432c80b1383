"""IAM roles: who takes each, and what its policies say."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.identity.persona_plan import PERSONA_TAG
from operations.access.who import Kind, Who, pods
from operations.bootstrap.desired import pieces
from operations.bootstrap.place import Place
from operations.bootstrap.plan import Kind as PieceKind
from operations.recording import Graph

PODS = "pods.eks.amazonaws.com"
POD_TAG = "aws:RequestTag/kubernetes-"


@dataclass(frozen=True)
class Permission:
    """One statement of a policy; a policy of AWS's own has its name as its only action."""

    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: str = ""
    """JSON, empty without any."""


@dataclass(frozen=True)
class AwsRole:
    """One role."""

    name: str
    takers: tuple[Who, ...]
    permissions: tuple[Permission, ...]
    bounded: bool
    """Whether the environment's permissions boundary holds it."""

    @property
    def services(self) -> tuple[str, ...]:
        """AWS services that it may do something in, and AWS's own policies that it has."""
        allowed = (action for each in self.permissions if each.effect == "Allow" for action in each.actions)
        return tuple(sorted({action.partition(":")[0] for action in allowed}))


def program_roles(graph: Graph) -> Iterator[AwsRole]:
    """The roles that the environment's program makes, each with all that it is given."""
    found: dict[str, list[Permission]] = defaultdict(list)
    for node in graph.all("iam.RolePolicy"):
        found[node["role"]] += statements(json.loads(node["policy"]))
    for node in graph.all("iam.RolePolicyAttachment"):
        found[node["role"]].append(Permission("Allow", (node["policyArn"].rpartition("/")[2],), ("*",)))
    for node in graph.all("iam.Role"):
        name, trust = node["name"], json.loads(node["assumeRolePolicy"])
        permissions = tuple(sorted(found[name], key=repr))
        yield AwsRole(name, takers(name, trust), permissions, bool(node["permissionsBoundary"]))


def pipeline_roles(place: Place) -> Iterator[AwsRole]:
    """The roles that `ops bootstrap` makes."""
    for piece in pieces(place):
        if piece.kind is PieceKind.ROLE:
            name, held = piece.name, piece.aspects
            permissions = tuple(statements(held["permissions"]))
            yield AwsRole(name, takers(name, held["trust"]), permissions, "boundary" in held)


def statements(document: Mapping[str, Any]) -> Iterator[Permission]:
    """What a policy document says."""
    for each in document["Statement"]:
        resources = each.get("Resource") or [f"all but {one}" for one in _listed(each["NotResource"])]
        actions = each.get("Action") or [f"all but {one}" for one in _listed(each["NotAction"])]
        conditions = json.dumps(each["Condition"]) if each.get("Condition") else ""
        yield Permission(each["Effect"], _listed(actions), _listed(resources), conditions)


def takers(role: str, trust: Mapping[str, Any]) -> tuple[Who, ...]:
    """Who may take a role on, by its trust policy."""
    return tuple(sorted({who for statement in trust["Statement"] for who in _takers(role, statement)}))


def _takers(role: str, statement: Mapping[str, Any]) -> Iterator[Who]:
    principal = statement["Principal"]
    asked = statement.get("Condition", {}).get("StringEquals", {})
    persona, account = asked.get(f"aws:PrincipalTag/{PERSONA_TAG}"), asked.get(f"{POD_TAG}service-account")
    if "Federated" in principal:
        yield Who(Kind.PIPELINE, role.rpartition("-")[2])
    elif persona:
        yield Who(Kind.PEOPLE, persona)
    elif account:
        yield pods(asked[f"{POD_TAG}namespace"], account)
    elif "Service" in principal and PODS not in _listed(principal["Service"]):
        yield from (Who(Kind.AWS, service) for service in _listed(principal["Service"]))
    else:
        yield Who(Kind.STRANGER, json.dumps(principal))


def _listed(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)

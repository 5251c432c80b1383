"""Policies of roles, buckets and keys, as the program declares them.

A recorded graph has placeholders instead of ARNs. They are replaced by the ARNs that AWS would assign. KMS keys have
random ids in AWS; here, a key's id is its Pulumi name.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from operations.errors import OperationsError
from operations.iam.evaluation import Document
from operations.iam.roles.managed import managed_policy
from operations.recording import Graph, Node

ARNS: Final[Mapping[str, Callable[[Node, str], str]]] = {
    "Bucket": lambda node, _: f"arn:aws:s3:::{node['bucket']}",
    "Key": lambda node, account: f"arn:aws:kms:{node.region}:{account}:key/{node.name}",
    "LogGroup": lambda node, account: f"arn:aws:logs:{node.region}:{account}:log-group:{node['name']}",
    "ReplicationGroup": lambda node, account: (
        f"arn:aws:elasticache:{node.region}:{account}:replicationgroup:{node['replicationGroupId']}"
    ),
    "Role": lambda node, account: f"arn:aws:iam::{account}:role/{node['name']}",
    "User": lambda node, account: f"arn:aws:elasticache:{node.region}:{account}:user:{node['userId']}",
}
"""ARN of a resource in its account, by the resource's type."""

_PLACEHOLDER = re.compile(r"arn:([A-Z]\w+):([a-z0-9-]+)")


class UnknownArnError(OperationsError):
    """A policy names a resource whose ARN is not known; add its type to `ARNS`."""


@dataclass(frozen=True)
class RecordedRole:
    """IAM role with its policies."""

    name: str
    """Name in AWS."""
    arn: str
    trust: Document
    inline: tuple[Document, ...]
    managed: tuple[Document, ...]
    boundary: str
    """ARN of the permissions boundary; empty without one."""

    def with_inline(self, *documents: Document) -> "RecordedRole":
        """Return a copy of the role with these inline policies instead of its own."""
        return replace(self, inline=documents)


@dataclass(frozen=True)
class Association:
    """EKS Pod Identity association."""

    role: str
    """ARN of the role."""
    cluster: str
    namespace: str
    service_account: str


@dataclass(frozen=True)
class RecordedPolicies:
    """IAM roles, their pod identities, and resource policies of a recorded graph."""

    roles: tuple[RecordedRole, ...]
    associations: tuple[Association, ...]
    resources: Mapping[str, Document]
    """Policies of buckets and keys, by ARN."""

    def policy_of(self, resource: str) -> Document | None:
        """Return the policy of a key, a bucket or an object's bucket, or None."""
        return self.resources.get(resource.partition("/")[0] if resource.startswith("arn:aws:s3:") else resource)


def recorded_policies(graph: Graph) -> RecordedPolicies:
    """Return the policies of a recorded graph.

    Raises:
        UnknownArnError: a policy names a resource whose type is not in `ARNS`, or that the program lacks.
        UnknownManagedPolicyError: a role has an AWS-managed policy that does not exist.
    """
    read = _Reader(graph)
    inline: dict[str, list[Document]] = defaultdict(list)
    managed: dict[str, list[Document]] = defaultdict(list)
    for node in graph.all("iam.RolePolicy"):
        inline[node["role"]].append(read.document(node["policy"]))
    for node in graph.all("iam.RolePolicyAttachment"):
        managed[node["role"]].append(managed_policy(node["policyArn"]))
    roles = [
        RecordedRole(
            name=node["name"],
            arn=read.arn("Role", node.name),
            trust=read.document(node["assumeRolePolicy"]),
            inline=tuple(inline[node["name"]]),
            managed=tuple(managed[node["name"]]),
            boundary=node["permissionsBoundary"] or "",
        )
        for node in graph.all("iam.Role")
    ]
    buckets = {f"arn:aws:s3:::{node['bucket']}": node["policy"] for node in graph.all("s3.BucketPolicy")}
    keys = {read.arn("Key", node.name): node["policy"] for node in graph.all("kms.Key")}
    return RecordedPolicies(
        roles=tuple(sorted(roles, key=lambda role: role.name)),
        associations=tuple(
            Association(read.text(node["roleArn"]), node["clusterName"], node["namespace"], node["serviceAccount"])
            for node in graph.all("eks.PodIdentityAssociation")
        ),
        resources={arn: read.document(policy) for arn, policy in {**buckets, **keys}.items()},
    )


class _Reader:
    """Reader of a graph's policies that replaces placeholders with ARNs."""

    def __init__(self, graph: Graph) -> None:
        self._account = str(graph.exports["account"])
        self._nodes = {(node.type.rpartition(":")[2], node.name): node for node in graph.aws()}

    def arn(self, kind: str, name: str) -> str:
        form, node = ARNS.get(kind), self._nodes.get((kind, name))
        if form is None or node is None:
            raise UnknownArnError(f"the ARN of {kind} {name} is not known")
        return form(node, self._account)

    def text(self, text: str) -> str:
        return _PLACEHOLDER.sub(lambda match: self.arn(match.group(1), match.group(2)), text)

    def document(self, text: str) -> dict[str, Any]:
        return dict(json.loads(self.text(text)))

"""Access matrix: policies, trust policies and roles are read correctly."""

from typing import Any

import pytest

from operations.access import kubernetes
from operations.access.aws import Permission, pipeline_roles, principals, statements
from operations.access.kubernetes import AccessEntries
from operations.access.principals import Principal, PrincipalKind, pods
from operations.access.vault import Path, policies
from operations.bootstrap.run import PLATFORM, context_from
from operations.recording import Graph, Node

POD = {
    "aws:RequestTag/kubernetes-namespace": "student-safety",
    "aws:RequestTag/kubernetes-service-account": "alerts",
}

ANY_PODS = {"Principal": {"Service": "pods.eks.amazonaws.com"}}


def node(kind: str, name: str, inputs: dict[str, Any]) -> Node:
    return Node(f"urn::{name}", kind, name, True, "", "urn::kubernetes::id", inputs, (), (), False)  # noqa: FBT003  # the recording's own shape


def graph(*nodes: Node) -> Graph:
    return Graph(nodes, (), {}, 0.0)


def test_a_statement_may_include_or_exclude_actions_and_resources() -> None:
    one = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:a"}
    rest = {"Effect": "Deny", "NotAction": ["iam:*"], "NotResource": ["arn:a", "arn:b"], "Condition": {"Null": {}}}
    assert list(statements({"Statement": [one, rest]})) == [
        Permission("Allow", ("s3:GetObject",), ("arn:a",)),
        Permission("Deny", ("all but iam:*",), ("all but arn:a and arn:b",), '{"Null": {}}'),
    ]


@pytest.mark.parametrize(
    ("statement", "principal"),
    [
        ({"Principal": {"Service": ["eks.amazonaws.com"]}}, Principal(PrincipalKind.AWS, "eks.amazonaws.com")),
        ({"Principal": {"Federated": "arn:github"}}, Principal(PrincipalKind.PIPELINE, "deployer")),
        (
            {"Principal": {"Service": "pods.eks.amazonaws.com"}, "Condition": {"StringEquals": POD}},
            pods("student-safety", "alerts"),
        ),
        (
            {"Principal": {"AWS": "root"}, "Condition": {"StringEquals": {"aws:PrincipalTag/campus-persona": "qa"}}},
            Principal(PrincipalKind.PEOPLE, "qa"),
        ),
        ({"Principal": {"AWS": "root"}}, Principal(PrincipalKind.UNKNOWN, '{"AWS": "root"}')),
        (ANY_PODS, Principal(PrincipalKind.UNKNOWN, '{"Service": "pods.eks.amazonaws.com"}')),
        ({"Principal": "*"}, Principal(PrincipalKind.UNKNOWN, '"*"')),
    ],
)
def test_a_trust_policy_names_the_principals(statement: dict[str, Any], principal: Principal) -> None:
    assert principals("campus-dev-deployer", {"Statement": [statement]}) == (principal,)


@pytest.mark.parametrize("kind", ["Group", "User"])
def test_a_subject_without_an_access_entry_is_unknown(kind: str) -> None:
    subject = {"kind": kind, "name": "campus:qa"}
    assert AccessEntries({}, {}).principal("campus-dev", subject) == Principal(
        PrincipalKind.UNKNOWN, f"{kind} campus:qa"
    )


def test_the_deployers_managed_policy_counts_as_its_permissions() -> None:
    (deployer,) = (each for each in pipeline_roles(context_from(PLATFORM, "dev")) if each.name.endswith("-deployer"))
    actions = {action for each in deployer.permissions for action in each.actions}
    assert {"ec2:RunInstances", "ec2:DescribeSubnets", "iam:PassRole"} <= actions
    assert "billing" in deployer.services


def test_a_role_that_differs_between_clusters_is_rejected() -> None:
    kind = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole"
    pod_rule = {"apiGroups": ["", "apps"], "resources": ["pods"]}
    near, far = (
        node(kind, verb, {"metadata": {"name": "viewer"}, "rules": [{**pod_rule, "verbs": [verb]}]})
        for verb in ("get", "delete")
    )
    (rule,) = kubernetes.roles(graph(near, near))["viewer"]
    assert (rule.verbs, rule.resources) == (("get",), ("pods", "pods.apps"))
    with pytest.raises(ValueError, match="the role viewer differs between two clusters"):
        kubernetes.roles(graph(near, far))


def test_paths_of_a_policy_are_read_from_its_text() -> None:
    text = 'path "database/creds/a" {\n  capabilities = ["read"]\n}\npath "b/*" {\n  capabilities = ["list", "read"]\n}'
    policy = node("vault:index/policy:Policy", "p", {"name": "p", "policy": text})
    assert policies(graph(policy)) == {"p": (Path("database/creds/a", ("read",)), Path("b/*", ("list", "read")))}

"""The access matrix is current and correct in every environment."""

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest

from operations.access.kubernetes import ADMINISTRATOR, Binding
from operations.access.matrix import Matrix, matrix
from operations.access.page import page
from operations.access.principals import Principal, PrincipalKind, pods
from operations.bootstrap.context import account_context
from stacks.access import ACCESS, Persona
from stacks.loading import load_file
from stacks.requirements import Environment
from tests.stacks.graph import PROJECT, Graph

LOOKING = {"get", "list", "watch"}
SECRET = ("secrets", "*")


def _matrix(graph: Graph) -> Matrix:
    return matrix(graph, account_context(load_file(PROJECT, graph.exports["environment"]), {}))


@pytest.fixture(scope="session")
def access(any_environment: Graph) -> Matrix:
    return _matrix(any_environment)


def _of(access: Matrix, kind: PrincipalKind) -> dict[str, Any]:
    return {principal.name: rights for principal, rights in access.rows.items() if principal.kind is kind}


def _allowed(access: Matrix, name: str) -> Iterator[str]:
    for permission in access.aws_roles[name].permissions:
        if permission.effect == "Allow":
            yield from permission.actions


def test_access_page_is_current(dev: Graph, staging: Graph, preprod: Graph, prod: Graph) -> None:
    four = dict(zip(Environment, map(_matrix, (dev, staging, preprod, prod)), strict=True))
    written = (PROJECT / "docs" / "reference" / "access.md").read_text(encoding="utf-8")
    assert written == page(four), "renew it: ops generate"


def test_personas_outside_the_access_table_have_no_rights(access: Matrix) -> None:
    people = _of(access, PrincipalKind.PEOPLE)
    assert people.keys() == set(Persona)
    personas_with_rights = {persona for persona, rights in people.items() if not rights.nothing}
    assert personas_with_rights == ACCESS[access.environment].keys()


def test_personas_in_the_access_table_have_their_role_in_every_namespace_and_its_vault_policy(access: Matrix) -> None:
    for persona, role in ACCESS[access.environment].items():
        rights = access.rows[Principal(PrincipalKind.PEOPLE, persona)]
        expected = {Binding(team, f"campus-{role}") for team in ("student-safety", "ml-platform")}
        expected.add(Binding("", "campus-surroundings"))
        assert rights.aws == {f"campus-{access.environment}-{persona}"}
        assert rights.kubernetes == dict.fromkeys(access.clusters, expected)
        assert {grant.policy for grant in rights.vault} == {role}


def test_no_rule_names_an_unknown_principal(access: Matrix) -> None:
    assert _of(access, PrincipalKind.UNKNOWN) == {}


def test_no_role_of_people_reads_kubernetes_secrets(access: Matrix) -> None:
    roles = {
        binding.role
        for rights in _of(access, PrincipalKind.PEOPLE).values()
        for bindings in rights.kubernetes.values()
        for binding in bindings
    }
    assert roles
    for role in roles:
        resources = {each.partition(".")[0] for rule in access.kubernetes_roles[role] for each in rule.resources}
        assert not resources.intersection(SECRET), role


def test_no_person_reads_evidence_or_uses_its_key_in_aws(access: Matrix) -> None:
    for persona, rights in _of(access, PrincipalKind.PEOPLE).items():
        for name in rights.aws:
            for action in ("s3:GetObject", "s3:PutObject", "s3:GetObjectVersion", "kms:Decrypt"):
                assert not any(fnmatchcase(action, each) for each in _allowed(access, name)), (persona, action)
            denied = [p.actions for p in access.aws_roles[name].permissions if p.effect == "Deny"]
            assert any("s3:GetObject*" in actions for actions in denied)


def test_pipeline_service_account_has_its_namespace_and_no_aws_access(access: Matrix) -> None:
    accounts = {name: rights for name, rights in _of(access, PrincipalKind.PODS).items() if name.endswith("/ci-cd")}
    assert set(accounts) == {"student-safety/ci-cd", "ml-platform/ci-cd"}
    for name, rights in accounts.items():
        own = Binding(name.partition("/")[0], "campus-ci-cd")
        assert rights.kubernetes == {cluster: {own} for cluster in access.clusters}
        assert not rights.aws
        assert {grant.policy for grant in rights.vault} <= {"ci-cd-policy"}


def test_viewer_is_read_only(access: Matrix) -> None:
    for role in ("campus-viewer", "campus-surroundings"):
        assert {verb for rule in access.kubernetes_roles[role] for verb in rule.verbs} == LOOKING
    for paths in access.vault_policies.get("viewer", ()):
        assert paths.capabilities == ("read",)


def test_access_entry_groups_equal_bound_groups(any_environment: Graph) -> None:
    access = _matrix(any_environment)
    for cluster in any_environment.all("eks.Cluster"):
        entry_groups = {group for name, group in access.access_entries.groups if name == cluster["name"]}
        provider = f"::kubernetes{cluster.name.removeprefix('cluster')}"
        bound = {
            subject["name"]
            for kind in ("k8s.RoleBinding", "k8s.ClusterRoleBinding")
            for node in any_environment.all(kind)
            for subject in node["subjects"]
            if subject["kind"] == "Group" and node.provider.rpartition("::")[0].endswith(provider)
        }
        assert entry_groups
        assert bound == entry_groups


def test_only_the_deployer_administers_clusters(access: Matrix) -> None:
    administrators = {
        (principal, cluster)
        for principal, rights in access.rows.items()
        for cluster, bindings in rights.kubernetes.items()
        if Binding("", ADMINISTRATOR) in bindings
    }
    assert administrators == {(Principal(PrincipalKind.PIPELINE, "deployer"), cluster) for cluster in access.clusters}


def test_service_has_aws_and_vault_access_and_no_kubernetes_access(access: Matrix) -> None:
    rights = access.rows[pods("student-safety", "alerts")]
    suffixes = ("", "-dr")[: len(access.clusters)]
    assert rights.aws == {f"campus-{access.environment}-service-alerts{suffix}" for suffix in suffixes}
    assert not rights.kubernetes
    assert {grant.policy for grant in rights.vault} == {"service-alerts"}


def test_every_iam_role_is_in_the_matrix_and_has_the_permissions_boundary(any_environment: Graph) -> None:
    access = _matrix(any_environment)
    role_names = {node["name"] for node in any_environment.all("iam.Role")}
    assert role_names <= {name for rights in access.rows.values() for name in rights.aws}
    assert [name for name in role_names if not access.aws_roles[name].bounded] == []
    assert all(role.principals for role in access.aws_roles.values())


def test_every_assigned_policy_and_role_is_described(access: Matrix) -> None:
    for principal, rights in access.rows.items():
        assert {grant.policy for grant in rights.vault} <= access.vault_policies.keys(), principal
        named = {binding.role for bindings in rights.kubernetes.values() for binding in bindings}
        assert named <= {*access.kubernetes_roles, ADMINISTRATOR, "system:auth-delegator"}, principal


def test_resource_policies_allow_only_expected_principals(any_environment: Graph) -> None:
    """Allowed principals are AWS services, service-linked roles and the account."""
    account = any_environment.exports["account"]
    kinds = {"s3.BucketPolicy", "kms.Key", "sns.TopicPolicy", "sns.Topic"}
    documents = [node["policy"] for kind in kinds for node in any_environment.all(kind) if node["policy"]]
    assert len(documents) > 10
    for document in documents:
        for statement in json.loads(document)["Statement"]:
            principal = statement["Principal"]
            if statement["Effect"] == "Allow" and "Service" not in principal:
                own = {"AWS": f"arn:aws:iam::{account}:root"}
                linked = f":{account}:role/aws-service-role/" in json.dumps(statement.get("Condition"))
                assert principal == own or linked, statement

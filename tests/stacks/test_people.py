"""Access of people to AWS and to the clusters."""

import json

from components.identity.persona_plan import session_seconds
from operations.bootstrap.context import account_context
from operations.bootstrap.desired import desired_resources
from operations.bootstrap.plan import ResourceKind
from stacks.access import ACCESS, group
from stacks.loading import load_file
from stacks.requirements import Environment
from tests.stacks.graph import PROJECT, Graph, Node

ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"


def _environment(graph: Graph) -> Environment:
    return Environment(graph.exports["environment"])


def _entries(graph: Graph, cluster: Node) -> dict[str, Node]:
    return {each["principalArn"]: each for each in graph.all("eks.AccessEntry") if each.region == cluster.region}


def _deployer(graph: Graph) -> str:
    """Return the deployer role that `ops bootstrap` creates."""
    settings = load_file(PROJECT, graph.exports["environment"])
    roles = [
        resource.name
        for resource in desired_resources(account_context(settings, {}))
        if resource.kind is ResourceKind.ROLE
    ]
    (name,) = [name for name in roles if name.endswith("-deployer")]
    return f"arn:aws:iam::{settings.account}:role/{name}"


def test_access_entries_equal_the_required_personas(any_environment: Graph) -> None:
    personas = ACCESS[_environment(any_environment)]
    roles = {persona: any_environment.one("iam.Role", f"people-{persona}").arn for persona in personas}
    for cluster in any_environment.all("eks.Cluster"):
        entries = _entries(any_environment, cluster)
        deployer = _deployer(any_environment)
        assert entries.keys() == {deployer, *roles.values()}
        assert {entries[roles[persona]]["kubernetesGroups"][0] for persona in personas} == {
            group(persona) for persona in personas
        }
        assert entries[deployer]["kubernetesGroups"] is None
        assert all(entry["clusterName"] == cluster["name"] for entry in entries.values())


def test_no_persona_is_cluster_administrator(any_environment: Graph) -> None:
    associations = any_environment.all("eks.AccessPolicyAssociation")
    assert len(associations) == len(any_environment.all("eks.Cluster"))
    assert {each["principalArn"] for each in associations} == {_deployer(any_environment)}
    assert {each["policyArn"] for each in associations} == {ADMIN}


def test_each_persona_has_one_role(any_environment: Graph) -> None:
    environment = _environment(any_environment)
    role_names = {node["name"] for node in any_environment.all("iam.Role") if node.name.startswith("people-")}
    assert role_names == {f"campus-{environment}-{persona}" for persona in ACCESS[environment]}


def test_persona_roles_have_a_boundary_short_sessions_and_mfa(any_environment: Graph) -> None:
    environment = _environment(any_environment)
    boundary = f"arn:aws:iam::{any_environment.exports['account']}:policy/campus-{environment}-boundary"
    for persona in ACCESS[environment]:
        role = any_environment.one("iam.Role", f"people-{persona}")
        assert role["permissionsBoundary"] == boundary
        assert role["maxSessionDuration"] == session_seconds(production_like=environment.production_like)
        statements = json.loads(role["assumeRolePolicy"])["Statement"]
        assert len(statements) == 2
        for statement in statements:
            condition = json.dumps(statement["Condition"])
            assert '"aws:PrincipalTag/campus-persona": "' + persona + '"' in condition
            assert "aws:MultiFactorAuthPresent" in condition or "aws:PrincipalTag/campus-mfa" in condition


def test_session_durations_follow_the_environment(dev: Graph, prod: Graph) -> None:
    assert prod.one("iam.Role", "people-on-call")["maxSessionDuration"] == 3600
    assert dev.one("iam.Role", "people-developer")["maxSessionDuration"] == 28800


def test_persona_roles_read_no_data(any_environment: Graph) -> None:
    for persona in ACCESS[_environment(any_environment)]:
        policy = json.loads(any_environment.one("iam.RolePolicy", f"people-{persona}")["policy"])
        services = {
            action.partition(":")[0]
            for each in policy["Statement"]
            if each["Effect"] == "Allow"
            for action in each["Action"]
        }
        assert services == {"eks", "logs", "cloudwatch"}

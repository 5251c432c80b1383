"""Namespaces of teams, and cluster-wide rules."""

from typing import Any

import pytest

from components.admission.plan import POLICIES
from components.delivery.rbac_plan import ROLES
from stacks.access import ACCESS, Role, group, groups
from stacks.requirements import Environment
from tests.stacks.graph import Graph, Node

TEAMS = ("student-safety", "ml-platform")
QUOTAS = {
    "dev": {"student-safety": ("3", "600m", "768Mi"), "ml-platform": ("10", "1000m", "1280Mi")},
    "staging": {"student-safety": ("13", "7800m", "8320Mi"), "ml-platform": ("10", "5000m", "5120Mi")},
    "preprod": {"student-safety": ("101", "212100m", "426624Mi"), "ml-platform": ("10", "20000m", "40960Mi")},
    "prod": {"student-safety": ("101", "212100m", "426624Mi"), "ml-platform": ("10", "20000m", "40960Mi")},
}


def within(graph: Graph, kind: str, team: str) -> list[Node]:
    nodes = [node for node in graph.all(kind) if not node.provider.rpartition("::")[0].endswith("-dr")]
    return [node for node in nodes if node["metadata"].get("namespace") == team]


def named(graph: Graph, kind: str, team: str) -> dict[str, Any]:
    return {node["metadata"]["name"]: node for node in within(graph, kind, team)}


@pytest.mark.parametrize("team", TEAMS)
def test_namespace_is_restricted_and_labelled_with_its_owner(any_environment: Graph, team: str) -> None:
    metadata = any_environment.one("k8s.Namespace", f"team-{team}")["metadata"]
    assert metadata["name"] == team
    modes = [metadata["labels"][f"pod-security.kubernetes.io/{mode}"] for mode in ("enforce", "audit", "warn")]
    assert modes == ["restricted"] * 3
    assert metadata["labels"]["campus-safety.example/team"] == team
    assert metadata["labels"]["campus-safety.example/namespace"] == "team"
    assert metadata["annotations"]["campus-safety.example/contact"] == f"{team}@campus-safety.example"


def test_team_pulls_images_from_its_own_repositories(any_environment: Graph) -> None:
    registry = "555566667777.dkr.ecr.us-east-1.amazonaws.com"
    allowed = {
        team: any_environment.one("k8s.Namespace", f"team-{team}")["metadata"]["annotations"][
            "campus-safety.example/image-repositories"
        ]
        for team in TEAMS
    }
    assert allowed == {
        "student-safety": f"{registry}/campus/,{registry}/add-ons/",
        "ml-platform": f"{registry}/ml/,{registry}/add-ons/",
    }


@pytest.mark.parametrize("environment", QUOTAS)
def test_quota_covers_both_colours_jobs_and_agents(request: pytest.FixtureRequest, environment: str) -> None:
    graph: Graph = request.getfixturevalue(environment)
    for team, expected in QUOTAS[environment].items():
        (quota,) = within(graph, "k8s.ResourceQuota", team)
        hard = quota["spec"]["hard"]
        assert (hard["pods"], hard["requests.cpu"], hard["limits.memory"]) == expected


def test_no_team_has_load_balancers_or_volumes(any_environment: Graph) -> None:
    hard = {team: within(any_environment, "k8s.ResourceQuota", team)[0]["spec"]["hard"] for team in TEAMS}
    assert {each["services.loadbalancers"] for each in hard.values()} == {"0"}
    assert {each["persistentvolumeclaims"] for each in hard.values()} == {"0"}


@pytest.mark.parametrize("team", TEAMS)
def test_limit_range_sets_maxima_without_defaults(any_environment: Graph, team: str) -> None:
    (limits,) = within(any_environment, "k8s.LimitRange", team)
    (item,) = limits["spec"]["limits"]
    assert set(item) == {"type", "max"}
    assert item["type"] == "Pod"


def test_network_policies_deny_by_default_and_allow_listed_flows(any_environment: Graph) -> None:
    flows = ("dns", "database", "cache", "aws", "credentials", "vault")
    outward = {"default-deny", *(f"allow-{flow}" for flow in flows)}
    names = {team: set(named(any_environment, "k8s.NetworkPolicy", team)) for team in TEAMS}
    assert names == {"student-safety": outward | {"allow-load-balancer"}, "ml-platform": outward}
    for team in TEAMS:
        deny = named(any_environment, "k8s.NetworkPolicy", team)["default-deny"]["spec"]
        assert deny == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_no_pod_of_a_team_reaches_the_internet(any_environment: Graph) -> None:
    wide = {
        (policy["metadata"]["namespace"], policy["metadata"]["name"])
        for policy in any_environment.all("k8s.NetworkPolicy")
        for egress in policy["spec"].get("egress", [])
        for peer in egress["to"]
        if peer.get("ipBlock", {}).get("cidr") == "0.0.0.0/0"
    }
    assert wide == set()


def test_pods_reach_the_pod_identity_agent(any_environment: Graph) -> None:
    for team in TEAMS:
        (egress,) = named(any_environment, "k8s.NetworkPolicy", team)["allow-credentials"]["spec"]["egress"]
        assert egress["to"] == [{"ipBlock": {"cidr": "169.254.170.23/32"}}]
        assert egress["ports"] == [{"protocol": "TCP", "port": 80}]


def test_pods_reach_databases_of_both_regions_and_a_cache(prod: Graph, dev: Graph) -> None:
    for graph, networks in ((dev, {"10.16"}), (prod, {"10.64", "10.192"})):
        policies = named(graph, "k8s.NetworkPolicy", "student-safety")
        for flow, port in (("allow-database", 5432), ("allow-cache", 6379)):
            (egress,) = policies[flow]["spec"]["egress"]
            assert egress["ports"] == [{"protocol": "TCP", "port": port}]
            assert {".".join(peer["ipBlock"]["cidr"].split(".")[:2]) for peer in egress["to"]} == networks


def test_roles_are_bound_per_namespace_only(any_environment: Graph) -> None:
    roles = {node["metadata"]["name"] for node in any_environment.all("k8s.ClusterRole")}
    assert roles == {*(f"campus-{role}" for role in ROLES), "campus-surroundings"}
    wide = {node["roleRef"]["name"] for node in any_environment.all("k8s.ClusterRoleBinding")}
    assert wide == {"campus-surroundings", "system:auth-delegator"}


def test_only_environments_without_real_records_allow_debug_containers(any_environment: Graph) -> None:
    granting = {
        node["metadata"]["name"]
        for node in any_environment.all("k8s.ClusterRole")
        if any("pods/ephemeralcontainers" in rule["resources"] for rule in node["rules"])
    }
    environment = Environment(any_environment.exports["environment"])
    assert granting == (set() if environment.production_like else {"campus-developer", "campus-on-call"})


@pytest.mark.parametrize("team", TEAMS)
def test_role_bindings_follow_the_access_table(any_environment: Graph, team: str) -> None:
    environment = Environment(any_environment.exports["environment"])
    bound = {
        binding["roleRef"]["name"]: [subject["name"] for subject in binding["subjects"]]
        for binding in within(any_environment, "k8s.RoleBinding", team)
    }
    table = {f"campus-{role}": list(people) for role, people in groups(environment).items()}
    assert bound == {**table, "campus-ci-cd": ["ci-cd"]}


def test_the_access_table_gives_each_persona_its_role() -> None:
    assert groups(Environment.STAGING) == {Role.VIEWER: ("campus:qa",), Role.DEVELOPER: ("campus:tech-lead",)}
    for environment, personas in ACCESS.items():
        role_groups = {(role, each) for role, people in groups(environment).items() for each in people}
        assert role_groups == {(role, group(persona)) for persona, role in personas.items()}


@pytest.mark.parametrize("team", TEAMS)
def test_pipeline_service_account_is_bound_in_its_own_namespace(any_environment: Graph, team: str) -> None:
    binding = named(any_environment, "k8s.RoleBinding", team)["ci-cd"]
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "ci-cd", "namespace": team}]
    assert binding["roleRef"] == {
        "apiGroup": "rbac.authorization.k8s.io",
        "kind": "ClusterRole",
        "name": "campus-ci-cd",
    }


def test_service_accounts_do_not_automount_tokens(any_environment: Graph) -> None:
    accounts = any_environment.all("k8s.ServiceAccount")
    assert {each["metadata"]["name"] for each in accounts} == {"ci-cd", "alerts", "vault-token-reviewer"}
    assert [each.name for each in accounts if each["automountServiceAccountToken"] is not False] == []


def test_admission_rules_are_the_same_in_every_environment(any_environment: Graph) -> None:
    policies = {node["metadata"]["name"] for node in any_environment.all("k8s.ValidatingAdmissionPolicy")}
    bindings = {node["spec"]["policyName"] for node in any_environment.all("k8s.ValidatingAdmissionPolicyBinding")}
    assert policies == bindings == {plan.name for plan in POLICIES}


def test_admission_rules_exist_before_namespaces(any_environment: Graph) -> None:
    kinds = ("k8s.ClusterRole", "k8s.PriorityClass", "k8s.ValidatingAdmissionPolicyBinding")
    nodes = [node for kind in kinds for node in any_environment.all(kind)]
    cluster_wide = {node.urn for node in nodes if not node.name.startswith(("cluster-rules-dr", "admission-dr"))}
    for team in TEAMS:
        (component,) = [node for node in any_environment.nodes if node.name == f"team-{team}" and not node.custom]
        assert cluster_wide <= set(component.dependencies)


def test_no_priority_class_is_the_default(any_environment: Graph) -> None:
    classes = {node["metadata"]["name"]: node for node in any_environment.all("k8s.PriorityClass")}
    assert set(classes) == {"safety-critical", "standard", "batch"}
    assert classes["batch"]["preemptionPolicy"] == "Never"
    assert not any(each["globalDefault"] for each in classes.values())


def test_objects_of_a_cluster_use_the_clusters_provider(any_environment: Graph) -> None:
    objects = [node for node in any_environment.nodes if any_environment.layer(node) in {"Workloads", "Services"}]
    for node in filter(lambda node: node.type.startswith("kubernetes:"), objects):
        standby = any(each.name.endswith("-dr") for each in (node, *any_environment.ancestors(node)))
        assert node.provider.rpartition("::")[0].endswith("::kubernetes-dr" if standby else "::kubernetes"), node.name


def test_the_standby_has_every_namespace_rule_and_role_of_the_primary(prod: Graph) -> None:
    objects: dict[bool, list[tuple[str, str, str]]] = {True: [], False: []}
    for node in prod.nodes:
        if node.custom and prod.layer(node) == "Workloads":
            meta = node["metadata"]
            standby = node.provider.rpartition("::")[0].endswith("-dr")
            objects[standby].append((node.type, meta.get("namespace", ""), meta["name"]))
    assert sorted(objects[True]) == sorted(objects[False])
    assert len(objects[True]) > 40

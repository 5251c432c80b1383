"""Facts about the team's namespace and the blue-green service."""

from typing import Any

import pytest

from tests.stacks.graph import Graph

ROLLOUT = "kubernetes:argoproj.io/v1alpha1:Rollout"
SCALER = "k8s.HorizontalPodAutoscaler"
TABLE = {
    "dev": (1, "100m", "128Mi", None),
    "staging": (2, "500m", "512Mi", (2, 6)),
    "preprod": (5, "2000m", "4Gi", (3, 50)),
    "prod": (5, "2000m", "4Gi", (3, 50)),
}


@pytest.mark.parametrize("environment", TABLE)
def test_replicas_and_resources_are_the_documents_table(request: pytest.FixtureRequest, environment: str) -> None:
    graph: Graph = request.getfixturevalue(environment)
    replicas, cpu, memory, bounds = TABLE[environment]
    rollout = graph.one(ROLLOUT)["spec"]
    (container,) = rollout["template"]["spec"]["containers"]
    assert rollout["replicas"] == replicas
    assert container["resources"] == {each: {"cpu": cpu, "memory": memory} for each in ("requests", "limits")}
    scalers = [(each["spec"]["minReplicas"], each["spec"]["maxReplicas"]) for each in graph.all(SCALER)]
    assert scalers == ([bounds] if bounds else [])


def test_the_autoscaler_scales_the_rollout_and_pulumi_lets_it(dev: Graph, prod: Graph) -> None:
    target = prod.one(SCALER)["spec"]["scaleTargetRef"]
    assert target == {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": "alerts"}
    assert prod.one(ROLLOUT).ignoreChanges == ("spec.replicas",)
    assert dev.one(ROLLOUT).ignoreChanges == ()


def test_an_update_is_done_when_the_rollout_is_healthy(any_environment: Graph) -> None:
    annotations = any_environment.one(ROLLOUT)["metadata"]["annotations"]
    assert annotations == {"pulumi.com/waitFor": "jsonpath={.status.phase}=Healthy"}


def test_the_load_balancer_reaches_pods_through_nodes(any_environment: Graph) -> None:
    services = {service["metadata"]["name"]: service for service in any_environment.all("k8s.Service")}
    assert set(services) == {"alerts", "alerts-stable", "alerts-canary"}
    assert {service["spec"]["type"] for service in services.values()} == {"NodePort"}
    canary = any_environment.one(ROLLOUT)["spec"]["strategy"]["canary"]
    assert (canary["canaryService"], canary["stableService"]) == ("alerts-canary", "alerts-stable")
    assert canary["trafficRouting"]["alb"] == {"ingress": "alerts", "rootService": "alerts", "servicePort": 80}


def test_argo_rollouts_may_move_the_colours_selectors(any_environment: Graph) -> None:
    ignored = {service.name: service.ignoreChanges for service in any_environment.all("k8s.Service")}
    assert ignored == {"alerts": (), "alerts-stable": ("spec.selector",), "alerts-canary": ("spec.selector",)}


def test_users_come_in_by_https_through_our_security_group(any_environment: Graph) -> None:
    ingress = any_environment.one("k8s.Ingress")
    annotations: dict[str, Any] = ingress["metadata"]["annotations"]
    prefix = "alb.ingress.kubernetes.io"
    assert ingress["spec"]["ingressClassName"] == "alb"
    assert annotations[f"{prefix}/ssl-redirect"] == "443"
    assert annotations[f"{prefix}/security-groups"] == "firewall-load-balancer-id"
    assert "environment=" in annotations[f"{prefix}/tags"]
    first, *others = ingress["spec"]["rules"]
    assert first["host"] == any_environment.exports["serviceHost"]
    for rule in (first, *others):
        backend = rule["http"]["paths"][0]["backend"]["service"]
        assert backend == {"name": "alerts", "port": {"name": "use-annotation"}}


def test_pods_run_as_nobody_and_can_write_nowhere(any_environment: Graph) -> None:
    pod = any_environment.one(ROLLOUT)["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {"startupProbe", "readinessProbe", "livenessProbe"} <= set(container)


def test_images_are_pinned_and_come_from_our_registry(any_environment: Graph) -> None:
    (container,) = any_environment.one(ROLLOUT)["spec"]["template"]["spec"]["containers"]
    assert ".dkr.ecr." in container["image"]
    assert container["image"].partition("/")[2].partition(":")[2] not in {"", "latest"}


def test_the_namespace_is_restricted_and_closed(any_environment: Graph) -> None:
    namespace = any_environment.one("k8s.Namespace", "team")
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    policies = {policy["metadata"]["name"]: policy["spec"] for policy in any_environment.all("k8s.NetworkPolicy")}
    assert policies["default-deny"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert set(policies) == {"default-deny", "allow-dns", "allow-load-balancer", "allow-database", "allow-vault"}


def test_the_quota_has_room_for_both_colours_at_their_largest(prod: Graph) -> None:
    assert prod.one("k8s.ResourceQuota")["spec"]["hard"]["pods"] == "101"
    assert prod.one("k8s.ResourceQuota")["spec"]["hard"]["requests.cpu"] == "202000m"


def test_the_pipeline_may_release_and_read_no_secret(any_environment: Graph) -> None:
    rules = any_environment.one("k8s.Role")["rules"]
    assert all("secrets" not in rule["resources"] and "*" not in rule["verbs"] for rule in rules)
    (subject,) = any_environment.one("k8s.RoleBinding")["subjects"]
    assert subject == {"kind": "ServiceAccount", "name": "ci-cd", "namespace": "student-safety"}


def test_a_disruption_budget_covers_the_service(any_environment: Graph) -> None:
    budget = any_environment.one("k8s.PodDisruptionBudget")["spec"]
    assert budget["maxUnavailable"] == "25%"
    assert budget["selector"]["matchLabels"] == any_environment.one(ROLLOUT)["spec"]["selector"]["matchLabels"]

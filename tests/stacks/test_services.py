"""Facts about the blue-green services."""

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
    rollout = graph.one(ROLLOUT, "alerts")["spec"]
    (container,) = rollout["template"]["spec"]["containers"]
    assert rollout["replicas"] == replicas
    assert container["resources"] == {each: {"cpu": cpu, "memory": memory} for each in ("requests", "limits")}
    scalers = [(each["spec"]["minReplicas"], each["spec"]["maxReplicas"]) for each in graph.all(SCALER)]
    assert set(scalers) == ({bounds} if bounds else set())


def test_the_autoscaler_scales_the_rollout_and_pulumi_lets_it(dev: Graph, prod: Graph) -> None:
    target = prod.one(SCALER, "alerts")["spec"]["scaleTargetRef"]
    assert target == {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": "alerts"}
    assert prod.one(ROLLOUT, "alerts").ignoreChanges == ("spec.replicas",)
    assert dev.one(ROLLOUT, "alerts").ignoreChanges == ()


def test_an_update_is_done_when_the_rollout_is_healthy(any_environment: Graph) -> None:
    annotations = any_environment.one(ROLLOUT, "alerts")["metadata"]["annotations"]
    assert annotations == {"pulumi.com/waitFor": "jsonpath={.status.phase}=Healthy"}


def test_the_load_balancer_reaches_pods_through_nodes(any_environment: Graph) -> None:
    services = {service["metadata"]["name"]: service for service in any_environment.all("k8s.Service")}
    assert set(services) == {"alerts", "alerts-stable", "alerts-canary"}
    assert {service["spec"]["type"] for service in services.values()} == {"NodePort"}
    canary = any_environment.one(ROLLOUT, "alerts")["spec"]["strategy"]["canary"]
    assert (canary["canaryService"], canary["stableService"]) == ("alerts-canary", "alerts-stable")
    assert canary["trafficRouting"]["alb"] == {"ingress": "alerts", "rootService": "alerts", "servicePort": 80}


def test_node_ports_are_marked_as_a_rollouts(any_environment: Graph) -> None:
    labels = [service["metadata"]["labels"] for service in any_environment.all("k8s.Service")]
    assert {each["campus-safety.example/rollout"] for each in labels} == {"alerts"}


def test_a_service_is_charged_to_its_team_and_feature(any_environment: Graph) -> None:
    labels = any_environment.one(ROLLOUT, "alerts")["metadata"]["labels"]
    charged = {key: labels[f"campus-safety.example/{key}"] for key in ("team", "feature", "owner", "cost-centre")}
    assert charged == {
        "team": "student-safety",
        "feature": "alerts",
        "owner": "student-safety-leads",
        "cost-centre": "cc-4100",
    }


def test_alerts_go_before_everything_else(any_environment: Graph) -> None:
    assert any_environment.one(ROLLOUT, "alerts")["spec"]["template"]["spec"]["priorityClassName"] == "safety-critical"


def test_a_service_learns_where_the_database_is_and_no_password(any_environment: Graph) -> None:
    variables = any_environment.one("k8s.ConfigMap", "alerts")["data"]
    assert variables == {
        "DATABASE_HOST": "records.example",
        "DATABASE_PORT": "5432",
        "DATABASE_NAME": "records",
        "DATABASE_SSLMODE": "require",
        "CACHE_HOST": variables["CACHE_HOST"],
        "CACHE_PORT": "6379",
        "CACHE_USER": variables["CACHE_USER"],
        "EVIDENCE_BUCKET": any_environment.one("s3.Bucket", "evidence")["bucket"],
    }


def test_argo_rollouts_may_move_the_colours_selectors(any_environment: Graph) -> None:
    ignored = {
        service.name: service.ignoreChanges
        for service in any_environment.all("k8s.Service")
        if "-dr" not in service.name
    }
    assert ignored == {"alerts": (), "alerts-stable": ("spec.selector",), "alerts-canary": ("spec.selector",)}


def test_users_come_in_by_https_through_our_security_group(any_environment: Graph) -> None:
    ingress = any_environment.one("k8s.Ingress", "alerts")
    annotations: dict[str, Any] = ingress["metadata"]["annotations"]
    prefix = "alb.ingress.kubernetes.io"
    assert ingress["spec"]["ingressClassName"] == "alb"
    assert annotations[f"{prefix}/ssl-redirect"] == "443"
    assert annotations[f"{prefix}/security-groups"] == "firewall-load-balancer-id"
    assert "environment=" in annotations[f"{prefix}/tags"]
    first, *others = ingress["spec"]["rules"]
    assert first["host"] == any_environment.exports["serviceHosts"]["alerts"]
    for rule in (first, *others):
        backend = rule["http"]["paths"][0]["backend"]["service"]
        assert backend == {"name": "alerts", "port": {"name": "use-annotation"}}


def test_pods_run_as_nobody_and_can_write_nowhere(any_environment: Graph) -> None:
    pod = any_environment.one(ROLLOUT, "alerts")["spec"]["template"]["spec"]
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
    (container,) = any_environment.one(ROLLOUT, "alerts")["spec"]["template"]["spec"]["containers"]
    assert ".dkr.ecr." in container["image"]
    assert container["image"].partition("/")[2].partition(":")[2] not in {"", "latest"}


def test_a_disruption_budget_covers_the_service(any_environment: Graph) -> None:
    budget = any_environment.one("k8s.PodDisruptionBudget", "alerts")["spec"]
    assert budget["maxUnavailable"] == "25%"
    assert (
        budget["selector"]["matchLabels"] == any_environment.one(ROLLOUT, "alerts")["spec"]["selector"]["matchLabels"]
    )


def test_a_standby_waits_at_the_least_size_with_its_own_regions_stores_and_images(prod: Graph) -> None:
    rollout = prod.one(ROLLOUT, "alerts-dr")
    assert rollout["metadata"]["name"] == "alerts"
    assert rollout["spec"]["replicas"] == 3
    assert rollout.provider.rpartition("::")[0].endswith("::kubernetes-dr")
    (container,) = rollout["spec"]["template"]["spec"]["containers"]
    assert ".dkr.ecr.us-west-2.amazonaws.com/" in container["image"]
    variables = prod.one("k8s.ConfigMap", "alerts-dr")["data"]
    assert variables["EVIDENCE_BUCKET"] == prod.one("s3.Bucket", "evidence-dr")["bucket"]
    assert prod.one("rds.Instance", "records-dr").urn in prod.one("k8s.ConfigMap", "alerts-dr").dependencies
    assert "CACHE_HOST" not in variables


def test_both_regions_answer_for_the_same_host(prod: Graph, dev: Graph) -> None:
    hosts = {each["spec"]["rules"][0]["host"] for each in prod.all("k8s.Ingress")}
    assert hosts == {"alerts.campus-safety.example"}
    assert len(prod.all("k8s.Ingress")) == 2
    assert len(dev.all("k8s.Ingress")) == 1

"""Blue-green services of each environment."""

import json
from typing import Any

import pytest
import yaml

from tests.stacks.graph import PROJECT, Graph, Node, record

ROLLOUT = "kubernetes:argoproj.io/v1alpha1:Rollout"
SERVICE = "campus:delivery:BlueGreenService"
USER = "cache-services"
SCALER = "k8s.HorizontalPodAutoscaler"
TABLE = {
    "dev": (1, "100m", "128Mi", None),
    "staging": (2, "500m", "512Mi", (2, 6)),
    "preprod": (5, "2000m", "4Gi", (3, 50)),
    "prod": (5, "2000m", "4Gi", (3, 50)),
}


@pytest.mark.parametrize("environment", TABLE)
def test_replicas_and_resources_follow_the_requirements(request: pytest.FixtureRequest, environment: str) -> None:
    graph: Graph = request.getfixturevalue(environment)
    replicas, cpu, memory, bounds = TABLE[environment]
    rollout = graph.one(ROLLOUT, "alerts")["spec"]
    (container,) = rollout["template"]["spec"]["containers"]
    assert rollout["replicas"] == replicas
    assert container["resources"] == {each: {"cpu": cpu, "memory": memory} for each in ("requests", "limits")}
    scalers = [(each["spec"]["minReplicas"], each["spec"]["maxReplicas"]) for each in graph.all(SCALER)]
    assert set(scalers) == ({bounds} if bounds else set())


def test_autoscaler_scales_the_rollout_and_pulumi_ignores_replicas(dev: Graph, prod: Graph) -> None:
    target = prod.one(SCALER, "alerts")["spec"]["scaleTargetRef"]
    assert target == {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": "alerts"}
    assert prod.one(ROLLOUT, "alerts").ignoreChanges == ("spec.replicas",)
    assert dev.one(ROLLOUT, "alerts").ignoreChanges == ()


def test_update_waits_until_the_rollout_is_healthy(any_environment: Graph) -> None:
    annotations = any_environment.one(ROLLOUT, "alerts")["metadata"]["annotations"]
    assert annotations == {"pulumi.com/waitFor": "jsonpath={.status.phase}=Healthy"}


def test_the_load_balancer_reaches_pods_through_nodes(any_environment: Graph) -> None:
    services = {service["metadata"]["name"]: service for service in any_environment.all("k8s.Service")}
    assert set(services) == {"alerts", "alerts-stable", "alerts-canary"}
    assert {service["spec"]["type"] for service in services.values()} == {"NodePort"}
    canary = any_environment.one(ROLLOUT, "alerts")["spec"]["strategy"]["canary"]
    assert (canary["canaryService"], canary["stableService"]) == ("alerts-canary", "alerts-stable")
    assert canary["trafficRouting"]["alb"] == {"ingress": "alerts", "rootService": "alerts", "servicePort": 80}


def test_node_ports_have_the_rollout_label(any_environment: Graph) -> None:
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


def test_alerts_have_the_highest_priority(any_environment: Graph) -> None:
    assert any_environment.one(ROLLOUT, "alerts")["spec"]["template"]["spec"]["priorityClassName"] == "safety-critical"


def test_service_receives_the_database_address_and_no_password(any_environment: Graph) -> None:
    variables = any_environment.one("k8s.ConfigMap", "alerts")["data"]
    assert variables == {
        "DATABASE_HOST": "records.example",
        "DATABASE_PORT": "5432",
        "DATABASE_NAME": "records",
        "DATABASE_SSLMODE": "require",
        "DATABASE_CREDENTIALS": "/vault/secrets/database",
        "CACHE_HOST": variables["CACHE_HOST"],
        "CACHE_PORT": "6379",
        "CACHE_USER": variables["CACHE_USER"],
        "EVIDENCE_BUCKET": any_environment.one("s3.Bucket", "evidence")["bucket"],
        "EVIDENCE_PREFIX": "alerts/",
    }


def _injected(graph: Graph, name: str) -> dict[str, str]:
    """Return the Vault Agent annotations of a service."""
    annotations = graph.one(ROLLOUT, name)["spec"]["template"]["metadata"]["annotations"]
    return {key.removeprefix("vault.hashicorp.com/"): value for key, value in annotations.items()}


def test_the_injector_mounts_credentials_of_the_database(any_environment: Graph) -> None:
    annotations = _injected(any_environment, "alerts")
    assert (annotations["agent-inject"], annotations["agent-pre-populate"]) == ("true", "true")
    assert annotations["agent-inject-secret-database"] == "database/creds/records-read-write"
    assert (
        annotations["agent-inject-secret-database"]
        in any_environment.one("vault.Policy", "vault-service-alerts")["policy"]
    )


def test_agent_authenticates_with_the_bound_service_account(any_environment: Graph) -> None:
    pod = any_environment.one(ROLLOUT, "alerts")["spec"]["template"]["spec"]
    sign_in = any_environment.one("vault.AuthBackendRole", "sign-in-alerts")
    annotations = _injected(any_environment, "alerts")
    assert (annotations["role"], annotations["auth-path"]) == (sign_in["roleName"], f"auth/{sign_in['backend']}")
    assert [pod["serviceAccountName"]] == sign_in["boundServiceAccountNames"]
    (volume,) = [
        each for each in pod["volumes"] if each["name"] == annotations["agent-service-account-token-volume-name"]
    ]
    assert volume["projected"]["sources"][0]["serviceAccountToken"]["audience"] == sign_in["audience"]
    (container,) = pod["containers"]
    assert volume["name"] not in {mount["name"] for mount in container["volumeMounts"]}


def test_agent_runs_as_the_pods_user_with_private_files(any_environment: Graph) -> None:
    context = any_environment.one(ROLLOUT, "alerts")["spec"]["template"]["spec"]["securityContext"]
    annotations = _injected(any_environment, "alerts")
    assert annotations["agent-run-as-user"] == str(int(context["runAsUser"]))
    assert annotations["agent-run-as-group"] == str(int(context["runAsGroup"]))
    assert (annotations["agent-set-security-context"], annotations["agent-inject-perms-database"]) == ("true", "0400")


def test_namespace_allows_the_agent_image(any_environment: Graph) -> None:
    for cluster, suffix in zip(any_environment.clusters, ("", "-dr"), strict=False):
        team = any_environment.one("k8s.Namespace", f"team-student-safety{suffix}")
        assert team.cluster == cluster
        allowed = team["metadata"]["annotations"]["campus-safety.example/image-repositories"].split(",")
        assert _injected(any_environment, f"alerts{suffix}")["agent-image"].startswith(tuple(allowed))


def test_pulumi_ignores_selectors_that_argo_rollouts_changes(any_environment: Graph) -> None:
    ignored = {
        service.name: service.ignoreChanges
        for service in any_environment.all("k8s.Service")
        if "-dr" not in service.name
    }
    assert ignored == {"alerts": (), "alerts-stable": ("spec.selector",), "alerts-canary": ("spec.selector",)}


def test_ingress_is_https_with_our_security_group(any_environment: Graph) -> None:
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


def test_pods_run_as_non_root_with_read_only_root_filesystem(any_environment: Graph) -> None:
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


def test_standby_service_is_minimal_with_its_own_regions_stores_and_images(prod: Graph) -> None:
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


def test_standby_service_uses_its_own_clusters_auth_path(prod: Graph) -> None:
    annotations = _injected(prod, "alerts-dr")
    assert annotations["auth-path"] == f"auth/{prod.one('vault.AuthBackendRole', 'sign-in-dr-alerts')['backend']}"
    assert annotations["auth-path"] == "auth/kubernetes-dr"
    assert ".dkr.ecr.us-west-2.amazonaws.com/" in annotations["agent-image"]


def test_both_regions_serve_the_same_host(prod: Graph, dev: Graph) -> None:
    hosts = {each["spec"]["rules"][0]["host"] for each in prod.all("k8s.Ingress")}
    assert hosts == {"alerts.campus-safety.example"}
    assert len(prod.all("k8s.Ingress")) == 2
    assert len(dev.all("k8s.Ingress")) == 1


def _allowed(role: Node) -> dict[str, list[str]]:
    """Return the resources of a policy by action."""
    statements = json.loads(role["policy"])["Statement"]
    return {action: each["Resource"] for each in statements for action in each["Action"]}


def test_service_writes_evidence_under_its_prefix_and_connects_to_the_cache(any_environment: Graph) -> None:
    cache, user = any_environment.one("elasticache.ReplicationGroup"), any_environment.one("elasticache.User", USER)
    bucket = any_environment.one("s3.Bucket", "evidence")["bucket"]
    key = any_environment.one("kms.Key", "evidence").arn
    assert _allowed(any_environment.one("iam.RolePolicy", "service-alerts")) == {
        "s3:PutObject": [f"arn:aws:s3:::{bucket}/alerts/*"],
        "kms:GenerateDataKey": [key],
        "kms:Decrypt": [key],
        "elasticache:Connect": [cache.arn, user.arn],
    }


def test_standby_service_writes_evidence_in_its_own_region_and_has_no_cache(prod: Graph) -> None:
    bucket, key = prod.one("s3.Bucket", "evidence-dr")["bucket"], prod.one("kms.Key", "evidence-dr").arn
    assert _allowed(prod.one("iam.RolePolicy", "service-alerts-dr")) == {
        "s3:PutObject": [f"arn:aws:s3:::{bucket}/alerts/*"],
        "kms:GenerateDataKey": [key],
        "kms:Decrypt": [key],
    }


def test_service_role_trusts_only_its_pods_and_exists_before_them(any_environment: Graph) -> None:
    for suffix in ("", "-dr") if len(any_environment.exports["regions"]) > 1 else ("",):
        association = any_environment.one("eks.PodIdentityAssociation", f"service-alerts{suffix}")
        cluster = any_environment.one("eks.Cluster", f"cluster{suffix}")
        role = any_environment.one("iam.Role", f"service-alerts{suffix}")
        assert association["roleArn"] == role.arn
        assert association["clusterName"] == cluster["name"]
        assert (association["namespace"], association["serviceAccount"]) == ("student-safety", "alerts")
        assert association.region == cluster.region
        assert association.urn in any_environment.one(SERVICE, f"alerts{suffix}").dependencies
        (statement,) = json.loads(role["assumeRolePolicy"])["Statement"]
        request_tags = statement["Condition"]["StringEquals"]
        assert request_tags["aws:RequestTag/eks-cluster-name"] == cluster["name"]
        assert request_tags["aws:RequestTag/kubernetes-service-account"] == "alerts"


@pytest.fixture(scope="module")
def custom_services(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """Record dev with two services: one uses no store, the other reads evidence."""
    project = tmp_path_factory.mktemp("modest")
    shared = yaml.safe_load((PROJECT / "Pulumi.yaml").read_text(encoding="utf-8"))
    services = shared["config"]["campus-safety:services"]["value"]
    template = {**services["alerts"], "database": "none", "cache": False}
    services |= {"pages": {**template, "evidence": "none"}, "cases": {**template, "evidence": "read-write"}}
    (project / "Pulumi.yaml").write_text(yaml.safe_dump(shared), encoding="utf-8")
    for file in PROJECT.glob("Pulumi.*.yaml"):
        (project / file.name).write_bytes(file.read_bytes())
    return record("dev", project=project)


def test_service_without_stores_has_no_role_or_store_variables(custom_services: Graph) -> None:
    assert {role.name for role in custom_services.all("iam.Role") if role.name.startswith("service-")} == {
        "service-alerts",
        "service-cases",
    }
    assert custom_services.one("k8s.ConfigMap", "pages")["data"] == {}


def test_evidence_reader_reads_only_its_own_prefix(custom_services: Graph) -> None:
    allowed = _allowed(custom_services.one("iam.RolePolicy", "service-cases"))
    assert set(allowed) == {"s3:PutObject", "s3:GetObject", "kms:GenerateDataKey", "kms:Decrypt"}
    assert allowed["s3:GetObject"] == allowed["s3:PutObject"]
    assert all(each.endswith("/cases/*") for each in allowed["s3:GetObject"])

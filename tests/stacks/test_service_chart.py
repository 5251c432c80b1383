"""The service chart renders the same objects as Pulumi, from the same values."""

from copy import deepcopy
from itertools import product
from typing import Any

import pytest

from components.delivery.labels import PREFIX
from components.delivery.registries import regional_reference
from components.delivery.rollout_plan import USER_ID
from components.edge.plan import INGRESS_GROUP
from components.secrets.agent_plan import AgentPlan, annotations, token_volume
from components.secrets.plan import ROLE_OF, DatabaseAccess, DatabaseRole
from stacks.loading import load_file
from tests.stacks.graph import PROJECT, Graph, Node
from tests.stacks.helm import PRIMARY, SERVICE, Manifest, RenderError, render, root_of
from tests.stacks.test_services import ROLLOUT

pytestmark = pytest.mark.integration

MANAGER = "app.kubernetes.io/managed-by"
TAGS = ("project", "environment", "team", "feature", "owner", "cost-centre", "data-classification")
ALB = "alb.ingress.kubernetes.io"
LISTS = {f"{ALB}/tags"}


def _of(graph: Graph, name: str, cluster: str) -> list[Node]:
    """Return Pulumi's resources of a service in a cluster."""
    nodes = [node for node in graph.nodes if node.cluster == cluster and graph.layer(node) == "Services"]
    return [node for node in nodes if node["metadata"]["labels"]["app.kubernetes.io/name"] == name]


def values_of(graph: Graph, name: str, cluster: str = PRIMARY) -> dict[str, Any]:
    """Return the chart values of a service in the settings."""
    settings = load_file(PROJECT, graph.exports["environment"])
    service, scale = settings.services[name], settings.scale
    region = root_of(graph, cluster)["spec"]["source"]["helm"]["valuesObject"]["facts"]["region"]
    nodes = {node.type: node for node in _of(graph, name, cluster)}
    labels = nodes[ROLLOUT]["metadata"]["labels"]
    ingress = nodes["kubernetes:networking.k8s.io/v1:Ingress"]
    annotations = ingress["metadata"]["annotations"]
    return {
        "name": name,
        "image": regional_reference(service.image, region),
        "port": service.port,
        "healthPath": service.health_path,
        "replicas": scale.replicas,
        "resources": {"cpu": scale.cpu, "memory": scale.memory},
        "priority": service.priority.value,
        "autoscaling": {
            "enabled": scale.auto_scaling,
            "minReplicas": scale.min_replicas,
            "maxReplicas": scale.max_replicas,
            "targetCpuPercent": service.target_cpu_percent,
        },
        "hosts": [rule["host"] for rule in ingress["spec"]["rules"]],
        "loadBalancer": {
            "group": INGRESS_GROUP,
            "securityGroup": annotations[f"{ALB}/security-groups"],
            "certificateArn": annotations[f"{ALB}/certificate-arn"],
            "tags": dict(pair.split("=") for pair in annotations[f"{ALB}/tags"].split(",")),
        },
        "variables": nodes["kubernetes:core/v1:ConfigMap"]["data"],
        "database": service.database.value,
        "vault": {"authPath": cluster, "agentImage": regional_reference(settings.vault.agent_image, region)},
        "tags": {tag: labels[f"{PREFIX}/{tag}"] for tag in TAGS},
    }


def normalise(manifest: Manifest, *, scaled: bool) -> Manifest:
    """Return a manifest without the manager label and without autoscaled replicas."""
    normalised: Manifest = deepcopy(manifest)
    normalised["metadata"]["annotations"] = _annotations(normalised["metadata"].get("annotations") or {})
    normalised["metadata"]["labels"].pop(MANAGER)
    if normalised["kind"] == "Rollout":
        normalised["spec"]["template"]["metadata"]["labels"].pop(MANAGER)
        if scaled:
            normalised["spec"].pop("replicas", None)
    return normalised


def _annotations(original: dict[str, str]) -> dict[str, Any]:
    compared = {key: value for key, value in original.items() if not key.startswith("pulumi.com/")}
    return {key: sorted(value.split(",")) if key in LISTS else value for key, value in compared.items()}


def _by_name(manifests: list[Manifest], *, scaled: bool) -> dict[str, Manifest]:
    return {f"{each['kind']} {each['metadata']['name']}": normalise(each, scaled=scaled) for each in manifests}


def test_chart_and_pulumi_render_equal_services_in_every_cluster(any_environment: Graph) -> None:
    settings = load_file(PROJECT, any_environment.exports["environment"])
    assert settings.services
    for (name, service), cluster in product(settings.services.items(), any_environment.clusters):
        from_pulumi = [{key: node[key] for key in node.inputs} for node in _of(any_environment, name, cluster)]
        from_chart = render(SERVICE, name, service.team, values_of(any_environment, name, cluster))
        scaled = settings.scale.auto_scaling
        assert _by_name(from_chart, scaled=scaled) == _by_name(from_pulumi, scaled=scaled)


def _rollout(graph: Graph, **changes: Any) -> Manifest:
    """Return the spec of the Rollout `alerts` that the chart renders."""
    manifests = render(SERVICE, "alerts", "student-safety", {**values_of(graph, "alerts"), **changes})
    (rollout,) = [each["spec"] for each in manifests if each["kind"] == "Rollout"]
    return dict(rollout)


def test_autoscaled_rollouts_omit_replicas(dev: Graph, prod: Graph) -> None:
    assert _rollout(dev)["replicas"] == 1
    assert "replicas" not in _rollout(prod)


@pytest.mark.parametrize(("access", "role"), ROLE_OF.items())
def test_pod_mounts_only_its_services_credentials(prod: Graph, access: DatabaseAccess, role: DatabaseRole) -> None:
    values = values_of(prod, "alerts")["vault"]
    plan = AgentPlan("alerts", values["authPath"], values["agentImage"], role)
    template = _rollout(prod, database=access.value)["template"]
    assert template["metadata"]["annotations"] == annotations(plan, USER_ID)
    assert token_volume() in template["spec"]["volumes"]


def test_a_service_without_the_database_needs_no_agent(prod: Graph) -> None:
    template = _rollout(prod, database="none")["template"]
    assert "annotations" not in template["metadata"]
    assert [each["name"] for each in template["spec"]["volumes"]] == ["scratch"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"image": "555566667777.dkr.ecr.us-east-1.amazonaws.com/campus/alerts:latest"}, "image"),
        ({"image": "555566667777.dkr.ecr.us-east-1.amazonaws.com/campus/alerts"}, "image"),
        ({"image": "docker.io/library/nginx:1.29.0"}, "image"),
        ({"replicas": 51}, "replicas"),
        ({"port": 80}, "port"),
        ({"resources": {"cpu": "1"}}, "memory"),
        ({"autoscaling": {"enabled": True}}, "minReplicas"),
        ({"tags": {"project": "campus-safety"}}, "environment"),
        ({"variables": {"WORKERS": 4}}, "WORKERS"),
        ({"replica": 2}, "replica"),
        ({"name": "Alerts"}, "name"),
        ({"hosts": []}, "hosts"),
        ({"database": "all"}, "database"),
        ({"vault": {"authPath": "kubernetes"}}, "agentImage"),
        ({"vault": {"authPath": "kubernetes", "agentImage": "hashicorp/vault:1.21.1"}}, "agentImage"),
    ],
)
def test_invalid_values_are_rejected(prod: Graph, changes: dict[str, Any], message: str) -> None:
    values = values_of(prod, "alerts")
    with pytest.raises(RenderError, match=message):
        render(SERVICE, "alerts", "student-safety", {**values, **changes})


@pytest.mark.parametrize("key", ["image", "hosts", "loadBalancer", "vault", "tags", "resources"])
def test_required_values_have_no_default(prod: Graph, key: str) -> None:
    values = values_of(prod, "alerts")
    del values[key]
    with pytest.raises(RenderError, match=key):
        render(SERVICE, "alerts", "student-safety", values)

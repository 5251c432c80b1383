"""The chart makes of a service what Pulumi makes of it, and takes no other values than settings do."""

from copy import deepcopy
from typing import Any

import pytest

from components.delivery.labels import PREFIX
from stacks.loading import load_file
from tests.stacks.graph import PROJECT, Graph, Node
from tests.stacks.helm import SERVICE, Manifest, RefusedError, render
from tests.stacks.test_services import ROLLOUT

pytestmark = pytest.mark.integration

MANAGER = "app.kubernetes.io/managed-by"
TAGS = ("project", "environment", "team", "feature", "owner", "cost-centre", "data-classification")
LISTS = {f"alb.ingress.kubernetes.io/{key}" for key in ("tags", "load-balancer-attributes")}


def _of(graph: Graph, name: str) -> list[Node]:
    """What Pulumi makes of a service in the cluster."""
    objects = [node for node in graph.nodes if node.type.startswith("kubernetes:")]
    return [node for node in objects if graph.layer(node) == "Services" and _owner(node) == name]


def _owner(node: Node) -> str:
    found: str = node["metadata"]["labels"]["app.kubernetes.io/name"]
    return found


def values_of(graph: Graph, name: str) -> dict[str, Any]:
    """A service of the settings in the words of the chart."""
    settings = load_file(PROJECT, graph.exports["environment"])
    wanted, scale = settings.services[name], settings.scale
    made = {node.type: node for node in _of(graph, name)}
    labels = made[ROLLOUT]["metadata"]["labels"]
    annotations = made["kubernetes:networking.k8s.io/v1:Ingress"]["metadata"]["annotations"]
    attributes = dict(
        pair.split("=") for pair in annotations["alb.ingress.kubernetes.io/load-balancer-attributes"].split(",")
    )
    return {
        "name": name,
        "image": wanted.image,
        "port": wanted.port,
        "healthPath": wanted.health_path,
        "replicas": scale.replicas,
        "resources": {"cpu": scale.cpu, "memory": scale.memory},
        "priority": wanted.priority.value,
        "autoscaling": {
            "enabled": scale.auto_scaling,
            "minReplicas": scale.min_replicas,
            "maxReplicas": scale.max_replicas,
            "targetCpuPercent": wanted.target_cpu_percent,
        },
        "host": settings.host(name),
        "loadBalancer": {
            "securityGroup": annotations["alb.ingress.kubernetes.io/security-groups"],
            "logBucket": attributes["access_logs.s3.bucket"],
            "deletionProtection": not settings.data.disposable,
        },
        "variables": made["kubernetes:core/v1:ConfigMap"]["data"],
        "tags": {tag: labels[f"{PREFIX}/{tag}"] for tag in TAGS},
    }


def normal(manifest: Manifest, *, scaled: bool) -> Manifest:
    """Without what says who made it, and without the number of replicas where the autoscaler has it."""
    made: Manifest = deepcopy(manifest)
    made["metadata"]["annotations"] = _annotations(made["metadata"].get("annotations") or {})
    made["metadata"]["labels"].pop(MANAGER)
    if made["kind"] == "Rollout":
        made["spec"]["template"]["metadata"]["labels"].pop(MANAGER)
        if scaled:
            made["spec"].pop("replicas", None)
    return made


def _annotations(written: dict[str, str]) -> dict[str, Any]:
    kept = {key: value for key, value in written.items() if not key.startswith("pulumi.com/")}
    return {key: sorted(value.split(",")) if key in LISTS else value for key, value in kept.items()}


def _by_name(manifests: list[Manifest], *, scaled: bool) -> dict[str, Manifest]:
    return {f"{each['kind']} {each['metadata']['name']}": normal(each, scaled=scaled) for each in manifests}


def test_the_chart_and_pulumi_make_the_same_of_every_service(any_environment: Graph) -> None:
    settings = load_file(PROJECT, any_environment.exports["environment"])
    assert settings.services
    for name, service in settings.services.items():
        pulumis = [{key: node[key] for key in node.inputs} for node in _of(any_environment, name)]
        charts = render(SERVICE, name, service.team, values_of(any_environment, name))
        scaled = settings.scale.auto_scaling
        assert _by_name(charts, scaled=scaled) == _by_name(pulumis, scaled=scaled)


def test_where_the_autoscaler_decides_git_says_nothing_of_replicas(dev: Graph, prod: Graph) -> None:
    def replicas(graph: Graph) -> Any:
        made = render(SERVICE, "alerts", "student-safety", values_of(graph, "alerts"))
        (rollout,) = [each for each in made if each["kind"] == "Rollout"]
        return rollout["spec"].get("replicas")

    assert replicas(dev) == 1
    assert replicas(prod) is None


@pytest.mark.parametrize(
    ("changes", "complaint"),
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
    ],
)
def test_wrong_values_are_refused(prod: Graph, changes: dict[str, Any], complaint: str) -> None:
    values = values_of(prod, "alerts")
    with pytest.raises(RefusedError, match=complaint):
        render(SERVICE, "alerts", "student-safety", {**values, **changes})


@pytest.mark.parametrize("key", ["image", "host", "loadBalancer", "tags", "resources"])
def test_nothing_that_matters_has_a_default(prod: Graph, key: str) -> None:
    values = values_of(prod, "alerts")
    del values[key]
    with pytest.raises(RefusedError, match=key):
        render(SERVICE, "alerts", "student-safety", values)

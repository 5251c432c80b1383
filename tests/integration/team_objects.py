"""Objects of a team's namespace: those of the program, and variants for tests."""

from collections.abc import Callable
from typing import Any

from tests.integers import integers
from tests.integration.api_server import Cluster, eventually, refusal
from tests.stacks.graph import Graph

NAMESPACE = "student-safety"
Change = Callable[[dict[str, Any]], object]
FIRST = (
    *("ClusterRole", "ClusterRoleBinding", "PriorityClass"),
    *("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "Namespace", "ServiceAccount", "ConfigMap"),
)
"""Kinds that other objects refer to, in order of creation."""


def pod_template(graph: Graph, change: Change = lambda _pod: None) -> dict[str, Any]:
    """Return the pod template of the `alerts` Rollout after applying a change to it."""
    template = integers(graph.one("kubernetes:argoproj.io/v1alpha1:Rollout")["spec"]["template"])
    change(template["spec"])
    return {"metadata": {"labels": {"app": "probe"}}, "spec": template["spec"]}


def workload(graph: Graph, kind: str, change: Change = lambda _pod: None, replicas: int = 1) -> dict[str, Any]:
    """Return a workload of one kind with a pod template from `pod_template`."""
    template = pod_template(graph, change)
    selector = {"matchLabels": {"app": "probe"}}
    many = {"replicas": replicas, "selector": selector, "template": template}
    once = {"template": {**template, "spec": {**template["spec"], "restartPolicy": "Never"}}}
    specs: dict[str, tuple[str, dict[str, Any]]] = {
        "Pod": ("v1", template["spec"]),
        "Deployment": ("apps/v1", many),
        "ReplicaSet": ("apps/v1", many),
        "StatefulSet": ("apps/v1", {**many, "serviceName": "probe"}),
        "DaemonSet": ("apps/v1", {"selector": selector, "template": template}),
        "Job": ("batch/v1", once),
        "CronJob": ("batch/v1", {"schedule": "0 3 * * *", "jobTemplate": {"spec": once}}),
        "Rollout": ("argoproj.io/v1alpha1", {**many, "strategy": {"canary": {}}}),
    }
    version, spec = specs[kind]
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "probe", "namespace": NAMESPACE}, "spec": spec}


def service(spec: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    ports = [{"name": "http", "port": 80}]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "probe", "namespace": NAMESPACE, **metadata},
        "spec": {"selector": {"app": "probe"}, "ports": ports, **spec},
    }


def container(**values: Any) -> Change:
    """Return a change that sets container fields; None removes a field."""

    def change(pod: dict[str, Any]) -> None:
        for key, value in values.items():
            if value is None:
                del pod["containers"][0][key]
            else:
                pod["containers"][0][key] = value

    return change


def security_context(**values: Any) -> Change:
    return lambda pod: pod["containers"][0]["securityContext"].update(values)


def pod_fields(**values: Any) -> Change:
    return lambda pod: pod.update(values)


def without_limits(pod: dict[str, Any]) -> None:
    del pod["containers"][0]["resources"]["limits"]


def as_root(pod: dict[str, Any]) -> None:
    del pod["securityContext"]["runAsNonRoot"]


def fill(cluster: Cluster, graph: Graph) -> None:
    """Apply the program's workloads and wait until admission policies are active."""
    nodes = [node for node in graph.nodes if node.type.startswith("kubernetes:")]
    bodies = [
        {key: node[key] for key in node.inputs} for node in nodes if graph.layer(node) in {"Workloads", "Services"}
    ]
    bodies.sort(key=lambda body: FIRST.index(body["kind"]) if body["kind"] in FIRST else len(FIRST))
    for body in bodies:
        cluster.apply(body)
    expected = breaches(graph)
    eventually(lambda: all(f"'{policy}'" in refusal(cluster, body) for policy, body in expected.items()))


def breaches(graph: Graph) -> dict[str, dict[str, Any]]:
    """Return a mapping from each admission policy to an object that only it rejects."""
    return {
        "campus-images": workload(graph, "Deployment", container(image="docker.io/library/nginx:1.29")),
        "campus-sizes": workload(graph, "Deployment", without_limits),
        "campus-probes": workload(graph, "Deployment", container(livenessProbe=None)),
        "campus-isolation": workload(graph, "Deployment", as_root),
        "campus-services": service({"type": "LoadBalancer"}),
    }

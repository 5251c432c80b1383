"""A rehearsal's cluster behaves like a real one."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
import pytest
import yaml
from kubernetes import client

from rehearsal.dataplanes.kubernetes import (
    ADDONS,
    ClusterEndpoint,
    ClusterError,
    Clusters,
    NodeSpec,
    Taint,
)
from rehearsal.dataplanes.kubernetes.client import connect
from rehearsal.home import Home
from rehearsal.processes import ProcessError, Supervisor
from tests.rehearsal.dataplanes.servers import TOOLS, binary, kill

pytestmark = pytest.mark.integration

REGION = "us-east-1"


class Api:
    """API groups of one cluster that the tests use."""

    def __init__(self, api: Any) -> None:
        self.core: Any = client.CoreV1Api(api)
        self.apps: Any = client.AppsV1Api(api)
        self.networking: Any = client.NetworkingV1Api(api)
        self.custom: Any = client.CustomObjectsApi(api)
        self.admission: Any = client.AdmissionregistrationV1Api(api)
        self.version: Any = client.VersionApi(api)


@contextmanager
def talk(endpoint: ClusterEndpoint) -> Iterator[Api]:
    with connect(endpoint) as api:
        yield Api(api)


def eventually(done: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "the condition was not met in time"
        time.sleep(0.1)


def node(index: int, **more: Any) -> NodeSpec:
    name = f"ip-10-0-0-{index}.ec2.internal"
    return NodeSpec(**{"name": name, "cpu": 2, "memory_gib": 8, "zone": "us-east-1a", **more})


def deployment(replicas: int = 2, **container: Any) -> dict[str, Any]:
    labels = {"app": "web"}
    containers = [{"name": "web", "image": "registry.example/web:1", **container}]
    return {
        "metadata": {"name": "web"},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": containers}},
        },
    }


@pytest.fixture(scope="module")
def supervisor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Supervisor]:
    home = Home(tmp_path_factory.mktemp("project"), "dev")
    home.make()
    supervisor = Supervisor(home)
    yield supervisor
    supervisor.stop_all(timeout=0)


@pytest.fixture(scope="module")
def clusters(supervisor: Supervisor) -> Iterator[Clusters]:
    crds = TOOLS.share("argo-rollouts")
    clusters = Clusters(supervisor._home, supervisor, binary, [ADDONS["argo-rollouts"](crds)])
    yield clusters
    clusters.stop()


@pytest.fixture(scope="module")
def main(clusters: Clusters) -> ClusterEndpoint:
    endpoint = clusters.create("main", REGION)
    clusters.set_nodes("main", REGION, "general", [node(1), node(2)])
    return endpoint


@pytest.fixture
def namespace(main: ClusterEndpoint) -> Iterator[str]:
    name = f"test-{uuid4()}"
    with talk(main) as api:
        api.core.create_namespace({"metadata": {"name": name}})
        eventually(lambda: api.core.list_namespaced_service_account(name).items)
        yield name
        api.core.delete_namespace(name)


def test_a_cluster_is_found_by_name_and_region(clusters: Clusters, main: ClusterEndpoint) -> None:
    assert clusters.get("main", REGION) == main
    assert clusters.get("main", "us-west-2") is None
    assert clusters.all() == (main,)
    assert clusters.alive("main", REGION)
    with pytest.raises(ClusterError, match="cluster main already exists in us-east-1"):
        clusters.create("main", REGION)
    with pytest.raises(ClusterError, match="there is no cluster other in us-east-1"):
        clusters.set_nodes("other", REGION, "general", [])


def test_the_kubeconfig_works_in_other_clients(main: ClusterEndpoint) -> None:
    config = yaml.safe_load(main.kubeconfig.read_text())
    assert config["clusters"][0]["cluster"]["server"] == main.url
    assert config["users"][0]["user"]["token"] == main.token
    assert main.kubeconfig.stat().st_mode & 0o777 == 0o600


def test_a_deployment_becomes_available(main: ClusterEndpoint, namespace: str) -> None:
    with talk(main) as api:
        api.apps.create_namespaced_deployment(namespace, deployment())
        eventually(lambda: api.apps.read_namespaced_deployment_status("web", namespace).status.available_replicas == 2)


def test_unschedulable_pods_stay_pending(main: ClusterEndpoint, namespace: str) -> None:
    greedy = {"resources": {"requests": {"memory": "9Gi"}}}
    with talk(main) as api:
        api.apps.create_namespaced_deployment(namespace, deployment(1, **greedy))

        def unschedulable() -> bool:
            return any(
                condition.reason == "Unschedulable"
                for pod in api.core.list_namespaced_pod(namespace).items
                for condition in pod.status.conditions or ()
            )

        eventually(unschedulable)


def test_a_privileged_pod_is_refused_where_pod_security_is_restricted(main: ClusterEndpoint, namespace: str) -> None:
    pod = {
        "metadata": {"name": "root"},
        "spec": {"containers": [{"name": "root", "image": "x", "securityContext": {"privileged": True}}]},
    }
    restricted = f"{namespace}-restricted"
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    with talk(main) as api:
        api.core.create_namespaced_pod(namespace, pod)
        api.core.create_namespace({"metadata": {"name": restricted, "labels": labels}})
        eventually(lambda: api.core.list_namespaced_service_account(restricted).items)
        with pytest.raises(client.ApiException, match="violates PodSecurity") as refusal:
            api.core.create_namespaced_pod(restricted, pod)
        assert refusal.value.status == 403
        api.core.delete_namespace(restricted)


def test_a_validating_admission_policy_is_enforced(main: ClusterEndpoint, namespace: str) -> None:
    policy = {
        "metadata": {"name": "no-default-service-account"},
        "spec": {
            "matchConstraints": {
                "resourceRules": [
                    {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["configmaps"]}
                ]
            },
            "validations": [{"expression": "has(object.metadata.labels)", "message": "label it"}],
        },
    }
    binding = {
        "metadata": {"name": "no-default-service-account"},
        "spec": {
            "policyName": "no-default-service-account",
            "validationActions": ["Deny"],
            "matchResources": {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}},
        },
    }

    def refused(api: Api) -> bool:
        try:
            api.core.create_namespaced_config_map(namespace, {"metadata": {"generateName": "plain-"}})
        except client.ApiException as error:
            return "label it" in str(error.body)
        return False

    with talk(main) as api:
        api.admission.create_validating_admission_policy(policy)
        api.admission.create_validating_admission_policy_binding(binding)
        eventually(lambda: refused(api))


def test_load_balancers_get_a_host_name(main: ClusterEndpoint, namespace: str) -> None:
    service = {"metadata": {"name": "web"}, "spec": {"type": "LoadBalancer", "ports": [{"port": 80}]}}
    internal = {"metadata": {"name": "internal"}, "spec": {"ports": [{"port": 80}]}}
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    ingress = {"metadata": {"name": "web"}, "spec": {"ingressClassName": "alb", "defaultBackend": backend}}
    with talk(main) as api:
        api.core.create_namespaced_service(namespace, internal)
        api.core.create_namespaced_service(namespace, service)
        api.networking.create_namespaced_ingress(namespace, ingress)

        def hosts(body: Any) -> list[str]:
            return [entry.hostname for entry in body.status.load_balancer.ingress or ()]

        eventually(lambda: hosts(api.core.read_namespaced_service("web", namespace)))
        eventually(lambda: hosts(api.networking.read_namespaced_ingress("web", namespace)))
        assert hosts(api.core.read_namespaced_service("web", namespace))[0].endswith(".elb.us-east-1.amazonaws.com")
        assert hosts(api.networking.read_namespaced_ingress("web", namespace))[0].endswith(
            "us-east-1.elb.amazonaws.com"
        )
        assert hosts(api.core.read_namespaced_service("internal", namespace)) == []


def test_the_rollouts_controller_reconciles_rollouts(main: ClusterEndpoint, namespace: str) -> None:
    group = ("argoproj.io", "v1alpha1", namespace, "rollouts")
    rollout = deployment() | {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout"}
    rollout["spec"]["strategy"] = {"canary": {"steps": [{"setWeight": 50}, {"pause": {}}]}}
    with talk(main) as api:
        api.custom.create_namespaced_custom_object(*group, rollout)

        def available() -> bool:
            status = api.custom.get_namespaced_custom_object(*group, "web").get("status", {})
            return bool(status.get("availableReplicas") == 2)

        eventually(available, 60)


def test_a_node_group_can_be_scaled_and_changed(clusters: Clusters, main: ClusterEndpoint, namespace: str) -> None:
    taint = Taint("dedicated", "batch", "NoSchedule")
    with talk(main) as api:
        clusters.set_nodes("main", REGION, "batch", [node(11, labels={"tier": "one"}), node(12)])
        first = api.core.read_node("ip-10-0-0-11.ec2.internal")
        assert first.metadata.labels["tier"] == "one"
        assert first.metadata.labels["topology.kubernetes.io/zone"] == "us-east-1a"
        assert first.status.capacity["memory"] == "8Gi"
        clusters.set_nodes("main", REGION, "batch", [node(11, taints=(taint,)), node(12)])
        changed = api.core.read_node("ip-10-0-0-11.ec2.internal")
        assert changed.metadata.uid == first.metadata.uid
        assert "tier" not in changed.metadata.labels
        assert [(item.key, item.effect) for item in changed.spec.taints] == [("dedicated", "NoSchedule")]
        pod = {
            "metadata": {"name": "pinned"},
            "spec": {"nodeName": "ip-10-0-0-12.ec2.internal", "containers": [{"name": "x", "image": "x"}]},
        }
        api.core.create_namespaced_pod(namespace, pod)
        clusters.set_nodes("main", REGION, "batch", [node(11, taints=(taint,))])
        eventually(lambda: api.core.list_namespaced_pod(namespace).items == [])
        clusters.set_nodes("main", REGION, "batch", [])
        names = [item.metadata.name for item in api.core.list_node().items]
        assert sorted(names) == ["ip-10-0-0-1.ec2.internal", "ip-10-0-0-2.ec2.internal"]


def test_an_unreachable_cluster_is_named(clusters: Clusters, supervisor: Supervisor, main: ClusterEndpoint) -> None:
    kill(supervisor, "kube-apiserver")
    with pytest.raises(ClusterError, match=f"main in us-east-1 does not answer at {main.url}; restart it"):
        clusters.set_nodes("main", REGION, "general", [node(1)])
    clusters.heal()
    clusters.set_nodes("main", REGION, "general", [node(1), node(2)])


@pytest.mark.parametrize("part", ["kube-apiserver", "etcd", "kube-scheduler", "kwok", "argo-rollouts"])
def test_a_killed_process_is_restarted_with_its_data(
    clusters: Clusters, supervisor: Supervisor, main: ClusterEndpoint, namespace: str, part: str
) -> None:
    with talk(main) as api:
        api.core.create_namespaced_config_map(namespace, {"metadata": {"name": "kept"}})
    kill(supervisor, part)
    assert not clusters.alive("main", REGION)
    assert clusters.heal() == (f"{part}.us-east-1.main",)
    assert clusters.heal() == ()
    assert clusters.alive("main", REGION)
    with talk(main) as api:
        assert api.core.read_namespaced_config_map("kept", namespace)
        api.apps.create_namespaced_deployment(namespace, deployment(1))
        eventually(lambda: api.apps.read_namespaced_deployment_status("web", namespace).status.available_replicas == 1)


def test_a_cluster_has_the_requested_version_and_can_be_upgraded(clusters: Clusters) -> None:
    endpoint = clusters.create("older", REGION, "1.32")
    with talk(endpoint) as api:
        assert api.version.get_code().emulation_minor == "32"
    clusters.set_version("older", REGION, "1.33")
    with talk(endpoint) as api:
        assert api.version.get_code().emulation_minor == "33"
    with pytest.raises(ClusterError, match=r"older can't be changed to Kubernetes 1\.20: .*not between"):
        clusters.set_version("older", REGION, "1.20")
    with talk(endpoint) as api:
        assert api.version.get_code().emulation_minor == "33"
    clusters.delete("older", REGION)
    assert clusters.get("older", REGION) is None
    assert not endpoint.kubeconfig.exists()


def test_a_cluster_that_fails_to_start_leaves_nothing(clusters: Clusters, supervisor: Supervisor) -> None:
    before = supervisor.status()
    with pytest.raises(ProcessError, match=r"kube-apiserver\.us-east-1\.ancient ended with exit code 1"):
        clusters.create("ancient", REGION, "1.19")
    assert [status.name for status in supervisor.status()] == [status.name for status in before]
    assert clusters.get("ancient", REGION) is None


def test_a_missing_binary_is_named(home: Home) -> None:
    supervisor = Supervisor(home)
    clusters = Clusters(home, supervisor, lambda name: Path("/nowhere") / name)
    with pytest.raises(ProcessError, match="does not exist; install or build it"):
        clusters.create("main", REGION)
    assert supervisor.status() == ()


def test_stopping_leaves_no_process(home: Home) -> None:
    supervisor = Supervisor(home)
    clusters = Clusters(home, supervisor, binary)
    clusters.create("main", REGION)
    started = {status.pid for status in supervisor.status()}
    clusters.stop()
    assert len(started) == 5
    assert not started & set(psutil.pids())

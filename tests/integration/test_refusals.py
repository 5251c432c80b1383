"""Objects that the real API server rejects and accepts in a team's namespace.

The objects are recorded from staging's program, because staging has both a viewer and a developer.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from kubernetes import client

from rehearsal.dataplanes.kubernetes import ADDONS, ClusterEndpoint, Clusters, NodeSpec
from rehearsal.dataplanes.kubernetes.client import connect
from rehearsal.home import Home
from rehearsal.processes import Supervisor
from tests.integration.api_server import REGION, Cluster, connect_as, eventually, refusal
from tests.integration.team_objects import (
    NAMESPACE,
    Change,
    as_root,
    container,
    fill,
    pod_fields,
    security_context,
    service,
    without_limits,
    workload,
)
from tests.rehearsal.dataplanes.servers import TOOLS, binary
from tests.stacks.graph import Graph, record

pytestmark = pytest.mark.integration

OTHERS = "ml-platform"
REGISTRY = "555566667777.dkr.ecr.us-east-1.amazonaws.com"


@pytest.fixture(scope="module")
def staging() -> Graph:
    return record("staging")


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory, staging: Graph) -> Iterator[ClusterEndpoint]:
    """A running cluster with the program's objects."""
    home = Home(tmp_path_factory.mktemp("project"), "staging")
    home.make()
    supervisor = Supervisor(home)
    clusters = Clusters(home, supervisor, binary, [ADDONS["argo-rollouts"](TOOLS.share("argo-rollouts"))])
    try:
        created = clusters.create("campus", REGION)
        nodes = [NodeSpec(f"ip-10-0-0-{each}.ec2.internal", 8, 32, "us-east-1a") for each in (1, 2)]
        clusters.set_nodes("campus", REGION, "baseline", nodes)
        with connect(created) as api:
            fill(Cluster(api), staging)
        yield created
    finally:
        clusters.stop()
        supervisor.stop_all(timeout=0)


@pytest.fixture(scope="module")
def cluster(endpoint: ClusterEndpoint) -> Iterator[Cluster]:
    with connect_as(endpoint) as connection:
        yield connection


KINDS = ("Pod", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob", "Rollout")
PRIVILEGED = security_context(privileged=True, allowPrivilegeEscalation=True)
HOST_PATH = {"name": "scratch", "hostPath": {"path": "/etc"}}
REJECTED: dict[str, tuple[str, Change, str]] = {
    "privileged pod": ("Pod", PRIVILEGED, r"violates PodSecurity \"restricted:latest\": privileged"),
    "privileged deployment": ("Deployment", PRIVILEGED, "container alerts must not be privileged"),
    "pod without limits": ("Pod", without_limits, "maximum cpu usage per Pod is 1500m.  No limit is specified"),
    "deployment without limits": (
        "Deployment",
        without_limits,
        "container alerts must set requests and limits of cpu and memory",
    ),
    "pod larger than any may be": (
        "Pod",
        container(resources={key: {"cpu": "2", "memory": "512Mi"} for key in ("requests", "limits")}),
        "maximum cpu usage per Pod is 1500m, but limit is 2",
    ),
    "deployment without probes": (
        "Deployment",
        container(readinessProbe=None),
        "container alerts must have a readinessProbe and a livenessProbe",
    ),
    "rollout without probes": (
        "Rollout",
        container(livenessProbe=None),
        "container alerts must have a readinessProbe and a livenessProbe",
    ),
    "image without a version": (
        "Pod",
        container(image=f"{REGISTRY}/campus/alerts"),
        "container alerts runs an image without a version",
    ),
    "image of a foreign registry": (
        "Pod",
        container(image="docker.io/library/nginx:1.29"),
        f"use an image from {REGISTRY}/campus/, {REGISTRY}/add-ons/",
    ),
    "image of another team": (
        "Deployment",
        container(image=f"{REGISTRY}/ml/train:1.0.0"),
        "container alerts runs an image from a repository that this namespace does not allow",
    ),
    "privilege escalation": (
        "Deployment",
        security_context(allowPrivilegeEscalation=True),
        "container alerts must set securityContext.allowPrivilegeEscalation to false",
    ),
    "a file system to write to": (
        "Pod",
        security_context(readOnlyRootFilesystem=False),
        "container alerts must set securityContext.readOnlyRootFilesystem to true",
    ),
    "root": ("Deployment", as_root, "container alerts must set securityContext.runAsNonRoot to true"),
    "the node's network": ("Deployment", pod_fields(hostNetwork=True), "hostNetwork, hostPID and hostIPC must be off"),
    "the node's files": (
        "Deployment",
        pod_fields(volumes=[HOST_PATH]),
        "hostPath volumes expose the file system of the node",
    ),
    "default service account": (
        "Pod",
        pod_fields(serviceAccountName="default"),
        "serviceAccountName must name a service account other than default",
    ),
    "Kubernetes' own priority": (
        "Deployment",
        pod_fields(priorityClassName="system-cluster-critical"),
        "priorityClassName must be one of safety-critical, standard, batch",
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_valid_pod_is_admitted_for_every_kind(cluster: Cluster, staging: Graph, kind: str) -> None:
    assert refusal(cluster, workload(staging, kind)) == ""


@pytest.mark.parametrize("kind", KINDS)
def test_latest_tag_is_rejected_for_every_kind(cluster: Cluster, staging: Graph, kind: str) -> None:
    body = workload(staging, kind, container(image=f"{REGISTRY}/campus/alerts:latest"))
    rejection = refusal(cluster, body)
    assert "ValidatingAdmissionPolicy 'campus-images' with binding 'campus-images' denied request" in rejection
    assert "container alerts runs an image without a version; name a tag other than latest, or a digest" in rejection


@pytest.mark.parametrize(("kind", "change", "sentence"), REJECTED.values(), ids=REJECTED)
def test_forbidden_pod_is_rejected(cluster: Cluster, staging: Graph, kind: str, change: Change, sentence: str) -> None:
    rejection = refusal(cluster, workload(staging, kind, change))
    assert sentence in rejection
    assert '"code":403' in rejection


@pytest.mark.parametrize("kind", ["Job", "CronJob"])
def test_jobs_need_no_probes(cluster: Cluster, staging: Graph, kind: str) -> None:
    change = container(startupProbe=None, readinessProbe=None, livenessProbe=None)
    assert refusal(cluster, workload(staging, kind, change)) == ""


def test_digest_counts_as_a_version(cluster: Cluster, staging: Graph) -> None:
    change = container(image=f"{REGISTRY}/campus/alerts@sha256:{'0' * 64}")
    assert refusal(cluster, workload(staging, "Deployment", change)) == ""


def test_addons_may_run_privileged(cluster: Cluster, staging: Graph) -> None:
    body = workload(staging, "Pod", security_context(privileged=True))
    body["metadata"]["namespace"] = "kube-system"
    body["spec"] = {key: body["spec"][key] for key in ("containers", "volumes")}
    body["spec"]["containers"][0]["securityContext"] = {"privileged": True}
    assert refusal(cluster, body) == ""


SERVICES: dict[str, tuple[dict[str, Any], str]] = {
    "a load balancer of its own": (service({"type": "LoadBalancer"}), "bypasses the Ingress"),
    "a name outside": (
        service({"type": "ExternalName", "externalName": "elsewhere.example", "ports": [{"port": 80}]}),
        "bypasses the Ingress",
    ),
    "somebody else's address": (service({"externalIPs": ["192.0.2.1"]}), "can intercept traffic to other addresses"),
    "a port of every node": (
        service({"type": "NodePort"}),
        "only the three Services of the Rollout",
    ),
    "a port of every node under a rollout's label": (
        service({"type": "NodePort"}, labels={"campus-safety.example/rollout": "alerts"}),
        "only the three Services of the Rollout",
    ),
}


@pytest.mark.parametrize(("body", "sentence"), SERVICES.values(), ids=SERVICES)
def test_service_that_bypasses_the_ingress_is_rejected(cluster: Cluster, body: dict[str, Any], sentence: str) -> None:
    assert sentence in refusal(cluster, body)


def test_cluster_ip_service_is_admitted(cluster: Cluster) -> None:
    assert refusal(cluster, service({})) == ""


def test_the_programs_own_services_run(cluster: Cluster) -> None:
    rollouts = cluster.resource("argoproj.io/v1alpha1", "Rollout")
    eventually(
        lambda: rollouts.get(name="alerts", namespace=NAMESPACE).to_dict().get("status", {}).get("phase") == "Healthy"
    )


def test_quota_limits_the_pods_of_a_deployment(cluster: Cluster, staging: Graph) -> None:
    deployments = cluster.resource("apps/v1", "Deployment")
    cluster.apply(workload(staging, "Deployment", replicas=20))

    def failure() -> str:
        status = deployments.get(name="probe", namespace=NAMESPACE).to_dict().get("status", {})
        failures = [each for each in status.get("conditions", ()) if each["type"] == "ReplicaFailure"]
        return str(failures[0]["message"]) if failures else ""

    eventually(failure)
    assert "exceeded quota: compute" in failure()
    deployments.delete(name="probe", namespace=NAMESPACE)


def test_pipeline_releases_in_its_own_namespace_only(endpoint: ClusterEndpoint, cluster: Cluster) -> None:
    accounts = cluster.resource("v1", "ServiceAccount")
    token_request = {
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "TokenRequest",
        "spec": {"expirationSeconds": 600},
    }
    token = accounts.subresources["token"].create(name="ci-cd", namespace=NAMESPACE, body=token_request).status.token
    patch = {"metadata": {"annotations": {"released-by": "ci-cd"}}}
    with connect_as(endpoint, token=token) as pipeline:
        rollouts = pipeline.resource("argoproj.io/v1alpha1", "Rollout")
        kind = "application/merge-patch+json"
        rollouts.patch(name="alerts", namespace=NAMESPACE, body=patch, content_type=kind)
        with pytest.raises(client.ApiException) as rejected:
            rollouts.patch(name="alerts", namespace=OTHERS, body=patch, content_type=kind)
    rejection = str(rejected.value.body)
    assert f'User \\"system:serviceaccount:{NAMESPACE}:ci-cd\\" cannot patch resource \\"rollouts\\"' in rejection
    assert f'in the namespace \\"{OTHERS}\\"' in rejection


@pytest.mark.parametrize("group", ["campus:qa", "campus:tech-lead"], ids=["viewer", "developer"])
def test_people_read_pods_but_not_secrets(endpoint: ClusterEndpoint, group: str) -> None:
    with connect_as(endpoint, group=group) as member:
        assert member.resource("v1", "Pod").get(namespace=NAMESPACE).items
        with pytest.raises(client.ApiException) as rejected:
            member.resource("v1", "Secret").get(namespace=NAMESPACE)
    assert 'cannot list resource \\"secrets\\" in API group \\"\\" in the namespace' in str(rejected.value.body)


def test_viewer_is_read_only_and_developer_restarts_rollouts(endpoint: ClusterEndpoint) -> None:
    patch = {"spec": {"restartAt": "2026-01-01T00:00:00Z"}}
    patch_arguments = {
        "name": "alerts",
        "namespace": NAMESPACE,
        "body": patch,
        "content_type": "application/merge-patch+json",
    }
    with connect_as(endpoint, group="campus:qa") as viewer, pytest.raises(client.ApiException) as rejected:
        viewer.resource("argoproj.io/v1alpha1", "Rollout").patch(**patch_arguments)
    assert 'cannot patch resource \\"rollouts\\"' in str(rejected.value.body)
    with connect_as(endpoint, group="campus:tech-lead") as developer:
        developer.resource("argoproj.io/v1alpha1", "Rollout").patch(**patch_arguments)


def test_user_outside_the_environments_groups_sees_nothing(endpoint: ClusterEndpoint) -> None:
    with connect_as(endpoint, group="campus:on-call") as outsider, pytest.raises(client.ApiException) as rejected:
        outsider.resource("v1", "Pod").get(namespace=NAMESPACE)
    assert 'cannot list resource \\"pods\\"' in str(rejected.value.body)

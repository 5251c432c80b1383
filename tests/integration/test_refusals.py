"""What the real API server refuses in a team's namespace, in its own words, and what it lets in.

The objects are those of staging's program, recorded and applied to a real cluster: there a viewer and a developer meet.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from kubernetes import client, dynamic

from rehearsal.dataplanes.kubernetes import ADDONS, ClusterEndpoint, Clusters, NodeShape
from rehearsal.dataplanes.kubernetes.client import connect
from rehearsal.home import Home
from rehearsal.processes import Supervisor
from tests.rehearsal.dataplanes.servers import TOOLS, binary
from tests.stacks.graph import Graph, record

pytestmark = pytest.mark.integration

REGION = "us-east-1"
SAFETY, OTHERS = "student-safety", "ml-platform"
REGISTRY = "555566667777.dkr.ecr.us-east-1.amazonaws.com"
FIRST = (
    *("ClusterRole", "ClusterRoleBinding", "PriorityClass"),
    *("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "Namespace", "ServiceAccount", "ConfigMap"),
)
"""Kinds that others refer to, in order."""
Change = Callable[[dict[str, Any]], object]


class Cluster:
    """A cluster as one of its users sees it."""

    def __init__(self, api: Any) -> None:
        self._dynamic: Any = dynamic.DynamicClient(api)  # type: ignore[no-untyped-call]  # untyped package

    def resource(self, version: str, kind: str) -> Any:
        return self._dynamic.resources.get(api_version=version, kind=kind)

    def apply(self, body: dict[str, Any]) -> Any:
        meta = body["metadata"]
        return self.resource(body["apiVersion"], body["kind"]).server_side_apply(
            body=body, name=meta["name"], namespace=meta.get("namespace"), field_manager="test", force_conflicts=True
        )

    def asks(self, body: dict[str, Any]) -> Any:
        """Create with all of admission, but keep nothing."""
        resource = self.resource(body["apiVersion"], body["kind"])
        return resource.create(body=body, namespace=body["metadata"]["namespace"], dry_run="All")


@pytest.fixture(scope="module")
def staging() -> Graph:
    return record("staging")


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory, staging: Graph) -> Iterator[ClusterEndpoint]:
    """A running cluster in which the program's objects are."""
    home = Home(tmp_path_factory.mktemp("project"), "staging")
    home.make()
    supervisor = Supervisor(home)
    clusters = Clusters(home, supervisor, binary, [ADDONS["argo-rollouts"](TOOLS.share("argo-rollouts"))])
    try:
        made = clusters.create("campus", REGION)
        nodes = [NodeShape(f"ip-10-0-0-{each}.ec2.internal", 8, 32, "us-east-1a") for each in (1, 2)]
        clusters.set_nodes("campus", REGION, "baseline", nodes)
        with connect(made) as api:
            fill(Cluster(api), staging)
        yield made
    finally:
        clusters.stop()
        supervisor.stop_all(timeout=0)


def fill(cluster: Cluster, graph: Graph) -> None:
    """Apply what the program's workloads and services are, and wait until the admission rules are in force."""
    nodes = [node for node in graph.nodes if node.type.startswith("kubernetes:")]
    bodies = [
        {key: node[key] for key in node.inputs} for node in nodes if graph.layer(node) in {"Workloads", "Services"}
    ]
    bodies.sort(key=lambda body: FIRST.index(body["kind"]) if body["kind"] in FIRST else len(FIRST))
    for body in bodies:
        cluster.apply(body)
    waited_for = breaches(graph)
    eventually(lambda: all(f"'{policy}'" in refusal(cluster, body) for policy, body in waited_for.items()))


def breaches(graph: Graph) -> dict[str, dict[str, Any]]:
    """By each admission policy, something that it alone refuses."""
    return {
        "campus-images": made(graph, "Deployment", container(image="docker.io/library/nginx:1.29")),
        "campus-sizes": made(graph, "Deployment", without_limits),
        "campus-probes": made(graph, "Deployment", container(livenessProbe=None)),
        "campus-isolation": made(graph, "Deployment", as_root),
        "campus-services": service({"type": "LoadBalancer"}),
    }


@pytest.fixture(scope="module")
def cluster(endpoint: ClusterEndpoint) -> Iterator[Cluster]:
    with connect_as(endpoint) as made:
        yield made


class connect_as:  # noqa: N801  # reads as the function it could be
    """Connect as a group of people, with a token, or as the administrator; the API server's errors come through."""

    def __init__(self, endpoint: ClusterEndpoint, *, group: str = "", token: str = "") -> None:
        configuration = client.Configuration(
            host=endpoint.url,
            api_key={"authorization": f"Bearer {token or endpoint.token}"},
            ca_cert_data=endpoint.ca_pem,
            no_proxy="127.0.0.1",
        )
        new_client: Any = client.ApiClient  # untyped in an otherwise typed package
        self._api = new_client(configuration)
        if group:
            self._api.set_default_header("Impersonate-User", "somebody@campus-safety.example")
            self._api.set_default_header("Impersonate-Group", group)

    def __enter__(self) -> Cluster:
        return Cluster(self._api)

    def __exit__(self, *_error: object) -> None:
        self._api.close()


def eventually(done: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.2)


def refusal(cluster: Cluster, body: dict[str, Any]) -> str:
    """What the API server says against an object; empty when it has nothing against it."""
    try:
        cluster.asks(body)
    except client.ApiException as error:
        return str(error.body)
    return ""


def integers(value: Any) -> Any:
    """A copy whose whole numbers are no floats, as which the engine's protocol carries them."""
    if isinstance(value, dict):
        return {key: integers(each) for key, each in value.items()}
    if isinstance(value, list):
        return [integers(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def pod_template(graph: Graph, change: Change = lambda _pod: None) -> dict[str, Any]:
    """The template of the `alerts` Rollout, with a change."""
    template = integers(graph.one("kubernetes:argoproj.io/v1alpha1:Rollout")["spec"]["template"])
    change(template["spec"])
    return {"metadata": {"labels": {"app": "probe"}}, "spec": template["spec"]}


def made(graph: Graph, kind: str, change: Change = lambda _pod: None, replicas: int = 1) -> dict[str, Any]:
    """An object of this kind around the changed pod."""
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
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "probe", "namespace": SAFETY}, "spec": spec}


def service(spec: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    ports = [{"name": "http", "port": 80}]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "probe", "namespace": SAFETY, **metadata},
        "spec": {"selector": {"app": "probe"}, "ports": ports, **spec},
    }


def container(**values: Any) -> Change:
    """Set values of the pod's container; None takes one away."""

    def change(pod: dict[str, Any]) -> None:
        for key, value in values.items():
            if value is None:
                del pod["containers"][0][key]
            else:
                pod["containers"][0][key] = value

    return change


def secured(**values: Any) -> Change:
    return lambda pod: pod["containers"][0]["securityContext"].update(values)


def whole(**values: Any) -> Change:
    return lambda pod: pod.update(values)


def without_limits(pod: dict[str, Any]) -> None:
    del pod["containers"][0]["resources"]["limits"]


def as_root(pod: dict[str, Any]) -> None:
    del pod["securityContext"]["runAsNonRoot"]


KINDS = ("Pod", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob", "Rollout")
OWNS_THE_NODE = secured(privileged=True, allowPrivilegeEscalation=True)
HOST_PATH = {"name": "scratch", "hostPath": {"path": "/etc"}}
REFUSED: dict[str, tuple[str, Change, str]] = {
    "privileged pod": ("Pod", OWNS_THE_NODE, r"violates PodSecurity \"restricted:latest\": privileged"),
    "privileged deployment": ("Deployment", OWNS_THE_NODE, "container alerts must not be privileged"),
    "pod without limits": ("Pod", without_limits, "maximum cpu usage per Pod is 1500m.  No limit is specified"),
    "deployment without limits": (
        "Deployment",
        without_limits,
        "container alerts must say requests and limits of cpu and memory",
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
        f"this namespace takes images from {REGISTRY}/campus/, {REGISTRY}/add-ons/",
    ),
    "image of another team": (
        "Deployment",
        container(image=f"{REGISTRY}/ml/train:1.0.0"),
        "container alerts runs an image from elsewhere",
    ),
    "privilege escalation": (
        "Deployment",
        secured(allowPrivilegeEscalation=True),
        "container alerts must set securityContext.allowPrivilegeEscalation to false",
    ),
    "a file system to write to": (
        "Pod",
        secured(readOnlyRootFilesystem=False),
        "container alerts must set securityContext.readOnlyRootFilesystem to true",
    ),
    "root": ("Deployment", as_root, "container alerts must set securityContext.runAsNonRoot to true"),
    "the node's network": ("Deployment", whole(hostNetwork=True), "hostNetwork, hostPID and hostIPC must be off"),
    "the node's files": ("Deployment", whole(volumes=[HOST_PATH]), "hostPath volumes reach into the node"),
    "default service account": (
        "Pod",
        whole(serviceAccountName="default"),
        "serviceAccountName must name an account of its own, not default",
    ),
    "Kubernetes' own priority": (
        "Deployment",
        whole(priorityClassName="system-cluster-critical"),
        "priorityClassName must be one of safety-critical, standard, batch",
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_sound_pod_is_let_in_however_it_is_made(cluster: Cluster, staging: Graph, kind: str) -> None:
    assert refusal(cluster, made(staging, kind)) == ""


@pytest.mark.parametrize("kind", KINDS)
def test_latest_is_refused_however_it_is_made(cluster: Cluster, staging: Graph, kind: str) -> None:
    body = made(staging, kind, container(image=f"{REGISTRY}/campus/alerts:latest"))
    said = refusal(cluster, body)
    assert "ValidatingAdmissionPolicy 'campus-images' with binding 'campus-images' denied request" in said
    assert "container alerts runs an image without a version; name a tag other than latest, or a digest" in said


@pytest.mark.parametrize(("kind", "change", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_a_team_may_not_run_is_refused(
    cluster: Cluster, staging: Graph, kind: str, change: Change, sentence: str
) -> None:
    said = refusal(cluster, made(staging, kind, change))
    assert sentence in said
    assert '"code":403' in said


@pytest.mark.parametrize("kind", ["Job", "CronJob"])
def test_jobs_end_and_need_no_probes(cluster: Cluster, staging: Graph, kind: str) -> None:
    change = container(startupProbe=None, readinessProbe=None, livenessProbe=None)
    assert refusal(cluster, made(staging, kind, change)) == ""


def test_a_digest_is_a_version(cluster: Cluster, staging: Graph) -> None:
    change = container(image=f"{REGISTRY}/campus/alerts@sha256:{'0' * 64}")
    assert refusal(cluster, made(staging, "Deployment", change)) == ""


def test_add_ons_may_own_their_node(cluster: Cluster, staging: Graph) -> None:
    body = made(staging, "Pod", secured(privileged=True))
    body["metadata"]["namespace"] = "kube-system"
    body["spec"] = {key: body["spec"][key] for key in ("containers", "volumes")}
    body["spec"]["containers"][0]["securityContext"] = {"privileged": True}
    assert refusal(cluster, body) == ""


SERVICES: dict[str, tuple[dict[str, Any], str]] = {
    "a load balancer of its own": (service({"type": "LoadBalancer"}), "goes round the ingress"),
    "a name outside": (
        service({"type": "ExternalName", "externalName": "elsewhere.example", "ports": [{"port": 80}]}),
        "goes round the ingress",
    ),
    "somebody else's address": (service({"externalIPs": ["192.0.2.1"]}), "take over traffic of other addresses"),
    "a port of every node": (service({"type": "NodePort"}), "a NodePort is for the three Services of a Rollout only"),
    "a port of every node under a rollout's label": (
        service({"type": "NodePort"}, labels={"campus-safety.example/rollout": "alerts"}),
        "a NodePort is for the three Services of a Rollout only",
    ),
}


@pytest.mark.parametrize(("body", "sentence"), SERVICES.values(), ids=SERVICES)
def test_no_service_opens_another_way_in(cluster: Cluster, body: dict[str, Any], sentence: str) -> None:
    assert sentence in refusal(cluster, body)


def test_a_service_within_the_cluster_is_let_in(cluster: Cluster) -> None:
    assert refusal(cluster, service({})) == ""


def test_the_programs_own_services_run(cluster: Cluster) -> None:
    rollouts = cluster.resource("argoproj.io/v1alpha1", "Rollout")
    eventually(
        lambda: rollouts.get(name="alerts", namespace=SAFETY).to_dict().get("status", {}).get("phase") == "Healthy"
    )


def test_a_deployment_over_the_quota_gets_no_more_pods(cluster: Cluster, staging: Graph) -> None:
    deployments = cluster.resource("apps/v1", "Deployment")
    cluster.apply(made(staging, "Deployment", replicas=20))

    def failure() -> str:
        status = deployments.get(name="probe", namespace=SAFETY).to_dict().get("status", {})
        said = [each for each in status.get("conditions", ()) if each["type"] == "ReplicaFailure"]
        return str(said[0]["message"]) if said else ""

    eventually(failure)
    assert "exceeded quota: compute" in failure()
    deployments.delete(name="probe", namespace=SAFETY)


def test_the_pipeline_releases_in_its_own_namespace_and_in_no_other(
    endpoint: ClusterEndpoint, cluster: Cluster
) -> None:
    accounts = cluster.resource("v1", "ServiceAccount")
    ask = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 600}}
    token = accounts.subresources["token"].create(name="ci-cd", namespace=SAFETY, body=ask).status.token
    patch = {"metadata": {"annotations": {"released-by": "ci-cd"}}}
    with connect_as(endpoint, token=token) as pipeline:
        rollouts = pipeline.resource("argoproj.io/v1alpha1", "Rollout")
        kind = "application/merge-patch+json"
        rollouts.patch(name="alerts", namespace=SAFETY, body=patch, content_type=kind)
        with pytest.raises(client.ApiException) as refused:
            rollouts.patch(name="alerts", namespace=OTHERS, body=patch, content_type=kind)
    said = str(refused.value.body)
    assert f'User \\"system:serviceaccount:{SAFETY}:ci-cd\\" cannot patch resource \\"rollouts\\"' in said
    assert f'in the namespace \\"{OTHERS}\\"' in said


@pytest.mark.parametrize("group", ["campus:qa", "campus:tech-lead"], ids=["viewer", "developer"])
def test_people_look_at_pods_and_at_no_secret(endpoint: ClusterEndpoint, group: str) -> None:
    with connect_as(endpoint, group=group) as somebody:
        assert somebody.resource("v1", "Pod").get(namespace=SAFETY).items
        with pytest.raises(client.ApiException) as refused:
            somebody.resource("v1", "Secret").get(namespace=SAFETY)
    assert 'cannot list resource \\"secrets\\" in API group \\"\\" in the namespace' in str(refused.value.body)


def test_a_viewer_changes_nothing_and_a_developer_restarts(endpoint: ClusterEndpoint) -> None:
    patch = {"spec": {"restartAt": "2026-01-01T00:00:00Z"}}
    where = {"name": "alerts", "namespace": SAFETY, "body": patch, "content_type": "application/merge-patch+json"}
    with connect_as(endpoint, group="campus:qa") as viewer, pytest.raises(client.ApiException) as refused:
        viewer.resource("argoproj.io/v1alpha1", "Rollout").patch(**where)
    assert 'cannot patch resource \\"rollouts\\"' in str(refused.value.body)
    with connect_as(endpoint, group="campus:tech-lead") as developer:
        developer.resource("argoproj.io/v1alpha1", "Rollout").patch(**where)


def test_who_is_in_no_group_of_the_environment_sees_nothing(endpoint: ClusterEndpoint) -> None:
    with connect_as(endpoint, group="campus:on-call") as stranger, pytest.raises(client.ApiException) as refused:
        stranger.resource("v1", "Pod").get(namespace=SAFETY)
    assert 'cannot list resource \\"pods\\"' in str(refused.value.body)

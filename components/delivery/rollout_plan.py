"""Blue-green rollout with a gradual traffic shift, as the requirements specify.

Argo Rollouts' `blueGreen` strategy does not support traffic weights, but its `canary` strategy does. The canary
strategy becomes blue-green here, because green is scaled to full size before it gets traffic and blue stays at full
size until the end.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from components.delivery.labels import SELECTOR
from components.delivery.manifest import Manifest
from components.delivery.priorities import Priority
from components.delivery.quantities import mebibytes, millicores
from components.secrets import agent_plan
from components.secrets.agent_plan import AgentPlan


@dataclass(frozen=True)
class TrafficStep:
    """Share of traffic for green, and the pause after it."""

    weight: int
    """Percentage of traffic that green gets."""
    minutes: int
    """Length of the pause; 0 continues immediately."""


STEPS = (TrafficStep(10, 5), TrafficStep(25, 10), TrafficStep(50, 15), TrafficStep(100, 0))
POD_HASH_LABEL = "rollouts-pod-template-hash"
"""Label by which Argo Rollouts distinguishes blue and green."""
SCALE_DOWN_DELAY_SECONDS = 600
"""Seconds for which blue keeps running after the switch, for a fast rollback."""
PROGRESS_DEADLINE_SECONDS = 600
"""Seconds after which the rollout is aborted if green is not ready."""
PROBES = {
    "startupProbe": {"periodSeconds": 5, "failureThreshold": 24},
    "readinessProbe": {"periodSeconds": 5, "failureThreshold": 3},
    "livenessProbe": {"periodSeconds": 10, "failureThreshold": 6},
}
LARGEST_POD_FACTOR = 3
"""Maximum CPU and memory of one pod, as a multiple of those of a service's pod."""
SPREAD_OVER = ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
COLOUR_SUFFIXES = ("-stable", "-canary")
"""Name suffixes of the Kubernetes services of blue and green."""
USER_ID = 10001
"""User id that does not exist in any image or on any node."""


@dataclass(frozen=True)
class ServicePlan:
    """One blue-green service."""

    name: str
    image: str
    port: int
    health_path: str
    replicas: int
    cpu: str
    memory: str
    priority: Priority = Priority.STANDARD
    agent: AgentPlan | None = None
    """Vault Agent sidecar; None for a service without secrets from Vault."""

    @property
    def stable(self) -> str:
        """Name of the Kubernetes service of blue."""
        return self.name + COLOUR_SUFFIXES[0]

    @property
    def canary(self) -> str:
        """Name of the Kubernetes service of green."""
        return self.name + COLOUR_SUFFIXES[1]


@dataclass(frozen=True)
class QuotaPlan:
    """Resource quota of a namespace."""

    pods: int
    millicores: int
    mebibytes: int

    def hard(self) -> dict[str, str]:
        """Return the hard limits of the ResourceQuota. Requests equal limits.

        The quota does not limit objects that the program itself creates, such as Services: in a preview, the API server
        would reject a new Service, because the new quota does not apply yet. Node ports are limited by the admission
        policy campus-services instead.
        """
        cpu, memory = f"{self.millicores}m", f"{self.mebibytes}Mi"
        compute = {"requests.cpu": cpu, "limits.cpu": cpu, "requests.memory": memory, "limits.memory": memory}
        closed = {"services.loadbalancers": "0", "persistentvolumeclaims": "0"}
        return {"pods": str(self.pods), **compute, **closed}


def quota(services: int, max_replicas: int, job_pods: int, cpu: str, memory: str, *, agents: bool) -> QuotaPlan:
    """Return a quota for blue and green of each service at full size, and for jobs.

    Args:
        services: number of services.
        max_replicas: maximum replicas of each colour of a service.
        job_pods: number of job pods.
        cpu: CPU of one pod, e.g. `500m`.
        memory: memory of one pod, e.g. `512Mi`.
        agents: True to add a Vault Agent to every pod. Job pods need an agent too, because a migration authenticates
            like its service.
    """
    pods = 2 * max_replicas * services + job_pods
    containers = [(cpu, memory), *([(agent_plan.CPU, agent_plan.MEMORY)] if agents else [])]
    pod = (sum(millicores(each) for each, _ in containers), sum(mebibytes(each) for _, each in containers))
    return QuotaPlan(pods, pods * pod[0], pods * pod[1])


def largest_pod(cpu: str, memory: str) -> dict[str, str]:
    """Return the maximum resources of one pod, with room for sidecars."""
    return {"cpu": f"{LARGEST_POD_FACTOR * millicores(cpu)}m", "memory": f"{LARGEST_POD_FACTOR * mebibytes(memory)}Mi"}


def steps() -> list[Manifest]:
    """Return the strategy's steps.

    Green is first scaled to full size without traffic. Its traffic weight then increases, with pauses in between.
    """
    strategy_steps: list[Manifest] = [{"setCanaryScale": {"weight": 100}}]
    for step in STEPS:
        strategy_steps.append({"setWeight": step.weight})
        if step.minutes:
            strategy_steps.append({"pause": {"duration": f"{step.minutes}m"}})
    return strategy_steps


def rollout_spec(plan: ServicePlan, labels: Mapping[str, str], account: str, config_map: str) -> Manifest:
    """Return the spec of the Rollout.

    Args:
        plan: the service.
        labels: labels of the pods.
        account: name of the ServiceAccount.
        config_map: name of the ConfigMap with the containers' environment variables.
    """
    return {
        "replicas": plan.replicas,
        "revisionHistoryLimit": 5,
        "progressDeadlineSeconds": PROGRESS_DEADLINE_SECONDS,
        "progressDeadlineAbort": True,
        "selector": {"matchLabels": {SELECTOR: plan.name}},
        "strategy": {"canary": _strategy(plan)},
        "template": {"metadata": _pod_metadata(plan, labels), "spec": _pod(plan, account, config_map)},
    }


def _pod_metadata(plan: ServicePlan, labels: Mapping[str, str]) -> Manifest:
    """Return the pods' labels and, with an agent, the annotations for the injector."""
    injected = {"annotations": agent_plan.annotations(plan.agent, USER_ID)} if plan.agent else {}
    return {"labels": dict(labels), **injected}


def _strategy(plan: ServicePlan) -> Manifest:
    return {
        "canaryService": plan.canary,
        "stableService": plan.stable,
        "scaleDownDelaySeconds": SCALE_DOWN_DELAY_SECONDS,
        "abortScaleDownDelaySeconds": 30,
        "steps": steps(),
        "trafficRouting": {"alb": {"ingress": plan.name, "rootService": plan.name, "servicePort": 80}},
    }


def _pod(plan: ServicePlan, account: str, config_map: str) -> Manifest:
    return {
        "serviceAccountName": account,
        "priorityClassName": plan.priority.value,
        "automountServiceAccountToken": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER_ID,
            "runAsGroup": USER_ID,
            "fsGroup": USER_ID,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "terminationGracePeriodSeconds": 60,
        "affinity": _anti_affinity(plan),
        "topologySpreadConstraints": [_spread(plan, key) for key in SPREAD_OVER],
        "containers": [_container(plan, config_map)],
        "volumes": [
            {"name": "scratch", "emptyDir": {"sizeLimit": "256Mi"}},
            *([agent_plan.token_volume()] if plan.agent else []),
        ],
    }


def _spread(plan: ServicePlan, key: str) -> Manifest:
    """Return the constraint that spreads each colour evenly over zones or nodes.

    `key` is the node label of the zone or the node. The scheduler treats the constraint as a preference, because the
    loss of a zone must not prevent scaling.
    """
    return {
        "maxSkew": 1,
        "topologyKey": key,
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": {SELECTOR: plan.name}},
        "matchLabelKeys": [POD_HASH_LABEL],
    }


def _anti_affinity(plan: ServicePlan) -> Manifest:
    term = {"labelSelector": {"matchLabels": {SELECTOR: plan.name}}, "topologyKey": SPREAD_OVER[1]}
    preferred = [{"weight": 100, "podAffinityTerm": term}]
    return {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": preferred}}


def _container(plan: ServicePlan, config_map: str) -> Manifest:
    resources = {"cpu": plan.cpu, "memory": plan.memory}
    check = {"httpGet": {"path": plan.health_path, "port": "http"}, "timeoutSeconds": 2}
    return {
        "name": plan.name,
        "image": plan.image,
        "imagePullPolicy": "IfNotPresent",
        "ports": [{"name": "http", "containerPort": plan.port, "protocol": "TCP"}],
        "envFrom": [{"configMapRef": {"name": config_map}}],
        "resources": {"requests": dict(resources), "limits": dict(resources)},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [{"name": "scratch", "mountPath": "/tmp"}],  # noqa: S108  # the container's own scratch space
        **{probe: {**check, **timing} for probe, timing in PROBES.items()},
    }

"""How a new version reaches its users: blue-green with gradual traffic, as the document's flow has it.

Argo Rollouts' own `blueGreen` strategy knows no weights. Its `canary` strategy with traffic routing does, and becomes
blue-green when green is made full-size before the first user meets it and blue stays full-size to the end.
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
    """Send this share of the traffic to green, then watch for so long."""

    weight: int
    """Percent."""
    minutes: int
    """0: go on at once."""


STEPS = (TrafficStep(10, 5), TrafficStep(25, 10), TrafficStep(50, 15), TrafficStep(100, 0))
POD_HASH_LABEL = "rollouts-pod-template-hash"
"""Label by which Argo Rollouts tells blue from green."""
SCALE_DOWN_DELAY_SECONDS = 600
"""How long blue stays after the switch, for the quick way back."""
PROGRESS_DEADLINE_SECONDS = 600
"""Green that is not ready by then is ended."""
PROBES = {
    "startupProbe": {"periodSeconds": 5, "failureThreshold": 24},
    "readinessProbe": {"periodSeconds": 5, "failureThreshold": 3},
    "livenessProbe": {"periodSeconds": 10, "failureThreshold": 6},
}
LARGEST_POD_FACTOR = 3
"""Times the environment's size that a single pod may have."""
SPREAD_OVER = ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
COLOUR_SUFFIXES = ("-stable", "-canary")
"""What follows a service's name in those of its Kubernetes services of blue and green."""
USER_ID = 10001
"""A user id that exists in no image and on no node."""


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
    """What the injector puts beside it; None for a service without secrets from Vault."""

    @property
    def stable(self) -> str:
        """Kubernetes service of blue."""
        return self.name + COLOUR_SUFFIXES[0]

    @property
    def canary(self) -> str:
        """Kubernetes service of green."""
        return self.name + COLOUR_SUFFIXES[1]


@dataclass(frozen=True)
class QuotaPlan:
    """The most a namespace may take."""

    pods: int
    millicores: int
    mebibytes: int

    def hard(self) -> dict[str, str]:
        """As a ResourceQuota writes it. Requests equal limits, so one figure serves both.

        Nothing that the program itself makes is counted: a preview asks the API server, whose quota is still the old
        one, and would be refused a new service. Node ports are bounded by admission (campus-services) instead.
        """
        cpu, memory = f"{self.millicores}m", f"{self.mebibytes}Mi"
        compute = {"requests.cpu": cpu, "limits.cpu": cpu, "requests.memory": memory, "limits.memory": memory}
        closed = {"services.loadbalancers": "0", "persistentvolumeclaims": "0"}
        return {"pods": str(self.pods), **compute, **closed}


def quota(services: int, max_replicas: int, job_pods: int, cpu: str, memory: str, *, agents: bool) -> QuotaPlan:
    """Room for blue and green of each service at full size side by side, and for so many pods of jobs.

    With `agents` there is room for a Vault Agent in each, jobs' too: who migrates a database signs in like its service.
    """
    pods = 2 * max_replicas * services + job_pods
    containers = [(cpu, memory), *([(agent_plan.CPU, agent_plan.MEMORY)] if agents else [])]
    pod = (sum(millicores(each) for each, _ in containers), sum(mebibytes(each) for _, each in containers))
    return QuotaPlan(pods, pods * pod[0], pods * pod[1])


def largest_pod(cpu: str, memory: str) -> dict[str, str]:
    """The most that all containers of one pod may take together: a service of this size with its sidecars."""
    return {"cpu": f"{LARGEST_POD_FACTOR * millicores(cpu)}m", "memory": f"{LARGEST_POD_FACTOR * mebibytes(memory)}Mi"}


def steps() -> list[Manifest]:
    """The strategy's steps: full-size green without traffic, then the weights with their pauses."""
    written: list[Manifest] = [{"setCanaryScale": {"weight": 100}}]
    for step in STEPS:
        written.append({"setWeight": step.weight})
        if step.minutes:
            written.append({"pause": {"duration": f"{step.minutes}m"}})
    return written


def rollout_spec(plan: ServicePlan, labels: Mapping[str, str], account: str, config_map: str) -> Manifest:
    """The whole spec of the Rollout.

    Args:
        plan: the service.
        labels: of its pods.
        account: name of its ServiceAccount.
        config_map: with the environment variables that every container gets.
    """
    return {
        "replicas": plan.replicas,
        "revisionHistoryLimit": 5,
        "progressDeadlineSeconds": PROGRESS_DEADLINE_SECONDS,
        "progressDeadlineAbort": True,
        "selector": {"matchLabels": {SELECTOR: plan.name}},
        "strategy": {"canary": _strategy(plan)},
        "template": {"metadata": _marks(plan, labels), "spec": _pod(plan, account, config_map)},
    }


def _marks(plan: ServicePlan, labels: Mapping[str, str]) -> Manifest:
    """Metadata of the pods."""
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
        "affinity": _apart(plan),
        "topologySpreadConstraints": [_spread(plan, key) for key in SPREAD_OVER],
        "containers": [_container(plan, config_map)],
        "volumes": [
            {"name": "scratch", "emptyDir": {"sizeLimit": "256Mi"}},
            *([agent_plan.token_volume()] if plan.agent else []),
        ],
    }


def _spread(plan: ServicePlan, key: str) -> Manifest:
    """Even over zones and machines, each colour by itself; a lost zone must not keep the rest from scaling."""
    return {
        "maxSkew": 1,
        "topologyKey": key,
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": {SELECTOR: plan.name}},
        "matchLabelKeys": [POD_HASH_LABEL],
    }


def _apart(plan: ServicePlan) -> Manifest:
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
        **{probe: {**check, **figures} for probe, figures in PROBES.items()},
    }

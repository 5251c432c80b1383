"""When an object is usable: a table from kind to what its status must say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rehearsal.providers.kubernetes.canonical import same
from rehearsal.providers.kubernetes.objects import GroupVersionKind, Object, dig, items_at


@dataclass(frozen=True)
class State:
    """Whether an object is ready; if not, what is missing, and whether waiting any longer is useless."""

    ready: bool
    reason: str = ""
    failed: bool = False


@dataclass(frozen=True)
class Readiness:
    """How to tell that objects of a kind are ready, and how long that may take, in seconds."""

    state: Callable[[Object], State]
    timeout: float = 300.0


READY = State(ready=True)


def readiness_of(body: Object) -> Readiness | None:
    """What to wait for after an object was applied; None when the kind is usable at once."""
    kind = GroupVersionKind.of(body)
    return _TABLE.get((kind.group, kind.kind))


def condition(body: Object, name: str) -> Object:
    """An object's status condition by type; empty when absent."""
    return next((found for found in items_at(body, "status", "conditions") if found.get("type") == name), {})


def is_current(body: Object) -> bool:
    """Whether the controller has seen the latest version of the object."""
    observed = dig(body, "status", "observedGeneration")
    return observed is None or int(observed) >= int(dig(body, "metadata", "generation") or 0)


def _waiting(reason: str) -> State:
    return State(ready=False, reason=reason)


def _count(body: Object, field: str) -> int:
    return int(dig(body, "status", field) or 0)


def _replicas(body: Object) -> int:
    wanted = dig(body, "spec", "replicas")
    return 1 if wanted is None else int(wanted)


def _observed(body: Object) -> bool:
    return dig(body, "status", "observedGeneration") is not None and is_current(body)


def _deployment(body: Object) -> State:
    wanted = _replicas(body)
    progressing = condition(body, "Progressing")
    if not _observed(body):
        return _waiting("the deployment controller has not seen it yet")
    if progressing.get("reason") == "ProgressDeadlineExceeded":
        return State(ready=False, reason=str(progressing.get("message")), failed=True)
    if _count(body, "updatedReplicas") < wanted:
        return _waiting(f"{_count(body, 'updatedReplicas')} of {wanted} pods are of the new version")
    if _count(body, "replicas") > _count(body, "updatedReplicas"):
        return _waiting(f"{_count(body, 'replicas') - _count(body, 'updatedReplicas')} old pods are still there")
    if _count(body, "availableReplicas") < wanted:
        return _waiting(f"{_count(body, 'availableReplicas')} of {wanted} pods are available")
    return READY


def _stateful_set(body: Object) -> State:
    wanted = _replicas(body)
    if not _observed(body):
        return _waiting("the stateful-set controller has not seen it yet")
    if _count(body, "readyReplicas") < wanted:
        return _waiting(f"{_count(body, 'readyReplicas')} of {wanted} pods are ready")
    strategy = dig(body, "spec", "updateStrategy", "type") or "RollingUpdate"
    kept = int(dig(body, "spec", "updateStrategy", "rollingUpdate", "partition") or 0)
    if strategy == "RollingUpdate" and _count(body, "updatedReplicas") < wanted - kept:
        return _waiting(f"{_count(body, 'updatedReplicas')} of {wanted - kept} pods are of the new version")
    return READY


def _daemon_set(body: Object) -> State:
    if not _observed(body):
        return _waiting("the daemon-set controller has not seen it yet")
    wanted = _count(body, "desiredNumberScheduled")
    strategy = dig(body, "spec", "updateStrategy", "type") or "RollingUpdate"
    if strategy == "RollingUpdate" and _count(body, "updatedNumberScheduled") < wanted:
        return _waiting(f"{_count(body, 'updatedNumberScheduled')} of {wanted} nodes run the new version")
    if _count(body, "numberAvailable") < wanted:
        return _waiting(f"{_count(body, 'numberAvailable')} of {wanted} nodes run an available pod")
    return READY


def _replication_controller(body: Object) -> State:
    wanted = _replicas(body)
    available = _count(body, "availableReplicas")
    return READY if available >= wanted else _waiting(f"{available} of {wanted} pods are available")


def _pod(body: Object) -> State:
    phase = dig(body, "status", "phase")
    if phase == "Succeeded" or condition(body, "Ready").get("status") == "True":
        return READY
    if phase == "Failed":
        return State(ready=False, reason="the pod failed", failed=True)
    return _waiting(f"the pod is {phase or 'not scheduled yet'}")


def _job(body: Object) -> State:
    if condition(body, "Complete").get("status") == "True" or dig(body, "spec", "suspend") is True:
        return READY
    failed = condition(body, "Failed")
    if failed.get("status") == "True":
        return State(
            ready=False, reason=f"the job failed: {failed.get('message') or failed.get('reason')}", failed=True
        )
    return _waiting(f"{_count(body, 'succeeded')} of {dig(body, 'spec', 'completions') or 1} pods have completed")


def _service(body: Object) -> State:
    if dig(body, "spec", "type") != "LoadBalancer" or items_at(body, "status", "loadBalancer", "ingress"):
        return READY
    return _waiting("it has no load balancer address yet")


def _ingress(body: Object) -> State:
    ready = items_at(body, "status", "loadBalancer", "ingress")
    return READY if ready else _waiting("it has no load balancer address yet")


def _phase(*ready: str) -> Callable[[Object], State]:
    def state(body: Object) -> State:
        phase = dig(body, "status", "phase")
        return READY if phase in ready else _waiting(f"its phase is {phase or 'not set yet'}")

    return state


def _conditions(*names: str) -> Callable[[Object], State]:
    def state(body: Object) -> State:
        for name in names:
            found = condition(body, name)
            if found.get("status") != "True":
                return _waiting(f"{name} is not True" + (f": {found['message']}" if found.get("message") else ""))
        return READY

    return state


def _quota(body: Object) -> State:
    hard = dig(body, "spec", "hard") or {}
    if same(hard, dig(body, "status", "hard") or {}, ("hard",)):
        return READY
    return _waiting("the quota controller has not counted what there is yet")


def _secret(body: Object) -> State:
    if body.get("type") != "kubernetes.io/service-account-token" or dig(body, "data", "token"):
        return READY
    return _waiting("the token controller has not filled it in; does its service account exist?")


_TABLE: Mapping[tuple[str, str], Readiness] = {
    ("apps", "Deployment"): Readiness(_deployment, 600),
    ("apps", "StatefulSet"): Readiness(_stateful_set, 600),
    ("apps", "DaemonSet"): Readiness(_daemon_set, 600),
    ("batch", "Job"): Readiness(_job),
    ("", "Pod"): Readiness(_pod),
    ("", "ReplicationController"): Readiness(_replication_controller, 600),
    ("", "Service"): Readiness(_service, 600),
    ("", "Namespace"): Readiness(_phase("Active"), 60),
    ("", "PersistentVolume"): Readiness(_phase("Available", "Bound")),
    ("", "ResourceQuota"): Readiness(_quota, 60),
    ("", "Secret"): Readiness(_secret, 30),
    ("networking.k8s.io", "Ingress"): Readiness(_ingress, 600),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): Readiness(_conditions("NamesAccepted", "Established"), 60),
    ("apiregistration.k8s.io", "APIService"): Readiness(_conditions("Available")),
}

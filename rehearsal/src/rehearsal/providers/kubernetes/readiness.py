"""Readiness of objects: the status that each kind must reach."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rehearsal.providers.kubernetes.equivalence import equivalent
from rehearsal.providers.kubernetes.objects import GroupVersionKind, Object, items_at, value_at


@dataclass(frozen=True)
class ReadinessState:
    """Readiness of one object.

    `reason` says what is missing. `failed` is True if the object will never become ready.
    """

    ready: bool
    reason: str = ""
    failed: bool = False


@dataclass(frozen=True)
class ReadinessCheck:
    """Readiness check of a kind, and its timeout in seconds."""

    state: Callable[[Object], ReadinessState]
    timeout: float = 300.0


READY = ReadinessState(ready=True)


def readiness_check(body: Object) -> ReadinessCheck | None:
    """Return the readiness check of an applied object.

    Return None if objects of its kind are ready immediately.
    """
    gvk = GroupVersionKind.of(body)
    return _TABLE.get((gvk.group, gvk.kind))


def condition(body: Object, name: str) -> Object:
    """Return the status condition with this type, or an empty dictionary."""
    return next((item for item in items_at(body, "status", "conditions") if item.get("type") == name), {})


def is_current(body: Object) -> bool:
    """Return True if the controller has observed the latest generation of the object."""
    observed = value_at(body, "status", "observedGeneration")
    return observed is None or int(observed) >= int(value_at(body, "metadata", "generation") or 0)


def _waiting(reason: str) -> ReadinessState:
    return ReadinessState(ready=False, reason=reason)


def _count(body: Object, field: str) -> int:
    return int(value_at(body, "status", field) or 0)


def _replicas(body: Object) -> int:
    desired = value_at(body, "spec", "replicas")
    return 1 if desired is None else int(desired)


def _observed(body: Object) -> bool:
    return value_at(body, "status", "observedGeneration") is not None and is_current(body)


def _deployment(body: Object) -> ReadinessState:
    desired = _replicas(body)
    progressing = condition(body, "Progressing")
    if not _observed(body):
        return _waiting("the deployment controller has not observed the change yet")
    if progressing.get("reason") == "ProgressDeadlineExceeded":
        return ReadinessState(ready=False, reason=str(progressing.get("message")), failed=True)
    if _count(body, "updatedReplicas") < desired:
        return _waiting(f"{_count(body, 'updatedReplicas')} of {desired} pods have the new version")
    if _count(body, "replicas") > _count(body, "updatedReplicas"):
        return _waiting(f"{_count(body, 'replicas') - _count(body, 'updatedReplicas')} old pods still exist")
    if _count(body, "availableReplicas") < desired:
        return _waiting(f"{_count(body, 'availableReplicas')} of {desired} pods are available")
    return READY


def _stateful_set(body: Object) -> ReadinessState:
    desired = _replicas(body)
    if not _observed(body):
        return _waiting("the stateful-set controller has not observed the change yet")
    if _count(body, "readyReplicas") < desired:
        return _waiting(f"{_count(body, 'readyReplicas')} of {desired} pods are ready")
    strategy = value_at(body, "spec", "updateStrategy", "type") or "RollingUpdate"
    partition = int(value_at(body, "spec", "updateStrategy", "rollingUpdate", "partition") or 0)
    if strategy == "RollingUpdate" and _count(body, "updatedReplicas") < desired - partition:
        return _waiting(f"{_count(body, 'updatedReplicas')} of {desired - partition} pods have the new version")
    return READY


def _daemon_set(body: Object) -> ReadinessState:
    if not _observed(body):
        return _waiting("the daemon-set controller has not observed the change yet")
    desired = _count(body, "desiredNumberScheduled")
    strategy = value_at(body, "spec", "updateStrategy", "type") or "RollingUpdate"
    if strategy == "RollingUpdate" and _count(body, "updatedNumberScheduled") < desired:
        return _waiting(f"{_count(body, 'updatedNumberScheduled')} of {desired} nodes run the new version")
    if _count(body, "numberAvailable") < desired:
        return _waiting(f"{_count(body, 'numberAvailable')} of {desired} nodes run an available pod")
    return READY


def _replication_controller(body: Object) -> ReadinessState:
    desired = _replicas(body)
    available = _count(body, "availableReplicas")
    return READY if available >= desired else _waiting(f"{available} of {desired} pods are available")


def _pod(body: Object) -> ReadinessState:
    phase = value_at(body, "status", "phase")
    if phase == "Succeeded" or condition(body, "Ready").get("status") == "True":
        return READY
    if phase == "Failed":
        return ReadinessState(ready=False, reason="the pod failed", failed=True)
    return _waiting(f"the pod is {phase or 'not scheduled yet'}")


def _job(body: Object) -> ReadinessState:
    if condition(body, "Complete").get("status") == "True" or value_at(body, "spec", "suspend") is True:
        return READY
    failed = condition(body, "Failed")
    if failed.get("status") == "True":
        return ReadinessState(
            ready=False, reason=f"the job failed: {failed.get('message') or failed.get('reason')}", failed=True
        )
    completions = value_at(body, "spec", "completions") or 1
    return _waiting(f"{_count(body, 'succeeded')} of {completions} pods have completed")


def _service(body: Object) -> ReadinessState:
    if value_at(body, "spec", "type") != "LoadBalancer" or items_at(body, "status", "loadBalancer", "ingress"):
        return READY
    return _waiting("no load balancer address has been assigned yet")


def _ingress(body: Object) -> ReadinessState:
    ready = items_at(body, "status", "loadBalancer", "ingress")
    return READY if ready else _waiting("no load balancer address has been assigned yet")


def _phase(*ready: str) -> Callable[[Object], ReadinessState]:
    def state(body: Object) -> ReadinessState:
        phase = value_at(body, "status", "phase")
        return READY if phase in ready else _waiting(f"its phase is {phase or 'not set yet'}")

    return state


def _conditions(*names: str) -> Callable[[Object], ReadinessState]:
    def state(body: Object) -> ReadinessState:
        for name in names:
            status_condition = condition(body, name)
            if status_condition.get("status") != "True":
                message = status_condition.get("message")
                return _waiting(f"{name} is not True" + (f": {message}" if message else ""))
        return READY

    return state


def _quota(body: Object) -> ReadinessState:
    hard = value_at(body, "spec", "hard") or {}
    if equivalent(hard, value_at(body, "status", "hard") or {}, ("hard",)):
        return READY
    return _waiting("the quota controller has not counted existing objects yet")


def _secret(body: Object) -> ReadinessState:
    if body.get("type") != "kubernetes.io/service-account-token" or value_at(body, "data", "token"):
        return READY
    return _waiting("the token controller has not added a token; check that the service account exists")


_TABLE: Mapping[tuple[str, str], ReadinessCheck] = {
    ("apps", "Deployment"): ReadinessCheck(_deployment, 600),
    ("apps", "StatefulSet"): ReadinessCheck(_stateful_set, 600),
    ("apps", "DaemonSet"): ReadinessCheck(_daemon_set, 600),
    ("batch", "Job"): ReadinessCheck(_job),
    ("", "Pod"): ReadinessCheck(_pod),
    ("", "ReplicationController"): ReadinessCheck(_replication_controller, 600),
    ("", "Service"): ReadinessCheck(_service, 600),
    ("", "Namespace"): ReadinessCheck(_phase("Active"), 60),
    ("", "PersistentVolume"): ReadinessCheck(_phase("Available", "Bound")),
    ("", "ResourceQuota"): ReadinessCheck(_quota, 60),
    ("", "Secret"): ReadinessCheck(_secret, 30),
    ("networking.k8s.io", "Ingress"): ReadinessCheck(_ingress, 600),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): ReadinessCheck(
        _conditions("NamesAccepted", "Established"), 60
    ),
    ("apiregistration.k8s.io", "APIService"): ReadinessCheck(_conditions("Available")),
}

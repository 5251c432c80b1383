"""Waiting for objects to become ready or to be deleted.

Errors explain why an object is not ready or still exists.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import tenacity

from rehearsal.errors import RehearsalError
from rehearsal.providers.kubernetes.api import Api
from rehearsal.providers.kubernetes.errors import ApiStatusError, UnknownKindError, UnreachableError, mask_secrets
from rehearsal.providers.kubernetes.objects import (
    SKIP_AWAIT,
    TIMEOUT_SECONDS,
    WAIT_FOR,
    GroupVersionKind,
    Object,
    ObjectRef,
    annotation,
    items_at,
    value_at,
)
from rehearsal.providers.kubernetes.readiness import READY, ReadinessCheck, ReadinessState, readiness_check
from rehearsal.providers.kubernetes.wait_for import parse_wait_for
from rehearsal.providers.protocol import ProviderError

APPEAR_SECONDS = 15.0
"""Seconds to wait for a namespace, kind or service account that is being created at the same time."""

_POLL = 0.2
_DELETE_TIMEOUT = 300.0
_WAIT_FOR_TIMEOUT = 600.0
_MAX_REASONS = 8

_POD = GroupVersionKind("", "v1", "Pod")
_EVENT = GroupVersionKind("", "v1", "Event")
_ENDPOINT_SLICE = GroupVersionKind("discovery.k8s.io", "v1", "EndpointSlice")

Polled = TypeVar("Polled")

_DELETED_WITHOUT_WAITING = frozenset(
    {"DaemonSet", "Deployment", "Job", "Namespace", "Pod", "ReplicationController", "StatefulSet"}
)
"""Kinds whose deletion is not awaited if the annotation `pulumi.com/skipAwait` is set, as in pulumi-kubernetes."""


class NotReadyError(RehearsalError):
    """Error of an object that did not become ready. `live` is its last observed state."""

    def __init__(self, live: Object, reasons: tuple[str, ...]) -> None:
        super().__init__("; ".join(reasons))
        self.live = live
        self.reasons = reasons


def wait_until_ready(api: Api, applied: Object, inputs: Object, timeout: float) -> Object:
    """Wait until the object is ready and return its live state.

    `timeout` is in seconds. If it is 0, the annotation `pulumi.com/timeoutSeconds` or the default of the kind applies.

    Raises:
        NotReadyError: the object failed or did not become ready in time. The error contains the reasons.
    """
    readiness = _readiness(inputs)
    if readiness is None:
        return applied
    ref = ObjectRef.of(applied)
    last = {"live": applied}

    def poll() -> ReadinessState:
        live = api.get(ref)
        if live is None:
            return ReadinessState(ready=False, reason="it was deleted while the provider waited for it", failed=True)
        last["live"] = live
        state = readiness.state(live)
        return _endpoints(api, live) if state.ready and _needs_endpoints(live, inputs) else state

    seconds = _timeout(inputs, timeout, readiness.timeout)
    state = _poll(poll, lambda state: state.ready or state.failed, seconds)
    live = last["live"]
    if not state.ready:
        within = "" if state.failed else f" within {seconds:g} s"
        headline = f"{ref} did not become ready{within}: {mask_secrets(state.reason, inputs)}"
        raise NotReadyError(live, (headline, *_reasons(api, live)))
    return live


def wait_until_deleted(api: Api, deleted: Object, inputs: Object, timeout: float) -> None:
    """Wait until the object is deleted.

    A new object with the same name has another uid and does not count.

    Raises:
        ProviderError: the object still exists at the timeout. The message names its finalizers or dependants.
    """
    ref, uid = ObjectRef.of(deleted), value_at(deleted, "metadata", "uid")
    if annotation(inputs, SKIP_AWAIT) == "true" and ref.gvk.kind in _DELETED_WITHOUT_WAITING:
        return
    seconds = _timeout(inputs, timeout, _DELETE_TIMEOUT)

    def poll() -> Object | None:
        live = api.get(ref)
        return live if value_at(live, "metadata", "uid") == uid else None

    live = _poll(poll, lambda live: live is None, seconds)
    if live is not None:
        blockers = ", ".join(value_at(live, "metadata", "finalizers") or ()) or "its dependants"
        messages = "; ".join(
            str(item["message"])
            for item in items_at(live, "status", "conditions")
            if item.get("status") == "True" and item.get("message")
        )
        raise ProviderError(
            f"{ref} still exists {seconds:g} s after its deletion, blocked by {blockers}"
            + (f": {messages}" if messages else "")
        )


def retry_until_found(action: Callable[[], Object]) -> Object:
    """Retry an action while its namespace, kind or service account is missing."""
    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception(_may_appear),
        wait=tenacity.wait_exponential(multiplier=0.1, max=2),
        stop=tenacity.stop_after_delay(APPEAR_SECONDS),
        reraise=True,
    )
    return retrying(action)


def retry_if_stale(action: Callable[[], None]) -> None:
    """Retry an action if a controller changed the object in the meantime."""
    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception(lambda error: isinstance(error, ApiStatusError) and error.is_stale),
        wait=tenacity.wait_fixed(_POLL),
        stop=tenacity.stop_after_attempt(10),
        reraise=True,
    )
    retrying(action)


def _may_appear(error: BaseException) -> bool:
    if isinstance(error, ApiStatusError):
        # The service-account controller creates `default` just after the namespace.
        return error.is_not_found or 'serviceaccount "default" not found' in str(error)
    return isinstance(error, UnknownKindError)


def _readiness(inputs: Object) -> ReadinessCheck | None:
    if annotation(inputs, SKIP_AWAIT) in ("true", "ready"):
        return None
    if expression := annotation(inputs, WAIT_FOR):
        return ReadinessCheck(parse_wait_for(expression), _WAIT_FOR_TIMEOUT)
    return readiness_check(inputs)


def _timeout(inputs: Object, timeout: float, default: float) -> float:
    if timeout:
        return timeout
    text = annotation(inputs, TIMEOUT_SECONDS)
    return float(text) if text.isascii() and text.isdecimal() else default


def _poll(poll: Callable[[], Polled], done: Callable[[Polled], bool], seconds: float) -> Polled:
    """Poll until the result is final or the time is up, and return the last result.

    Tolerates a restart of the server.
    """
    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(UnreachableError)
        | tenacity.retry_if_result(lambda result: not done(result)),
        wait=tenacity.wait_fixed(_POLL),
        stop=tenacity.stop_after_delay(seconds),
        retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
    )
    last: Polled = retrying(poll)
    return last


def _needs_endpoints(live: Object, inputs: Object) -> bool:
    """Return True if a Service is ready only with an endpoint.

    Such a Service has a selector and is neither headless nor external.
    """
    if GroupVersionKind.of(live) != GroupVersionKind("", "v1", "Service") or annotation(inputs, WAIT_FOR):
        return False
    spec = value_at(live, "spec") or {}
    return bool(spec.get("selector")) and spec.get("clusterIP") != "None" and spec.get("type") != "ExternalName"


def _endpoints(api: Api, service: Object) -> ReadinessState:
    ref = ObjectRef.of(service)
    slices = api.list(_ENDPOINT_SLICE, ref.namespace, labels=f"kubernetes.io/service-name={ref.name}")
    if any(item.get("endpoints") for item in slices):
        return READY
    return ReadinessState(ready=False, reason="no running pod matches its selector")


def _reasons(api: Api, live: Object) -> tuple[str, ...]:
    """Collect distinct reasons from the conditions, pods and events of an object."""
    reasons = [*_bad_conditions(live), *_pod_reasons(api, live), *_events(api, live)]
    return tuple(dict.fromkeys(mask_secrets(reason, live) for reason in reasons))[:_MAX_REASONS]


def _bad_conditions(body: Object) -> Iterable[str]:
    for item in items_at(body, "status", "conditions"):
        healthy = "False" if str(item.get("type")).endswith(("Failure", "Failed")) else "True"
        if item.get("status") != healthy and item.get("message"):
            yield f"{item.get('type')}: {item['message']}"


def _pod_reasons(api: Api, live: Object) -> Iterable[str]:
    ref = ObjectRef.of(live)
    labels = value_at(live, "spec", "selector", "matchLabels")
    pods = [live] if ref.gvk == _POD else []
    if isinstance(labels, dict) and labels:
        pods = api.list(_POD, ref.namespace, labels=",".join(f"{key}={value}" for key, value in labels.items()))
    for pod in pods:
        name = value_at(pod, "metadata", "name")
        statuses = [*items_at(pod, "status", "initContainerStatuses"), *items_at(pod, "status", "containerStatuses")]
        for status in statuses:
            waiting: Any = value_at(status, "state", "waiting") or value_at(status, "state", "terminated") or {}
            if waiting.get("reason") not in (None, "Completed"):
                detail = f": {waiting['message']}" if waiting.get("message") else ""
                yield f"pod {name}, container {status.get('name')}: {waiting['reason']}{detail}"
        yield from (f"pod {name}: {reason}" for reason in _bad_conditions(pod))


def _events(api: Api, live: Object) -> Iterable[str]:
    """Yield the latest warning per reason about the object and its dependants.

    Every object whose name starts with the name of this object counts as its dependant.
    """
    ref = ObjectRef.of(live)
    if not ref.namespace:
        return
    warnings = [
        event
        for event in api.list(_EVENT, ref.namespace, fields="type=Warning")
        if str(value_at(event, "involvedObject", "name")).startswith(ref.name)
    ]
    warnings.sort(key=lambda event: str(event.get("lastTimestamp") or event.get("eventTime")), reverse=True)
    latest: dict[str, str] = {}
    for event in warnings:
        latest.setdefault(str(event.get("reason")), str(event.get("message")))
    yield from (f"{reason}: {message}" for reason, message in latest.items())

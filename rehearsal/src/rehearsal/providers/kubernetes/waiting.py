"""Waiting until an object is ready or gone, and saying why it is not."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import tenacity

from rehearsal.errors import RehearsalError
from rehearsal.providers.kubernetes.api import Api
from rehearsal.providers.kubernetes.errors import RefusedError, UnknownKindError, UnreachableError, mask
from rehearsal.providers.kubernetes.objects import (
    SKIP_AWAIT,
    TIMEOUT_SECONDS,
    WAIT_FOR,
    GroupVersionKind,
    Identity,
    Object,
    annotation,
    dig,
    items_at,
)
from rehearsal.providers.kubernetes.readiness import READY, Readiness, State, readiness_of
from rehearsal.providers.kubernetes.wait_for import parse
from rehearsal.providers.protocol import ProviderError

PATIENCE = 15.0
"""Seconds in which something may still appear that is made at the same time: a namespace, a kind."""

_POLL = 0.2
_DELETE_TIMEOUT = 300.0
_WAIT_FOR_TIMEOUT = 600.0
_MOST_REASONS = 8

_POD = GroupVersionKind("", "v1", "Pod")
_EVENT = GroupVersionKind("", "v1", "Event")
_ENDPOINT_SLICE = GroupVersionKind("discovery.k8s.io", "v1", "EndpointSlice")

Seen = TypeVar("Seen")

_DELETES_WITHOUT_WAITING = frozenset(
    {"DaemonSet", "Deployment", "Job", "Namespace", "Pod", "ReplicationController", "StatefulSet"}
)
"""Kinds whose removal is not waited for under skipAwait, as in pulumi-kubernetes."""


class NotReadyError(RehearsalError):
    """The object did not become ready; `live` is its last known state."""

    def __init__(self, live: Object, reasons: tuple[str, ...]) -> None:
        super().__init__("; ".join(reasons))
        self.live = live
        self.reasons = reasons


def wait_until_ready(api: Api, applied: Object, inputs: Object, timeout: float) -> Object:
    """The live object once it is ready; NotReadyError with the reasons when it fails or time is up.

    `timeout` in seconds; 0 means the annotation `pulumi.com/timeoutSeconds`, else the kind's own.
    """
    readiness = _readiness(inputs)
    if readiness is None:
        return applied
    identity = Identity.of(applied)
    last = {"live": applied}

    def look() -> State:
        live = api.get(identity)
        if live is None:
            return State(ready=False, reason="it was deleted while it was waited for", failed=True)
        last["live"] = live
        state = readiness.state(live)
        return _endpoints(api, live) if state.ready and _needs_endpoints(live, inputs) else state

    seconds = _timeout(inputs, timeout, readiness.timeout)
    state = _poll(look, lambda state: state.ready or state.failed, seconds)
    live = last["live"]
    if not state.ready:
        within = "" if state.failed else f" within {seconds:g} s"
        first = f"{identity} did not become ready{within}: {mask(state.reason, inputs)}"
        raise NotReadyError(live, (first, *_reasons(api, live)))
    return live


def wait_until_gone(api: Api, doomed: Object, inputs: Object, timeout: float) -> None:
    """Return when the object is gone (another by its name is not it); ProviderError saying what holds it after that."""
    identity, uid = Identity.of(doomed), dig(doomed, "metadata", "uid")
    if annotation(inputs, SKIP_AWAIT) == "true" and identity.kind.kind in _DELETES_WITHOUT_WAITING:
        return
    seconds = _timeout(inputs, timeout, _DELETE_TIMEOUT)

    def look() -> Object | None:
        live = api.get(identity)
        return live if dig(live, "metadata", "uid") == uid else None

    live = _poll(look, lambda live: live is None, seconds)
    if live is not None:
        held = ", ".join(dig(live, "metadata", "finalizers") or ()) or "its dependants"
        said = "; ".join(
            str(found["message"])
            for found in items_at(live, "status", "conditions")
            if found.get("status") == "True" and found.get("message")
        )
        raise ProviderError(
            f"{identity} is still there {seconds:g} s after its deletion, held by {held}"
            + (f": {said}" if said else "")
        )


def retry_missing(action: Callable[[], Object]) -> Object:
    """Do something that may need an object which appears in a moment: a namespace, a kind, a service account."""
    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception(_may_appear),
        wait=tenacity.wait_exponential(multiplier=0.1, max=2),
        stop=tenacity.stop_after_delay(PATIENCE),
        reraise=True,
    )
    return retrying(action)


def retry_stale(action: Callable[[], None]) -> None:
    """Do something that depends on an object's version, and again when a controller was quicker."""
    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception(lambda error: isinstance(error, RefusedError) and error.is_stale),
        wait=tenacity.wait_fixed(_POLL),
        stop=tenacity.stop_after_attempt(10),
        reraise=True,
    )
    retrying(action)


def _may_appear(error: BaseException) -> bool:
    if isinstance(error, RefusedError):
        # The service-account controller makes `default` just after its namespace.
        return error.is_missing or 'serviceaccount "default" not found' in str(error)
    return isinstance(error, UnknownKindError)


def _readiness(inputs: Object) -> Readiness | None:
    if annotation(inputs, SKIP_AWAIT) in ("true", "ready"):
        return None
    if expression := annotation(inputs, WAIT_FOR):
        return Readiness(parse(expression), _WAIT_FOR_TIMEOUT)
    return readiness_of(inputs)


def _timeout(inputs: Object, timeout: float, default: float) -> float:
    if timeout:
        return timeout
    text = annotation(inputs, TIMEOUT_SECONDS)
    return float(text) if text.isascii() and text.isdecimal() else default


def _poll(look: Callable[[], Seen], done: Callable[[Seen], bool], seconds: float) -> Seen:
    """Look until done or time is up and return the last look; a server that restarts is waited for."""
    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(UnreachableError)
        | tenacity.retry_if_result(lambda seen: not done(seen)),
        wait=tenacity.wait_fixed(_POLL),
        stop=tenacity.stop_after_delay(seconds),
        retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
    )
    found: Seen = retrying(look)
    return found


def _needs_endpoints(live: Object, inputs: Object) -> bool:
    """A Service with a selector is usable when a pod stands behind it; headless and external ones are at once."""
    if GroupVersionKind.of(live) != GroupVersionKind("", "v1", "Service") or annotation(inputs, WAIT_FOR):
        return False
    spec = dig(live, "spec") or {}
    return bool(spec.get("selector")) and spec.get("clusterIP") != "None" and spec.get("type") != "ExternalName"


def _endpoints(api: Api, service: Object) -> State:
    identity = Identity.of(service)
    slices = api.list(_ENDPOINT_SLICE, identity.namespace, labels=f"kubernetes.io/service-name={identity.name}")
    if any(found.get("endpoints") for found in slices):
        return READY
    return State(ready=False, reason="no pod that runs matches its selector")


def _reasons(api: Api, live: Object) -> tuple[str, ...]:
    """What conditions, pods and events say about an object that is not ready, each once, the most telling first."""
    found = [*_bad_conditions(live), *_pod_reasons(api, live), *_events(api, live)]
    return tuple(dict.fromkeys(mask(reason, live) for reason in found))[:_MOST_REASONS]


def _bad_conditions(body: Object) -> Iterable[str]:
    for found in items_at(body, "status", "conditions"):
        wanted = "False" if str(found.get("type")).endswith(("Failure", "Failed")) else "True"
        if found.get("status") != wanted and found.get("message"):
            yield f"{found.get('type')}: {found['message']}"


def _pod_reasons(api: Api, live: Object) -> Iterable[str]:
    identity = Identity.of(live)
    labels = dig(live, "spec", "selector", "matchLabels")
    pods = [live] if identity.kind == _POD else []
    if isinstance(labels, dict) and labels:
        pods = api.list(_POD, identity.namespace, labels=",".join(f"{key}={value}" for key, value in labels.items()))
    for pod in pods:
        name = dig(pod, "metadata", "name")
        statuses = [*items_at(pod, "status", "initContainerStatuses"), *items_at(pod, "status", "containerStatuses")]
        for status in statuses:
            waiting: Any = dig(status, "state", "waiting") or dig(status, "state", "terminated") or {}
            if waiting.get("reason") not in (None, "Completed"):
                said = f": {waiting['message']}" if waiting.get("message") else ""
                yield f"pod {name}, container {status.get('name')}: {waiting['reason']}{said}"
        yield from (f"pod {name}: {reason}" for reason in _bad_conditions(pod))


def _events(api: Api, live: Object) -> Iterable[str]:
    """Warnings about the object and what its controllers made of it, whose names start with its own."""
    identity = Identity.of(live)
    if not identity.namespace:
        return
    warnings = [
        event
        for event in api.list(_EVENT, identity.namespace, fields="type=Warning")
        if str(dig(event, "involvedObject", "name")).startswith(identity.name)
    ]
    warnings.sort(key=lambda event: str(event.get("lastTimestamp") or event.get("eventTime")), reverse=True)
    latest: dict[str, str] = {}
    for event in warnings:
        latest.setdefault(str(event.get("reason")), str(event.get("message")))
    yield from (f"{reason}: {message}" for reason, message in latest.items())

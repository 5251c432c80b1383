"""The readiness of an object follows from its status.

An object that is not ready has an actionable reason.
"""

from typing import Any

import pytest

from rehearsal.providers.kubernetes.readiness import readiness_check
from rehearsal.providers.kubernetes.wait_for import parse_wait_for
from rehearsal.providers.protocol import ProviderError


def body(kind: str, status: dict[str, Any], api_version: str = "v1", **rest: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"generation": 2}, "status": status, **rest}


def state_of(live: dict[str, Any]) -> Any:
    readiness = readiness_check(live)
    assert readiness is not None
    return readiness.state(live)


ROLLED_OUT = {"observedGeneration": 2, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 2}


def deployment(**status: Any) -> dict[str, Any]:
    return body("Deployment", {**ROLLED_OUT, **status}, "apps/v1", spec={"replicas": 2})


@pytest.mark.parametrize(
    ("live", "reason"),
    [
        (deployment(), ""),
        (deployment(observedGeneration=1), "not observed the change yet"),
        (deployment(updatedReplicas=1), "1 of 2 pods have the new version"),
        (deployment(replicas=3), "1 old pods still exist"),
        (deployment(availableReplicas=0), "0 of 2 pods are available"),
        (body("StatefulSet", {"observedGeneration": 2, "readyReplicas": 0}, "apps/v1"), "0 of 1 pods are ready"),
        (
            body("DaemonSet", {"observedGeneration": 2, "desiredNumberScheduled": 3}, "apps/v1"),
            "0 of 3 nodes run the new version",
        ),
        (body("Pod", {"phase": "Succeeded"}), ""),
        (body("Pod", {"phase": "Pending"}), "the pod is Pending"),
        (body("Job", {"succeeded": 1}, "batch/v1", spec={"completions": 2}), "1 of 2 pods have completed"),
        (body("Service", {}, spec={"type": "ClusterIP"}), ""),
        (body("Service", {}, spec={"type": "LoadBalancer"}), "no load balancer address"),
        (body("Ingress", {"loadBalancer": {"ingress": [{"hostname": "x"}]}}, "networking.k8s.io/v1"), ""),
        (body("Namespace", {"phase": "Terminating"}), "its phase is Terminating"),
        (body("ResourceQuota", {"hard": {"cpu": "1"}}, spec={"hard": {"cpu": "1000m"}}), ""),
        (body("ResourceQuota", {}, spec={"hard": {"cpu": "1"}}), "has not counted"),
        (body("Secret", {}, type="Opaque"), ""),
        (body("Secret", {}, type="kubernetes.io/service-account-token"), "check that the service account exists"),
        (
            body("APIService", {"conditions": [{"type": "Available", "status": "False", "message": "no endpoints"}]})
            | {"apiVersion": "apiregistration.k8s.io/v1"},
            "Available is not True: no endpoints",
        ),
    ],
)
def test_the_reason_names_the_missing_status(live: dict[str, Any], reason: str) -> None:
    state = state_of(live)
    assert state.ready == (not reason)
    assert reason in state.reason
    assert not state.failed


@pytest.mark.parametrize(
    "live",
    [
        deployment(
            updatedReplicas=1,
            conditions=[
                {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "x"}
            ],
        ),
        body("Pod", {"phase": "Failed"}),
        body(
            "Job", {"conditions": [{"type": "Failed", "status": "True", "message": "BackoffLimitExceeded"}]}, "batch/v1"
        ),
    ],
)
def test_a_failed_object_is_not_waited_for(live: dict[str, Any]) -> None:
    assert state_of(live).failed


def test_a_kind_without_a_status_is_ready_at_once() -> None:
    assert readiness_check(body("ConfigMap", {})) is None


CUSTOM = body(
    "Rollout",
    {
        "observedGeneration": 2,
        "phase": "Healthy",
        "ready": True,
        "conditions": [{"type": "Available", "status": "True"}, {"type": "Paused", "status": "False"}],
    },
    "argoproj.io/v1alpha1",
)


@pytest.mark.parametrize(
    "expression",
    [
        "jsonpath={.status.phase}=Healthy",
        "jsonpath={.status.phase}",
        "jsonpath={.status.ready}=true",
        'jsonpath={.status.conditions[?(@.type=="Available")].status}=True',
        "condition=Available",
        "condition=Paused=False",
        '["condition=Available", "jsonpath={.status.phase}=Healthy"]',
    ],
)
def test_a_wait_for_expression_is_met(expression: str) -> None:
    assert parse_wait_for(expression)(CUSTOM).ready


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("jsonpath={.status.phase}=Degraded", "is Healthy, not Degraded"),
        ("jsonpath={.status.none}", "selects nothing"),
        ("condition=Paused", "condition Paused is False, not True"),
        ("condition=Other", "condition Other is not set"),
        ('["condition=Available", "condition=Other"]', "condition Other"),
    ],
)
def test_a_wait_for_expression_is_not_met(expression: str, reason: str) -> None:
    state = parse_wait_for(expression)(CUSTOM)
    assert not state.ready
    assert reason in state.reason


def test_a_condition_of_an_older_generation_does_not_count() -> None:
    stale = {**CUSTOM, "metadata": {"generation": 3}}
    assert not parse_wait_for("condition=Available")(stale).ready


def test_waiting_for_a_secret_does_not_show_its_value() -> None:
    secret = {"kind": "Secret", "data": {"token": "aHVudGVyMg=="}}
    assert "aHVudGVyMg" not in parse_wait_for("jsonpath={.data.token}=x")(secret).reason


@pytest.mark.parametrize("text", ["ready", "jsonpath=.status", "jsonpath={.a}=", "jsonpath={.a[}", "[]", "[1]"])
def test_an_invalid_wait_for_expression_is_refused(text: str) -> None:
    with pytest.raises(ProviderError, match="waitFor"):
        parse_wait_for(text)

"""How a new version reaches its users."""

from hypothesis import given
from hypothesis import strategies as st

from components.delivery.quantities import mebibytes, millicores
from components.delivery.rollout_plan import ServicePlan, quota, rollout_spec, steps

PLAN = ServicePlan("alerts", "registry/alerts:1.0.0", 8080, "/healthz", 5, "2000m", "4Gi")


def test_traffic_follows_the_documents_flow() -> None:
    assert steps() == [
        {"setCanaryScale": {"weight": 100}},
        {"setWeight": 10},
        {"pause": {"duration": "5m"}},
        {"setWeight": 25},
        {"pause": {"duration": "10m"}},
        {"setWeight": 50},
        {"pause": {"duration": "15m"}},
        {"setWeight": 100},
    ]


def test_blue_stays_at_full_size_until_green_has_all_traffic() -> None:
    canary = rollout_spec(PLAN, {}, "alerts", "alerts")["strategy"]["canary"]
    # Off is Argo Rollouts' default, and its controller drops defaults from the object: written out, it would be drift.
    assert "dynamicStableScale" not in canary
    assert canary["scaleDownDelaySeconds"] >= 60


def test_green_that_never_gets_ready_is_ended() -> None:
    spec = rollout_spec(PLAN, {}, "alerts", "alerts")
    assert spec["progressDeadlineAbort"] is True
    assert spec["strategy"]["canary"]["abortScaleDownDelaySeconds"] == 30


def test_colours_are_spread_over_zones_and_machines_each_by_itself() -> None:
    constraints = rollout_spec(PLAN, {}, "alerts", "alerts")["template"]["spec"]["topologySpreadConstraints"]
    assert {each["topologyKey"] for each in constraints} == {"topology.kubernetes.io/zone", "kubernetes.io/hostname"}
    assert all(each["matchLabelKeys"] == ["rollouts-pod-template-hash"] for each in constraints)


@given(st.integers(1, 50), st.integers(1, 4000), st.integers(1, 16))
def test_the_quota_holds_both_colours(replicas: int, cpu: int, memory: int) -> None:
    plan = quota(replicas, f"{cpu}m", f"{memory}Gi")
    assert plan.pods >= 2 * replicas
    assert plan.millicores == plan.pods * cpu
    assert plan.mebibytes == plan.pods * memory * 1024


def test_quantities_are_read_as_kubernetes_reads_them() -> None:
    assert [millicores(each) for each in ("100m", "2000m", "2")] == [100, 2000, 2000]
    assert [mebibytes(each) for each in ("128Mi", "4Gi")] == [128, 4096]

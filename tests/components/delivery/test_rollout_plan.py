"""Rollout spec, quota and traffic steps."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from components.delivery.priorities import Priority
from components.delivery.quantities import mebibytes, millicores
from components.delivery.rollout_plan import USER_ID, ServicePlan, largest_pod, quota, rollout_spec, steps
from components.secrets import agent_plan
from components.secrets.agent_plan import AgentPlan
from components.secrets.plan import READ_WRITE

PLAN = ServicePlan("alerts", "registry/alerts:1.0.0", 8080, "/healthz", 5, "2000m", "4Gi")


def test_traffic_steps_match_the_requirements() -> None:
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
    # Argo Rollouts drops default values such as False from the object, so setting them would cause drift.
    assert "dynamicStableScale" not in canary
    assert canary["scaleDownDelaySeconds"] >= 60


def test_green_is_aborted_if_it_never_becomes_ready() -> None:
    spec = rollout_spec(PLAN, {}, "alerts", "alerts")
    assert spec["progressDeadlineAbort"] is True
    assert spec["strategy"]["canary"]["abortScaleDownDelaySeconds"] == 30


def test_each_colour_is_spread_over_zones_and_nodes() -> None:
    constraints = rollout_spec(PLAN, {}, "alerts", "alerts")["template"]["spec"]["topologySpreadConstraints"]
    assert {each["topologyKey"] for each in constraints} == {"topology.kubernetes.io/zone", "kubernetes.io/hostname"}
    assert all(each["matchLabelKeys"] == ["rollouts-pod-template-hash"] for each in constraints)


@given(st.integers(0, 300), st.integers(1, 50), st.integers(0, 20), st.integers(1, 4000), st.integers(1, 16))
def test_the_quota_has_room_for_both_colours_of_every_service(
    services: int, replicas: int, jobs: int, cpu: int, memory: int
) -> None:
    plan = quota(services, replicas, jobs, f"{cpu}m", f"{memory}Gi", agents=False)
    assert plan.pods == 2 * replicas * services + jobs
    assert plan.millicores == plan.pods * cpu
    assert plan.mebibytes == plan.pods * memory * 1024


def test_the_quota_has_room_for_an_agent_in_every_pod() -> None:
    without, with_agents = (quota(2, 3, 1, "500m", "512Mi", agents=agents) for agents in (False, True))
    assert with_agents.pods == without.pods == 13
    assert with_agents.millicores - without.millicores == 13 * millicores(agent_plan.CPU)
    assert with_agents.mebibytes - without.mebibytes == 13 * mebibytes(agent_plan.MEMORY)


def test_a_pod_of_the_smallest_size_has_room_for_its_agent() -> None:
    most = largest_pod("100m", "128Mi")
    assert millicores("100m") + millicores(agent_plan.CPU) <= millicores(most["cpu"])
    assert mebibytes("128Mi") + mebibytes(agent_plan.MEMORY) <= mebibytes(most["memory"])


def test_only_a_service_with_secrets_gets_an_agent() -> None:
    agent = AgentPlan("alerts", "kubernetes", "registry/vault:1.0.0", READ_WRITE)
    plain, served = (
        rollout_spec(plan, {"team": "a"}, "alerts", "alerts")["template"] for plan in (PLAN, replace(PLAN, agent=agent))
    )
    assert plain["metadata"] == {"labels": {"team": "a"}}
    assert served["metadata"] == {"labels": {"team": "a"}, "annotations": agent_plan.annotations(agent, USER_ID)}
    assert served["spec"]["volumes"] == [*plain["spec"]["volumes"], agent_plan.token_volume()]


def test_the_quota_allows_no_load_balancers_or_volumes() -> None:
    hard = quota(1, 50, 1, "2000m", "4Gi", agents=False).hard()
    assert hard["pods"] == "101"
    assert "services.nodeports" not in hard  # a preview of a new service would be denied
    assert hard["services.loadbalancers"] == hard["persistentvolumeclaims"] == "0"


def test_a_pod_may_have_three_times_the_service_size() -> None:
    assert largest_pod("500m", "512Mi") == {"cpu": "1500m", "memory": "1536Mi"}


def test_a_pod_names_its_priority() -> None:
    urgent = replace(PLAN, priority=Priority.SAFETY_CRITICAL)
    assert rollout_spec(urgent, {}, "alerts", "alerts")["template"]["spec"]["priorityClassName"] == "safety-critical"
    assert rollout_spec(PLAN, {}, "alerts", "alerts")["template"]["spec"]["priorityClassName"] == "standard"


def test_quantities_are_parsed_as_kubernetes_parses_them() -> None:
    assert [millicores(each) for each in ("100m", "2000m", "2")] == [100, 2000, 2000]
    assert [mebibytes(each) for each in ("128Mi", "4Gi")] == [128, 4096]

"""Node plans of node groups, without a cluster."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.cloud.node_plan import InstanceType, NodeGroup, Subnet, plan_nodes

LARGE = InstanceType("m7g.large", 2, 8, "arm64")
ZONES = [Subnet(f"us-east-1{zone}", f"10.0.{index}.0/24") for index, zone in enumerate("abc")]


def group(size: int, subnets: list[Subnet] | None = None, **more: object) -> NodeGroup:
    settings = {"name": "general", "region": "us-east-1", "size": size, "instance": LARGE, "subnets": subnets or ZONES}
    return NodeGroup(**{**settings, **more})  # type: ignore[arg-type]  # a test's shorthand


@given(st.integers(0, 30), st.integers(1, 3))
def test_nodes_are_spread_over_the_zones(size: int, zones: int) -> None:
    nodes = plan_nodes(group(size, ZONES[:zones]))
    counts = Counter(node.zone for node in nodes)
    assert len(nodes) == len({node.name for node in nodes}) == size
    assert max(counts.values(), default=0) - min([counts[zone.zone] for zone in ZONES[:zones]]) <= 1


@given(st.integers(0, 30), st.integers(0, 30))
def test_scaling_keeps_as_many_nodes_as_it_can(before: int, after: int) -> None:
    first = plan_nodes(group(before))
    second = plan_nodes(group(after), first)
    assert len({node.name for node in first} & {node.name for node in second}) == min(before, after)


@given(st.integers(1, 20), st.integers(1, 20))
def test_groups_in_the_same_subnets_never_share_a_name(first: int, second: int) -> None:
    general = plan_nodes(group(first))
    taken = {node.name for node in general}
    batch = plan_nodes(group(second, name="batch"), taken=taken)
    assert not taken & {node.name for node in batch}


def test_the_same_group_gets_the_same_nodes_again() -> None:
    assert plan_nodes(group(5)) == plan_nodes(group(5))


def test_a_subnet_without_room_is_named() -> None:
    narrow = [Subnet("us-east-1a", "10.0.0.0/28")]
    assert len(plan_nodes(group(11, narrow))) == 11
    with pytest.raises(ValueError, match=r"subnet 10\.0\.0\.0/28 in us-east-1a has no free address"):
        plan_nodes(group(12, narrow))


@pytest.mark.parametrize(
    ("region", "domain"), [("us-east-1", "ec2.internal"), ("us-west-2", "us-west-2.compute.internal")]
)
def test_nodes_are_named_as_ec2_names_instances(region: str, domain: str) -> None:
    (node,) = plan_nodes(group(1, [Subnet("a", "10.1.2.0/28")], region=region))
    assert node.name.startswith("ip-10-1-2-")
    assert node.name.endswith(f".{domain}")


def test_labels_and_taints_use_the_names_of_kubernetes() -> None:
    taints = [{"key": "dedicated", "value": "batch", "effect": "NO_SCHEDULE"}]
    (node,) = plan_nodes(group(1, labels={"team": "core"}, taints=taints, capacity_type="SPOT"))
    assert node.labels == {
        "eks.amazonaws.com/capacityType": "SPOT",
        "kubernetes.io/arch": "arm64",
        "node.kubernetes.io/instance-type": "m7g.large",
        "team": "core",
    }
    assert [(taint.key, taint.value, taint.effect) for taint in node.taints] == [("dedicated", "batch", "NoSchedule")]

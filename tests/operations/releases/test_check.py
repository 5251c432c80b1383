"""Breaking changes between a release's graphs and the present graphs."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from operations.recording import Graph, Node
from operations.releases.check import BreakingChange, BreakingKind, breaking_changes, problems
from operations.releases.store import load
from operations.releases.versions import Version, released
from rehearsal.replacement import replaced_inputs
from stacks.requirements import Environment

RDS = "aws:rds/instance:Instance"


def node(name: str, aliases: tuple[str, ...] = (), **inputs: Any) -> Node:
    return Node(f"urn::{name}", RDS, name, True, "", "", inputs, (), (), False, aliases)  # noqa: FBT003  # the record's fields


def graph(*nodes: Node) -> Graph:
    return Graph(nodes, (), {}, 0.0)


def by_engine(_token: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[str]:
    return ["engine"] if old.get("engine") != new.get("engine") else []


def breaking(old: Graph, new: Graph) -> list[BreakingChange]:
    return list(breaking_changes("prod", old, new, by_engine))


def test_a_new_resource_and_an_update_in_place_break_nothing() -> None:
    old = graph(node("records", engine="postgres", size=1))
    assert breaking(old, graph(node("records", engine="postgres", size=2), node("more"))) == []


def test_a_replaced_resource_is_breaking_and_names_the_input() -> None:
    (change,) = breaking(graph(node("records", engine="postgres")), graph(node("records", engine="mysql")))
    assert str(change) == f"prod: {RDS} records would be replaced (changed engine)"


def test_a_deleted_resource_is_breaking() -> None:
    (change,) = breaking(graph(node("records")), graph())
    assert (change.kind, change.resource) == (BreakingKind.DELETED, f"{RDS} records")


def test_a_renamed_resource_is_breaking_even_with_an_alias() -> None:
    (change,) = breaking(graph(node("records")), graph(node("data", ("urn::records",))))
    assert change.kind is BreakingKind.RENAMED


def test_breaking_changes_need_a_major_version_and_a_note_that_names_the_resource() -> None:
    changes = [BreakingChange(BreakingKind.REPLACED, "prod", f"{RDS} records", ("engine",))]
    last = Version(1, 2, 3)
    assert list(problems(changes, last, Version(1, 3, 0), None)) == [
        "breaking changes need a new major version: set the version to 2.0.0 (it is 1.3.0)",
        "breaking changes need a migration note: write docs/migrations/1.3.0.md",
        f"docs/migrations/1.3.0.md does not name {RDS} records",
    ]
    assert list(problems(changes, last, Version(2, 0, 0), "nothing")) == [
        f"docs/migrations/2.0.0.md does not name {RDS} records"
    ]
    assert list(problems(changes, last, Version(2, 0, 0), f"Restore {RDS} records from a snapshot.")) == []


def test_an_unnamed_deletion_suggests_an_alias() -> None:
    changes = [BreakingChange(BreakingKind.DELETED, "prod", f"{RDS} records")]
    (sentence,) = problems(changes, Version(1, 0, 0), Version(2, 0, 0), f"{RDS} records-replica is gone.")
    assert sentence.endswith("give the new resource an alias with the old URN instead")
    assert list(problems(changes, Version(1, 0, 0), Version(2, 0, 0), f"Removes {RDS} records.")) == []


def test_another_provider_is_breaking() -> None:
    old, new = (replace(node("records"), provider=f"urn::{name}::id") for name in ("primary", "recovery"))
    (change,) = breaking(graph(old), graph(new))
    assert (change.kind, change.inputs) == (BreakingKind.REPLACED, ("provider",))
    assert breaking(graph(old), graph(replace(old, provider="urn::primary::other-id"))) == []


def test_a_version_older_than_the_last_release_is_rejected() -> None:
    assert list(problems([], Version(1, 0, 0), Version(0, 9, 0), None)) == [
        "the components have version 0.9.0, which is older than the last release 1.0.0"
    ]


@given(st.lists(st.sampled_from("abc"), unique=True), st.lists(st.sampled_from("abc"), unique=True))
def test_a_change_is_breaking_exactly_when_an_old_resource_is_missing(old: list[str], new: list[str]) -> None:
    changes = breaking(graph(*map(node, old)), graph(*map(node, new)))
    assert {change.resource for change in changes} == {f"{RDS} {name}" for name in set(old) - set(new)}


def test_a_change_of_the_released_vpc_range_is_breaking() -> None:
    released_graph = load(released()[0], Environment.DEV)
    vpc = released_graph.one("ec2.Vpc")
    moved = replace(vpc, inputs={**vpc.inputs, "cidrBlock": "10.99.0.0/16"})
    present = replace(released_graph, nodes=tuple(moved if each == vpc else each for each in released_graph.nodes))
    (change,) = breaking_changes("dev", released_graph, present, replaced_inputs)
    assert (change.kind, change.resource, change.inputs) == (
        BreakingKind.REPLACED,
        f"{vpc.type} {vpc.name}",
        ("cidrBlock",),
    )
    assert list(breaking_changes("dev", released_graph, released_graph, replaced_inputs)) == []

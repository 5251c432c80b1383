"""Versions of the components, their change log and their recorded graphs."""

import re
from pathlib import Path

import pytest
import yaml

import components
from operations.recording import PROJECT, Graph, Node
from operations.recording.comparison import ChangeKind, compare
from operations.releases.store import encode, load, path_of
from operations.releases.versions import Version, released
from stacks.requirements import Environment

LATEST = released()[0]


def test_the_latest_release_comes_first(tmp_path: Path) -> None:
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text("# Changes\n\n## 0.9.0 (2026-01-01)\n\n## 0.10.0 (2026-02-01)\n")
    assert released(changelog) == (Version(0, 10, 0), Version(0, 9, 0))


@pytest.mark.parametrize("text", ["1.2", "v1.2.3", "1.2.x", ""])
def test_an_invalid_semantic_version_is_rejected(text: str) -> None:
    with pytest.raises(ValueError, match="not a semantic version"):
        Version.parse(text)


def test_components_are_not_older_than_the_latest_release() -> None:
    assert Version.parse(components.__version__) >= LATEST


def test_every_release_has_recorded_graphs() -> None:
    missing = [path_of(v, e) for v in released() for e in Environment if not path_of(v, e).exists()]
    assert missing == []


def test_settings_name_only_released_versions() -> None:
    settings = yaml.safe_load((PROJECT / "Pulumi.yaml").read_text(encoding="utf-8"))
    revisions = settings["config"]["campus-safety:gitops"]["value"]["revisions"]
    tags = [value for value in revisions.values() if re.fullmatch(r"v\d+\.\d+\.\d+", value)]
    assert tags
    assert {Version.parse(tag.removeprefix("v")) for tag in tags} <= set(released())


def test_a_stored_graph_reads_back_equal(tmp_path: Path) -> None:
    nodes = tuple(
        Node(f"urn::{name}", "aws:s3/bucket:Bucket", name, True, "urn", "p", {"a": [1]}, ("x",), ("y",), True, ("z",))  # noqa: FBT003  # the record's fields
        for name in ("b", "a")
    )
    graph = Graph(nodes, (), {}, 1.0)
    path = path_of(Version(1, 0, 0), Environment.DEV, tmp_path)
    path.parent.mkdir()
    path.write_bytes(encode(graph))
    assert sorted(load(Version(1, 0, 0), Environment.DEV, tmp_path).nodes, key=lambda n: n.name) == sorted(
        nodes, key=lambda n: n.name
    )
    assert encode(graph) == encode(Graph(nodes[::-1], (), {}, 2.0))


def test_a_comparison_names_resource_and_property() -> None:
    old, new = (
        Graph(
            (Node("urn:pulumi:dev::c::t::n", "t", "n", True, "", "", {"tags": {"team": team}}, (), (), False),),  # noqa: FBT003  # the same
            (),
            {},
            0.0,
        )
        for team in ("a", "b")
    )
    (change,) = compare(old, new)
    assert (change.kind, change.path, change.old, change.new) == (ChangeKind.CHANGED, "inputs.tags.team", "a", "b")
    assert str(change) == 'changed t::n: inputs.tags.team: "a" -> "b"'
    assert [change.kind for change in compare(old, Graph((), (), {}, 0.0))] == [ChangeKind.REMOVED]
    assert compare(old, old) == ()

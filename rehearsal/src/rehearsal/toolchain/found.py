"""Which executables are at hand and good: on PATH in an accepted version, or built before from what tools/ says now."""

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
from rehearsal.toolchain.layout import Layout
from rehearsal.toolchain.table import Tool, Version, parse_version

_PROBE_SECONDS = 30.0


def on_path(file: str, *, without: Path) -> Iterator[Path]:
    """Executables of that name on PATH in its order, except in `without` and in directories of running rehearsals.

    A rehearsal puts shims of its own on PATH; taking one of those for the tool would make it call itself.
    """
    for entry in os.environ.get("PATH", "").split(os.pathsep):
        directory = Path(entry).resolve()
        if not entry or directory == without.resolve() or REHEARSALS in directory.parts:
            continue
        candidate = directory / file
        if candidate.is_file() and os.access(candidate, os.X_OK) and REHEARSALS not in candidate.resolve().parts:
            yield candidate


def ask_version(tool: Tool, executable: Path) -> Version:
    """The version that the executable answers; () when it does not start, fails or says something else."""
    environment = os.environ | {"PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        said = subprocess.run(
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
    match = re.search(tool.answer, said.stdout, re.MULTILINE)
    return parse_version(match[1]) if match and said.returncode == 0 else ()


def links_all(tool: Tool, executable: Path) -> bool:
    """Whether all Go modules that the tool must contain are in the build information of the executable."""
    if not tool.links:
        return True
    try:
        with executable.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return all(content.find(f"dep\t{module}\t".encode()) >= 0 for module in tool.links)
    except (OSError, ValueError):
        return False


def _identity(executable: Path) -> list[int]:
    """Changes when the file is replaced or rewritten."""
    status = executable.stat()
    return [status.st_size, status.st_mtime_ns]


@dataclass
class Probes:
    """Verdicts over executables on PATH, remembered over processes: Go tools take up to a second to say a version."""

    file: Path
    _known: dict[str, list[object]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with suppress(OSError, ValueError):
            known = json.loads(self.file.read_text())
            self._known = known if isinstance(known, dict) else {}

    def accepts(self, tool: Tool, executable: Path) -> bool:
        """Whether the executable is the tool, complete and in an accepted version."""
        key = f"{tool.name} {executable}"
        identity: list[object] = [*_identity(executable.resolve()), str(executable.resolve()), str(tool.accepts)]
        known = self._known.get(key)
        if known is not None and known[:-1] == identity:
            return bool(known[-1])
        verdict = ask_version(tool, executable) in tool.accepts and links_all(tool, executable)
        if not _is_script(executable):
            self._known[key] = [*identity, verdict]
            self._save()
        return verdict

    def _save(self) -> None:
        # Another user's project: the verdict then holds for this process only.
        with suppress(OSError):
            self.file.parent.mkdir(exist_ok=True)
            temporary = self.file.with_suffix(f".{os.getpid()}")
            temporary.write_text(json.dumps(self._known, indent=1))
            temporary.replace(self.file)


def _is_script(executable: Path) -> bool:
    """Version managers put scripts on PATH, behind which the version changes and the file does not."""
    with executable.open("rb") as file:
        return file.read(2) == b"#!"


@dataclass(frozen=True)
class Stamps:
    """Tells whether a built executable, and the files beside it, are what tools/ asks for now."""

    layout: Layout

    def source(self, tool: Tool) -> str:
        """Digest of all that decides what the build yields: the wrapper module and the table's build settings."""
        digest = hashlib.sha256(repr([tool.package, tool.version, tool.share, *tool.flags()]).encode())
        folder = self.layout.module(tool.folder)
        for file in sorted(folder.iterdir()):
            if file.name in {"go.mod", "go.sum"} or file.suffix == ".go":
                digest.update(f"\0{file.name}\0".encode() + file.read_bytes())
        return digest.hexdigest()

    def write(self, tool: Tool) -> None:
        """Remember what the installed executable was built from."""
        stamp = [self.source(tool), *_identity(self.layout.bin / tool.file)]
        (self.layout.stamps / f"{tool.name}.json").write_text(json.dumps(stamp))

    def built(self, tool: Tool) -> Path | None:
        """The built executable, if it is whole and was built from what tools/ says now."""
        executable = self.layout.bin / tool.file
        try:
            stamp = json.loads((self.layout.stamps / f"{tool.name}.json").read_text())
            return executable if stamp == [self.source(tool), *_identity(executable)] else None
        except (OSError, ValueError):
            return None

    def write_share(self, tool: Tool) -> None:
        """Remember which sources the shared files were copied from."""
        (self.layout.stamps / f"{tool.name}.share").write_text(self.source(tool))

    def shared(self, tool: Tool) -> Path | None:
        """Folder of the tool's shared files, if it was copied from what tools/ says now."""
        if tool.share is None:
            return None
        folder = self.layout.share / tool.name / Path(tool.share.folder).name
        try:
            fresh = (self.layout.stamps / f"{tool.name}.share").read_text() == self.source(tool)
        except OSError:
            return None
        return folder if fresh and folder.is_dir() else None


class Finder:
    """Answers where a tool is, in the order PATH, .tools/bin."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._probes = Probes(layout.probes)
        self._stamps = Stamps(layout)

    def executable(self, tool: Tool) -> Path | None:
        """The tool on PATH in an accepted version, else the one built from what tools/ says now, else None.

        A tool without a command is its folder of shared files.
        """
        if not tool.package:
            return self.share(tool)
        for candidate in on_path(tool.file, without=self._layout.bin):
            if self._probes.accepts(tool, candidate):
                return candidate
        return self._stamps.built(tool)

    def share(self, tool: Tool) -> Path | None:
        """Folder of the tool's shared files; None when it has none or they are not there yet."""
        return self._stamps.shared(tool)

    def ready(self, tool: Tool) -> Path | None:
        """The executable, if its shared files are there too."""
        executable = self.executable(tool)
        return executable if tool.share is None or self.share(tool) else None

"""Which modules the warm interpreter holds: learnt from runs, only from site-packages, and only while unchanged."""

import gc
import importlib
import json
import os
import site
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.machinery import all_suffixes
from pathlib import Path
from types import ModuleType

from rehearsal.errors import RehearsalError

Stamp = tuple[int, int]
"""Time of the last change (ns) and size (bytes) of a file or directory."""


def site_directories() -> tuple[str, ...]:
    """Where installed packages lie for this interpreter."""
    paths = sysconfig.get_paths()
    return tuple(dict.fromkeys((*site.getsitepackages(), paths["purelib"], paths["platlib"])))


def loaded(name: str) -> bool:
    """Whether the module is there and not only announced: the SDKs load their parts on first use.

    Seen by its class, because to ask such a module for anything is to load it.
    """
    return type(sys.modules.get(name)) is ModuleType


def installed_modules(directories: Sequence[str]) -> dict[str, str]:
    """Name and file of every loaded module that lies in one of these directories, in the order of import."""
    prefixes = tuple(f"{directory}{os.sep}" for directory in directories)
    found = {}
    for name, module in list(sys.modules.items()):
        file = getattr(getattr(module, "__spec__", None), "origin", None) if loaded(name) else None
        if isinstance(file, str) and file.startswith(prefixes) and not name.endswith("__main__"):
            found[name] = file
    return found


def hidden_by(directories: Iterable[str], base: Iterable[str]) -> str | None:
    """A file in `directories` that an import would find before a module that is already imported; None if none."""
    imported = {name.partition(".")[0] for name in sys.modules} - set(sys.builtin_module_names)
    for directory in dict.fromkeys(directories):
        if directory in base:
            continue
        try:
            entries = os.listdir(directory)  # noqa: PTH208  # names are all that is wanted, for hundreds of entries
        except OSError:
            continue
        for entry in entries:
            name, _, suffix = entry.partition(".")
            package = not suffix and Path(directory, entry, "__init__.py").exists()
            if name in imported and name not in OWN and (package or suffix in SUFFIXES):
                return str(Path(directory, entry))
    return None


OWN = frozenset({"rehearsal", "__main__"})
"""What a child forgets before it runs anything."""
SUFFIXES = frozenset(suffix.removeprefix(".") for suffix in all_suffixes())


class ImportFailedError(RehearsalError):
    """A module that a run imported can't be imported ahead of a run."""


@dataclass
class Preloaded:
    """The modules that this process has imported for its children, and those it still has to import."""

    memory: Path
    """JSON file of names, for the next rehearsal; shared by all rehearsals of a project."""
    directories: tuple[str, ...] = field(default_factory=site_directories)
    _pending: list[str] = field(default_factory=list)
    _known: dict[str, None] = field(default_factory=dict)
    _refused: list[str] = field(default_factory=list)
    _stamps: dict[str, Stamp | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Remember what packages there are now, and what earlier runs imported."""
        for directory in self.directories:
            for path in (directory, *map(str, Path(directory).glob("*.pth"))):
                self._stamps[path] = _stamp(path)
        names, self._refused = self._remembered()
        self.learn(names)

    def learn(self, names: Iterable[str]) -> None:
        """Note what a run imported; it is imported here when there is time (`import_next`)."""
        new = [name for name in names if name not in self._known and name not in self._refused]
        self._known.update(dict.fromkeys(new))
        self._pending.extend(name for name in new if not loaded(name))
        # A package before what is in it, as programs do it: the SDKs' lazy packages break otherwise.
        packages = {name.rpartition(".")[0] for name in self._known}
        self._pending.sort(key=lambda name: (name.count("."), name not in packages))

    def import_next(self) -> None:
        """Import one pending module. When it was the last one, the memory is written.

        Raises ImportFailedError when that fails; this process may then hold half a package, and must start over.
        """
        name = self._pending.pop(0)
        try:
            # Asked for any name, a module that was only announced is loaded.
            getattr(importlib.import_module(name), "__all__", None)
        except Exception as error:
            self._refused.append(name)
            del self._known[name]
            self._remember()
            raise ImportFailedError(f"{name} can't be imported ahead: {type(error).__name__}: {error}") from error
        if not self._pending:
            self._settle()

    @property
    def pending(self) -> bool:
        """Whether there is something left to import."""
        return bool(self._pending)

    def changed(self) -> str | None:
        """A file or directory of packages that is not as it was when it was imported; None when all are."""
        return next((path for path, stamp in self._stamps.items() if _stamp(path) != stamp), None)

    def _settle(self) -> None:
        """After a round of imports: stamps, memory, and objects that no child's garbage collector need look at."""
        for file in installed_modules(self.directories).values():
            self._stamps.setdefault(file, _stamp(file))
        self._remember()
        gc.collect()
        gc.freeze()

    def _remember(self) -> None:
        names, refused = self._remembered()
        memory = {
            "imported": [name for name in dict.fromkeys((*names, *self._known)) if name not in self._refused],
            "refused": list(dict.fromkeys((*refused, *self._refused))),
        }
        draft = self.memory.with_name(f"{self.memory.name}.{os.getpid()}")
        self.memory.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(json.dumps(memory, indent=0))
        draft.replace(self.memory)

    def _remembered(self) -> tuple[list[str], list[str]]:
        try:
            memory = json.loads(self.memory.read_text())
        except FileNotFoundError:
            return [], []
        return memory["imported"], memory["refused"]


def _stamp(path: str) -> Stamp | None:
    try:
        status = os.stat(path)  # noqa: PTH116  # a thousand of them before every run
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size

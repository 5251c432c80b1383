"""Modules that a fork server preloads.

Their names are learned from earlier runs. Only modules in site-packages are preloaded, and a change to their files
restarts the server.
"""

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

from rehearsal import tuning
from rehearsal.errors import RehearsalError

FileVersion = tuple[int, int]
"""Modification time (ns) and size (bytes) of a file or directory."""


def site_directories() -> tuple[str, ...]:
    """Return the directories of installed packages of this interpreter."""
    paths = sysconfig.get_paths()
    return tuple(dict.fromkeys((*site.getsitepackages(), paths["purelib"], paths["platlib"])))


def loaded(name: str) -> bool:
    """Return True if the module is loaded and is not a lazy module of an SDK.

    The check uses the class of the module, because reading an attribute of a lazy module would load it.
    """
    return type(sys.modules.get(name)) is ModuleType


def installed_modules(directories: Sequence[str]) -> dict[str, str]:
    """Return module name → file for every loaded module below these directories."""
    prefixes = tuple(f"{directory}{os.sep}" for directory in directories)
    files = {}
    for name, module in list(sys.modules.items()):
        file = getattr(getattr(module, "__spec__", None), "origin", None) if loaded(name) else None
        if isinstance(file, str) and file.startswith(prefixes) and not name.endswith("__main__"):
            files[name] = file
    return files


def hidden_by(directories: Iterable[str], base: Iterable[str]) -> str | None:
    """Return a file in `directories` that shadows an imported module, or None."""
    imported = {name.partition(".")[0] for name in sys.modules} - set(sys.builtin_module_names)
    for directory in dict.fromkeys(directories):
        if directory in base:
            continue
        try:
            entries = os.listdir(directory)  # noqa: PTH208  # only names are needed, for hundreds of entries
        except OSError:
            continue
        for entry in entries:
            name, _, suffix = entry.partition(".")
            package = not suffix and Path(directory, entry, "__init__.py").exists()
            if name in imported and name not in OWN and (package or suffix in SUFFIXES):
                return str(Path(directory, entry))
    return None


OWN = frozenset({"rehearsal", "__main__"})
"""Names that the modules of a program may share with those of this process.

A child drops the modules of `rehearsal` before it runs its command, and every program has its own `__main__`.
"""
SUFFIXES = frozenset(suffix.removeprefix(".") for suffix in all_suffixes())


class ImportFailedError(RehearsalError):
    """A module that a run imported can't be preloaded."""


@dataclass
class Preloaded:
    """Modules imported for the children, and those still to be imported."""

    names_file: Path
    """JSON file of module names for later servers, shared by all rehearsals of a project."""
    directories: tuple[str, ...] = field(default_factory=site_directories)
    _pending: list[str] = field(default_factory=list)
    _known: dict[str, None] = field(default_factory=dict)
    _refused: list[str] = field(default_factory=list)
    _versions: dict[str, FileVersion | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Record the versions of the packages, and read the names of earlier runs."""
        for directory in self.directories:
            for path in (directory, *map(str, Path(directory).glob("*.pth"))):
                self._versions[path] = _version(path)
        names, self._refused = self._read_names()
        self.learn(names)

    def learn(self, names: Iterable[str]) -> None:
        """Add the modules that a run imported.

        `import_next` imports the modules later, when no run is active.
        """
        new = [name for name in names if name not in self._known and name not in self._refused]
        self._known.update(dict.fromkeys(new))
        self._pending.extend(name for name in new if not loaded(name))
        # A package comes before its modules, as in programs; otherwise the SDKs' lazy packages break.
        packages = {name.rpartition(".")[0] for name in self._known}
        self._pending.sort(key=lambda name: (name.count("."), name not in packages))

    def import_next(self) -> None:
        """Import one pending module. After the last one, write `names_file`.

        Raises:
            ImportFailedError: the import failed. This process may have imported part of a package and must restart.
        """
        name = self._pending.pop(0)
        try:
            # Reading an attribute loads a lazy module.
            getattr(importlib.import_module(name), "__all__", None)
        except Exception as error:
            self._refused.append(name)
            del self._known[name]
            self.save()
            raise ImportFailedError(f"{name} can't be preloaded: {type(error).__name__}: {error}") from error
        if not self._pending:
            self._settle()

    @property
    def pending(self) -> bool:
        """True if there are modules left to import."""
        return bool(self._pending)

    def changed(self) -> str | None:
        """Return a package file or directory that changed after its import, or None."""
        return next((path for path, version in self._versions.items() if _version(path) != version), None)

    def _settle(self) -> None:
        """Record versions, write names and freeze the modules after the last import."""
        for file in installed_modules(self.directories).values():
            self._versions.setdefault(file, _version(file))
        self.save()
        if tuning.enabled("frozen-imports"):
            gc.collect()
            gc.freeze()

    def save(self) -> None:
        """Save the names for later servers, merged with the names from other servers."""
        names, refused = self._read_names()
        content = {
            "imported": [name for name in dict.fromkeys((*names, *self._known)) if name not in self._refused],
            "refused": list(dict.fromkeys((*refused, *self._refused))),
        }
        draft = self.names_file.with_name(f"{self.names_file.name}.{os.getpid()}")
        self.names_file.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(json.dumps(content, indent=0))
        draft.replace(self.names_file)

    def _read_names(self) -> tuple[list[str], list[str]]:
        try:
            content = json.loads(self.names_file.read_text())
        except FileNotFoundError:
            return [], []
        return content["imported"], content["refused"]


def _version(path: str) -> FileVersion | None:
    try:
        status = os.stat(path)  # noqa: PTH116  # called for a thousand files before every run
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size

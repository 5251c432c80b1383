"""Mirror of a project: real directories with links to its files.

The engine does not follow a link to a directory when it reads an archive (sdk/go/common/resource/archive of
pulumi/pulumi). If `src` were such a link, `FileArchive("./src")` would be empty, and editing a file in it would not
change the archive. The engine does follow links to files.
"""

import os
from collections.abc import Collection
from pathlib import Path

from rehearsal.errors import RehearsalError

_LINKED = frozenset({"__pycache__", "node_modules"})
"""Directories that are linked as a whole, besides hidden directories and virtual environments.

They are large, and no program makes an archive of one of them alone. In subdirectories, only `__pycache__` is linked:
`node_modules`, for example, can be part of the code of a Lambda function, so it is mirrored.
"""


def mirror(source: Path, target: Path, ignored: Collection[str], never: Collection[str]) -> None:
    """Make `target` mirror `source`.

    The mirror leaves out the entries named in `ignored` at the top level, and those named in `never` at any depth.
    Entries that vanished from the source are removed. Files that a program wrote into the mirror stay.

    Raises:
        RehearsalError: a file has replaced a link in the mirror, so changes to this file would be lost.
    """
    _mirror(source, target, {*ignored, *never}, never, top=True)


def _mirror(source: Path, target: Path, ignored: Collection[str], never: Collection[str], *, top: bool) -> None:
    with os.scandir(source) as scan:
        entries = {entry.name: entry for entry in scan if entry.name not in ignored}
    with os.scandir(target) as scan:
        mirrored = {entry.name: entry for entry in scan}
    for name, present in mirrored.items():
        if name not in entries and name not in ignored:
            _remove(present)
    for name, entry in entries.items():
        if _is_mirrored(entry, top=top):
            if name in mirrored and mirrored[name].is_symlink():
                Path(mirrored[name].path).unlink(missing_ok=True)
            directory = target / name
            directory.mkdir(exist_ok=True)
            _mirror(source / name, directory, never, never, top=False)
        elif name not in mirrored or not mirrored[name].is_symlink():
            _link(entry, target / name)


def _is_mirrored(entry: "os.DirEntry[str]", *, top: bool) -> bool:
    if (
        not entry.is_dir(follow_symlinks=False)
        or entry.name == "__pycache__"
        or not os.access(entry, os.R_OK | os.X_OK)
    ):
        return False
    linked = entry.name.startswith(".") or entry.name in _LINKED or Path(entry, "pyvenv.cfg").exists()
    return not (top and linked)


def _link(entry: "os.DirEntry[str]", link: Path) -> None:
    if link.is_dir() and not link.is_symlink():  # the project had a directory of this name
        _remove_links(link)
    try:
        link.symlink_to(entry.path)
    except FileExistsError:
        if not link.is_symlink():  # a link: another shell's `pulumi` was faster
            raise RehearsalError(
                f"{link} is no longer a link to {entry.path}. Make your changes in {entry.path}, and remove {link}."
            ) from None


def _remove(entry: "os.DirEntry[str]") -> None:
    if entry.is_symlink():
        Path(entry.path).unlink(missing_ok=True)
    elif entry.is_dir():
        _remove_links(Path(entry.path))


def _remove_links(directory: Path) -> None:
    """Remove the links in a mirrored directory, and the directory if it is then empty."""
    with os.scandir(directory) as scan:
        entries = list(scan)
    for entry in entries:
        _remove(entry)
    try:
        directory.rmdir()
    except OSError:  # not empty: the program wrote files into it
        return

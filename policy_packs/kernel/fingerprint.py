"""Fingerprint of a set of source files."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

CACHES = "__pycache__"


def fingerprint(files: Mapping[str, Path]) -> str:
    """Return one SHA-256, in hexadecimal, of all files in a mapping of names to paths.

    It depends only on the names and the contents, not on the order, the modification times or the paths.

    Raises:
        OSError: a file can't be read.
    """
    total = hashlib.sha256()
    for name, path in sorted(files.items()):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{content} {name}\n".encode())
    return total.hexdigest()


def files_below(directory: Path) -> Iterator[tuple[str, Path]]:
    """Yield name and path of every file below a directory, except compiled files.

    A name starts with the name of the directory.
    """
    for path in directory.rglob("*"):
        relative = path.relative_to(directory)
        if path.is_file() and CACHES not in relative.parts:
            yield f"{directory.name}/{relative.as_posix()}", path

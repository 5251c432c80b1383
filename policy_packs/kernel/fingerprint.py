"""Fingerprint of a set of source files."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

CACHES = "__pycache__"


def fingerprint(files: Mapping[str, Path]) -> str:
    """Return the SHA-256 of files by name, in hexadecimal.

    It depends on the names and contents only, not on the order, the modification times or the location.

    Raises:
        OSError: a file can't be read.
    """
    total = hashlib.sha256()
    for name, path in sorted(files.items()):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{content} {name}\n".encode())
    return total.hexdigest()


def files_below(directory: Path) -> Iterator[tuple[str, Path]]:
    """Yield all files below a directory, except compiled ones.

    Their names start with the directory's.
    """
    for path in directory.rglob("*"):
        relative = path.relative_to(directory)
        if path.is_file() and CACHES not in relative.parts:
            yield f"{directory.name}/{relative.as_posix()}", path

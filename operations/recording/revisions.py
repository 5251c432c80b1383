"""Graphs of another Git revision of this repository."""

import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from operations.recording.graph import PROJECT, SECONDS, Graph, RecordingError, parse

RECORDER = Path("operations", "recording", "recorder.py")


@contextmanager
def checked_out(revision: str, repository: Path = PROJECT) -> Iterator[Path]:
    """Export the files of a revision into a temporary directory.

    Raises RecordingError when the repository does not have the revision.
    """
    archive = subprocess.run(
        ["git", "-C", str(repository), "archive", "--format=tar", revision],  # noqa: S607  # Git from PATH
        capture_output=True,
        check=False,
    )
    if archive.returncode:
        raise RecordingError(f"Git cannot export revision {revision}: {archive.stderr.decode().strip()}")
    with tempfile.TemporaryDirectory(prefix="revision-") as directory:
        with tarfile.open(fileobj=BytesIO(archive.stdout)) as files:
            files.extractall(directory, filter="data")
        yield Path(directory)


def record_tree(tree: Path, environment: str) -> Graph:
    """Record an environment with an exported tree's program, settings and recorder.

    Raises RecordingError when the program fails, subprocess.TimeoutExpired when it does not end.
    """
    paths = os.pathsep.join((str(tree), str(tree / "rehearsal" / "src")))
    run = subprocess.run(
        [sys.executable, str(tree / RECORDER), str(tree), environment, str(tree / "stacks")],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": paths},
        timeout=SECONDS,
        cwd=tree,
    )
    if run.returncode:
        raise RecordingError(f"the program of {environment} failed in that revision: {run.stderr.strip()}")
    return parse(json.loads(run.stdout))

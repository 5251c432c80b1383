"""Graphs of another Git revision of this repository."""

import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from operations.recording.graph import PROJECT, Graph, RecordingError, run_recorder

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
    paths = (tree, tree / "rehearsal" / "src")
    try:
        return run_recorder(tree / RECORDER, tree, environment, tree / "stacks", python_path=paths, cwd=tree)
    except RecordingError as error:
        raise RecordingError(
            f"the program of {environment} failed at the older revision: {str(error).strip()}"
        ) from None

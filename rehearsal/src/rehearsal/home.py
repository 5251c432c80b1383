"""Directory layout of one rehearsal: inside the project, but ignored by Git."""

from dataclasses import dataclass
from pathlib import Path

DIRECTORY = ".rehearsal"


@dataclass(frozen=True)
class Home:
    """Directories of one rehearsal: `.rehearsal/<stack>/` below the project."""

    project: Path
    """Directory that holds Pulumi.yaml."""
    stack: str

    @property
    def root(self) -> Path:
        """Directory of this rehearsal; `down` empties it, except for the logs."""
        return self.project / DIRECTORY / self.stack

    @property
    def cache(self) -> Path:
        """Cache shared by the project's rehearsals: schemas and module names to preload."""
        return self.project / DIRECTORY / "cache"

    @property
    def logs(self) -> Path:
        """Log files, one per process."""
        return self.root / "logs"

    @property
    def data(self) -> Path:
        """Data of the real servers: etcd, PostgreSQL, Vault."""
        return self.root / "data"

    @property
    def bin(self) -> Path:
        """Shims that come first on the engine's PATH."""
        return self.root / "bin"

    @property
    def workspace(self) -> Path:
        """Directory of the engine: a mirror of the project, and its own stack file."""
        return self.root / "workspace"

    def make(self) -> None:
        """Create the directories, readable only by their owner, because they hold secrets."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        for directory in (self.logs, self.data, self.bin, self.workspace):
            directory.mkdir(exist_ok=True, mode=0o700)

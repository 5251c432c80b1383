"""Where one rehearsal keeps its things: one directory per stack below the project, never tracked."""

from dataclasses import dataclass
from pathlib import Path

DIRECTORY = ".rehearsal"


@dataclass(frozen=True)
class Home:
    """Directory layout of one rehearsal: `.rehearsal/<stack>/` below the project."""

    project: Path
    """Directory that holds Pulumi.yaml."""
    stack: str

    @property
    def root(self) -> Path:
        """Everything of this rehearsal; `ops rehearse down` removes it."""
        return self.project / DIRECTORY / self.stack

    @property
    def logs(self) -> Path:
        """One log file per process."""
        return self.root / "logs"

    @property
    def data(self) -> Path:
        """What the real servers keep: etcd, PostgreSQL, Vault."""
        return self.root / "data"

    @property
    def bin(self) -> Path:
        """Shims that come first on the engine's PATH."""
        return self.root / "bin"

    @property
    def workspace(self) -> Path:
        """Links to the project, beside a stack file of the rehearsal's own."""
        return self.root / "workspace"

    def make(self) -> None:
        """Create the directories, readable only by their owner: keys and tokens lie in them."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        for directory in (self.logs, self.data, self.bin, self.workspace):
            directory.mkdir(exist_ok=True, mode=0o700)

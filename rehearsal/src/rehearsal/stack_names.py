"""Names of a project's stacks, from its stack files."""

from difflib import get_close_matches
from pathlib import Path

MIN_SIMILARITY = 0.5
"""Lowest similarity of a name that is suggested (difflib); `develop` and `dev` have 0.6."""


def unknown_stack(project: Path, stack: str) -> str:
    """Return a message if a project has stack files, but none of this stack.

    A stack needs no file, so the message is only for a stack that is not being rehearsed.
    """
    names = sorted(path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in project.glob("Pulumi.*.yaml"))
    if not names or stack in names:
        return ""
    closest = get_close_matches(stack, names, 1, MIN_SIMILARITY)
    suggestion = f"; did you mean {closest[0]}?" if closest else "."
    return f"There is no stack called {stack} in {project}{suggestion} Its stacks are {', '.join(names)}."

"""Errors in settings files.

Exceptions::

    CampusError (components.errors)
    ├── SettingsError              one environment's settings file has mistakes; lists all of them
    └── UnknownEnvironmentError    no environment has that name
"""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from components.errors import CampusError
from validation_messages import Mistake, aligned

__all__ = ["Mistake", "SettingsError", "UnknownEnvironmentError"]
MIN_SIMILARITY = 0.5
"""Lowest similarity of a name that is suggested (difflib): `develop` suggests dev, and `qa` suggests nothing."""


class SettingsError(CampusError):
    """A settings file has mistakes.

    The message lists them in aligned columns, one per line.
    """

    def __init__(self, file: str, mistakes: Iterable[Mistake]) -> None:
        self.file = file
        self.mistakes = tuple(mistakes)
        count = len(self.mistakes)
        header = f"{file}: {count} mistake{'' if count == 1 else 's'}"
        lines = (f"  {line}" for line in aligned(self.mistakes))
        super().__init__("\n".join([header, *lines, "Nothing was changed."]))


class UnknownEnvironmentError(CampusError):
    """No environment has that name.

    The message suggests the closest name and lists all.
    """

    def __init__(self, name: str, known: Sequence[str]) -> None:
        closest = get_close_matches(name, known, 1, MIN_SIMILARITY)
        suggestion = f"; did you mean {closest[0]}?" if closest else "."
        super().__init__(
            f"There is no environment called {name}{suggestion} The environments are {', '.join(known)}.\n"
            "Nothing was changed."
        )

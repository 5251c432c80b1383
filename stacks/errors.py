"""Errors in settings files.

Exceptions::

    CampusError (components.errors)
    └── SettingsError    one environment's settings file has mistakes; lists all of them
"""

from collections.abc import Iterable

from components.errors import CampusError
from validation_messages import Mistake, aligned

__all__ = ["Mistake", "SettingsError"]


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

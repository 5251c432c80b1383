"""What is wrong with a settings file, told to the person who wrote it.

Exceptions::

    SettingsError    one environment's settings cannot be used; lists every mistake found
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Mistake:
    """One thing wrong: where (dotted key, or `line 7`), and one sentence without a full stop."""

    key: str
    sentence: str


class SettingsError(Exception):
    """Settings cannot be used; `str()` is the whole message, every mistake on its own aligned line."""

    def __init__(self, file: str, mistakes: Iterable[Mistake]) -> None:
        self.file = file
        self.mistakes = tuple(mistakes)
        super().__init__(self._text())

    def _text(self) -> str:
        count = len(self.mistakes)
        width = max((len(mistake.key) for mistake in self.mistakes), default=0)
        lines = (f"  {mistake.key:<{width}} {mistake.sentence}" for mistake in self.mistakes)
        return "\n".join([f"{self.file}: {count} mistake{'' if count == 1 else 's'}", *lines, "Nothing was changed."])

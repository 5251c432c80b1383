"""Rest of a text that begins with a known text and matches a pattern.

The derivative of a set of patterns by a character is the set of patterns that match the rest of the text.

Source: Brzozowski, "Derivatives of Regular Expressions", Journal of the ACM, 1964.
"""

from collections.abc import Iterable
from functools import lru_cache

Patterns = frozenset[str]


def remainders(patterns: Iterable[str], text: str) -> Patterns:
    """Return the patterns that match the rest of each text that begins with `text`.

    Case is ignored.
    """
    rest = normalized(pattern.lower() for pattern in patterns)
    for character in text.lower():
        rest = derivative(rest, character)
    return rest


def derivative(state: Patterns, character: str) -> Patterns:
    """Return the patterns of the rest after a character.

    An empty character stands for one that no pattern names.
    """
    derived = set()
    for each in state:
        rest = each.lstrip("*")
        if rest != each:
            derived.add(each)
        if rest and rest[0] in ("?", character):
            derived.add(rest[1:])
    return normalized(derived)


def normalized(patterns: Iterable[str]) -> Patterns:
    """Return a set in which equivalent patterns are equal.

    Stars in a row become one, and a pattern that matches everything replaces all others.
    """
    rests = frozenset(map(_single_stars, patterns))
    return frozenset("*") if "*" in rests else rests


@lru_cache(maxsize=65536)
def _single_stars(pattern: str) -> str:
    while "**" in pattern:
        pattern = pattern.replace("**", "*")
    return pattern

"""Patterns for what may follow the first characters of a text.

The derivative of a set of patterns with respect to a character matches what may follow this character in a text that
matches one of the patterns.

Source: Brzozowski, "Derivatives of Regular Expressions", Journal of the ACM, 1964.
"""

from collections.abc import Iterable
from functools import lru_cache

Patterns = frozenset[str]


def remainders(patterns: Iterable[str], text: str) -> Patterns:
    """Return patterns for what may follow `text` in texts that match `patterns`.

    Case is ignored.
    """
    rest = normalized(pattern.lower() for pattern in patterns)
    for character in text.lower():
        rest = derivative(rest, character)
    return rest


def derivative(state: Patterns, character: str) -> Patterns:
    """Return patterns for what may follow a character.

    An empty string stands for a character that no pattern contains literally.
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
    """Simplify a set of patterns, so that most equivalent sets become equal.

    Consecutive stars become one, and a pattern that matches everything replaces all others.
    """
    rests = frozenset(map(_single_stars, patterns))
    return frozenset("*") if "*" in rests else rests


@lru_cache(maxsize=65536)
def _single_stars(pattern: str) -> str:
    while "**" in pattern:
        pattern = pattern.replace("**", "*")
    return pattern

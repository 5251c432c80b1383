"""Names that a list of wildcard patterns covers together.

In `["role/a*", "role/b*", …, "role/z*"]` each pattern starts with a literal letter, yet the list covers every role. The
list as a whole is therefore compared with all names of a given length: it counts as covering every name if it matches
at least half of them. Half is enough, because leaving out a few letters hardly narrows a list.
"""

import re
import string
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Final

from policy_packs.security.pattern_remainders import Patterns, derivative, normalized, remainders
from policy_packs.security.patterns import before_name, covers_a_service, covers_every_resource, without_variables

LETTERS: Final = string.ascii_lowercase
"""Characters of names that people choose.

Digits and hyphens are left out, so that a list can count as covering without matching the names that contain them.
"""
HEXADECIMAL: Final = "0123456789abcdef"
"""Characters of names that AWS generates, such as i-0a1b2c."""
SHORTEST: Final = 3
LONGEST: Final = 24
"""Minimum and maximum length, in characters, of the names that are compared."""
MAX_DERIVATIVES: Final = 300_000
"""Maximum number of pattern derivatives in one comparison, about one second. A list of 26 prefixes needs 676."""

FEWEST: Final = len(HEXADECIMAL) // 2
"""Minimum length of a list that can cover half of all names, if every pattern starts with a literal character."""

# End of a pattern such as `a*/*`: everything in a bucket or group, after a wildcard at the end of its name.
_ANYTHING_BELOW: Final = re.compile(r"(?<=[*?])([/:][*?]+)+$")


def cover_most_names(patterns: Iterable[str], alphabets: Sequence[str] = (LETTERS, HEXADECIMAL)) -> bool:
    """Return True if the patterns match at least half of all names of some length.

    The names consist of the characters of one of the alphabets. Case is ignored. A list that is too intricate to
    compare counts as covering, because nobody can review it either.
    """
    rest = normalized(pattern.lower() for pattern in patterns)
    for alphabet in alphabets:
        possible = frozenset(each for each in rest if set(each) <= {*alphabet, "*", "?"})
        if 2 * sum(_largest_share(each, alphabet) for each in possible) >= 1 and _covers_half(possible, alphabet):
            return True
    return False


@lru_cache(maxsize=1024)
def _covers_half(start: Patterns, alphabet: str) -> bool:
    """Return True if the patterns match at least half of the names of some length.

    Names are grouped by state: the set of patterns that the rest of the name must match. For each state, only the
    number of names is stored.
    """
    names, matched, taken, states = 1, 0, 0, Counter({start: 1})
    for length in range(LONGEST + 1):
        matched += states.pop(frozenset("*"), 0)  # these match whatever follows
        exact = sum(count for state, count in states.items() if any(_matches_nothing_more(each) for each in state))
        if length >= SHORTEST and 2 * (matched + exact) >= names:
            return True
        if 2 * (matched + states.total()) < names:
            return False  # longer names extend these
        taken += sum(map(len, states)) * len(alphabet)
        if taken > MAX_DERIVATIVES:
            return True
        names, matched, states = names * len(alphabet), matched * len(alphabet), _lengthened(states, alphabet)
    return False


def _largest_share(pattern: str, alphabet: str) -> Fraction:
    """Return an upper bound of the share of names that a pattern matches.

    Before the first star and after the last, each literal character has a fixed position. The text between two stars
    may start at any position.
    """
    first, *between, last = pattern.split("*") if "*" in pattern else (pattern, "")
    bounds = [_share(first + last, alphabet), *(LONGEST * _share(each, alphabet) for each in between)]
    return min(Fraction(1), *bounds)


def _share(text: str, alphabet: str) -> Fraction:
    return Fraction(1, len(alphabet) ** len(text.replace("?", "")))


def _lengthened(states: Counter[Patterns], alphabet: str) -> Counter[Patterns]:
    """Return the states after one more character, with the number of names in each."""
    longer: Counter[Patterns] = Counter()
    for state, count in states.items():
        literal = sorted({each[0] for each in _without_leading_stars(state)} & set(alphabet))
        for character in literal:
            longer[derivative(state, character)] += count
        others = len(alphabet) - len(literal)
        if others:
            longer[derivative(state, "")] += others * count
    longer.pop(frozenset(), None)
    return longer


def _without_leading_stars(state: Patterns) -> Iterable[str]:
    return (rest for each in state if (rest := each.lstrip("*")))


def _matches_nothing_more(pattern: str) -> bool:
    """Return True if a pattern matches the empty text."""
    return not pattern.strip("*")


def covering_resources(patterns: Iterable[str]) -> tuple[str, ...]:
    """Return the patterns that cover all resources of a type, account or service.

    A pattern is included if it covers the resources alone or together with other patterns of the list.
    """
    return _covering_resources(tuple(patterns))


def covering_actions(patterns: Iterable[str]) -> tuple[str, ...]:
    """Return the patterns that cover all actions of at least one service.

    A pattern is included if it covers the actions alone or together with other patterns of the list.
    """
    return _covering_actions(tuple(patterns))


@lru_cache(maxsize=4096)
def _covering_resources(patterns: tuple[str, ...]) -> tuple[str, ...]:
    wild = {each: _ANYTHING_BELOW.sub("*", without_variables(each)) for each in patterns}
    together = _covering_together({each: (before_name(pattern), pattern) for each, pattern in wild.items()})
    return tuple(each for each in patterns if covers_every_resource(each) or each in together)


@lru_cache(maxsize=4096)
def _covering_actions(patterns: tuple[str, ...]) -> tuple[str, ...]:
    heads = {each: ("".join(each.partition(":")[:2]) if ":" in each else "", each) for each in patterns}
    together = _covering_together(heads)
    return tuple(each for each in patterns if covers_a_service(each) or each in together)


def _covering_together(patterns: Mapping[str, tuple[str, str]]) -> Collection[str]:
    """Return the patterns that cover every name together with others of the list.

    `patterns` maps each pattern to its head and to the text that is compared. The head is the part before the name; it
    is empty if the pattern has no name.
    """
    wild = {each: (head, text) for each, (head, text) in patterns.items() if head and set(text) & {"*", "?"}}
    if len(wild) < FEWEST:
        return ()
    texts = [text for _, text in wild.values()]
    heads = {_example(head) for head, _ in wild.values()}
    covered = {head for head in heads if cover_most_names(remainders(texts, head))}
    return {each for each, (head, _) in wild.items() if _example(head) in covered}


def _example(head: str) -> str:
    """Return a text that the head of a pattern matches."""
    return head.lower().replace("*", "x").replace("?", "x")

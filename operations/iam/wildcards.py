"""Short action patterns, because IAM limits the size of a policy document."""

from collections.abc import Collection, Iterable
from fnmatch import fnmatchcase
from itertools import groupby


def shorten(actions: Collection[str], others: Collection[str]) -> tuple[str, ...]:
    """Return patterns that match all of the actions and none of the others.

    A pattern is `service:*`, or has `*` in place of the first or last words of an action's name. The patterns that save
    the most characters are chosen first, so the result is short but not always the shortest.
    """
    patterns: list[str] = []
    for service, names in groupby(sorted(actions), key=_service):
        rivals = [each for each in others if _service(each) == service]
        patterns += _shorten_service(service, list(names), rivals)
    return tuple(patterns)


def _shorten_service(service: str, actions: list[str], rivals: list[str]) -> Iterable[str]:
    candidates = {
        pattern: covered
        for pattern in {f"{service}:*", *(pattern for action in actions for pattern in _patterns(action))}
        if not any(fnmatchcase(rival, pattern) for rival in rivals)
        and len(covered := frozenset(each for each in actions if fnmatchcase(each, pattern))) > 1
    }
    left, chosen = set(actions), []
    while candidates:
        pattern = max(sorted(candidates), key=lambda each: _saving(each, candidates[each] & left))
        if _saving(pattern, candidates[pattern] & left) <= 0:
            break
        chosen.append(pattern)
        left -= candidates.pop(pattern)
    return sorted((*chosen, *left))


def _saving(pattern: str, covered: Iterable[str]) -> int:
    """Return the number of characters that a pattern saves in JSON."""
    return sum(len(each) + 3 for each in covered) - len(pattern) - 3


def _patterns(action: str) -> Iterable[str]:
    """Yield patterns with `*` in place of the first or last words of an action's name."""
    service, _, name = action.partition(":")
    starts = [position for position, letter in enumerate(name) if letter.isupper()][1:]
    for position in starts:
        yield f"{service}:{name[:position]}*"
        yield f"{service}:*{name[position:]}"


def _service(action: str) -> str:
    return action.partition(":")[0]

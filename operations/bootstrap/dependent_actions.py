"""Dependent actions: actions that AWS needs in addition to the action of a call.

For example, creating a flow log also needs `iam:PassRole`. AWS's Service Authorization Reference lists them per action.
Some apply only to certain arguments or resource types; `handler_exceptions.yaml` lists those that the program does not
need.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class DependentPermission:
    """An action that another action may need."""

    needed_by: str
    action: str


def dependent_permissions(
    actions: Iterable[str], dependent: Mapping[str, Iterable[str]]
) -> Iterator[DependentPermission]:
    """Yield the dependent actions of each action."""
    for action in sorted(actions):
        for needed in dependent.get(action, ()):
            yield DependentPermission(action, needed)


def with_dependent_actions(
    actions: Iterable[str], is_needed: Callable[[str], bool], dependent: Mapping[str, Iterable[str]]
) -> frozenset[str]:
    """Return the needed actions and, transitively, their dependent actions."""
    found: set[str] = set()
    added = {each for each in actions if is_needed(each)}
    while added:
        found |= added
        added = {each.action for each in dependent_permissions(added, dependent) if is_needed(each.action)} - found
    return frozenset(found)

"""Kubernetes lists, such as PodList: each item is a resource of its own.

The API has lists of every kind, and a kind of list for items of any kind (`List`). Their items would otherwise bypass
the rules on the items' types.
"""

from collections.abc import Iterable, Iterator

from policy_packs.kernel.errors import RuleStoppedError
from policy_packs.kernel.resource import Fields, Resource

ITEMS = "items"
_PACKAGE, _SUFFIX = "kubernetes:", "List"


def is_list(resource: Resource) -> bool:
    """Return True for a list kind with items.

    A kind whose name happens to end with "List" has no items.

    Raises UnknownValue if the items are unknown.
    """
    return resource.type.startswith(_PACKAGE) and resource.type.endswith(_SUFFIX) and ITEMS in resource


def with_items(resources: Iterable[Resource]) -> Iterator[Resource]:
    """Yield resources, with the items of a list in place of the list.

    A list that has unknown or malformed parts is yielded too. The rule on reviewed types reports it.
    """
    for resource in resources:
        try:
            if is_list(resource):
                yield from with_items(_items(resource))
            else:
                yield resource
        except RuleStoppedError:
            yield resource


def _items(resource: Resource) -> Iterator[Resource]:
    for index, item in enumerate(resource.each(ITEMS)):
        for each in sorted(_types(resource.type, item)):
            yield resource.part(each, f"{ITEMS}.{index}")


def _types(list_type: str, item: Fields) -> set[str]:
    """Return the type that a list gives its items, and the type that an item states.

    An item of a `List` that states none keeps the type of the list, which has no rules and therefore blocks.
    """
    version, kind = item.text("apiVersion"), item.text("kind")
    group, _, list_kind = list_type.removeprefix(_PACKAGE).rpartition(":")
    stated = version or group
    types = {f"{_PACKAGE}{stated if '/' in stated else f'core/{stated}'}:{kind}"} if kind else set()
    if list_kind != _SUFFIX:
        types.add(f"{_PACKAGE}{group}:{list_kind.removesuffix(_SUFFIX)}")
    return types or {list_type}

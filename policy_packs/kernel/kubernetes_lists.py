"""Kubernetes lists, such as PodList: each item is judged as a resource of its own.

Kubernetes has a list type for every kind of object, and the type `List` for objects of any kind. Without this module,
objects in a list would bypass the rules on their types.
"""

from collections.abc import Iterable, Iterator

from policy_packs.kernel.errors import RuleStoppedError
from policy_packs.kernel.resource import Fields, Resource

ITEMS = "items"
_PACKAGE, _SUFFIX = "kubernetes:", "List"


def is_list(resource: Resource) -> bool:
    """Return True if a resource is a Kubernetes list.

    A resource without `items` isn't a list, although the name of its kind may end with "List".

    Raises UnknownValue if the items are unknown.
    """
    return resource.type.startswith(_PACKAGE) and resource.type.endswith(_SUFFIX) and ITEMS in resource


def with_items(resources: Iterable[Resource]) -> Iterator[Resource]:
    """Yield resources, with the items of a list in place of the list.

    A list with unknown or malformed items is itself yielded too, so that the rule on reviewed types reports it.
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
    """Return the resource types as which an item of a list is judged.

    The type of the list implies a type: an item of a PodList is a Pod. The item can also have its own `apiVersion` and
    `kind`. If the two types differ, the item is judged as both. An item of a `List` without a `kind` gets the type of
    the list, which has neither rules nor a review, so the rule on reviewed types blocks it.
    """
    version, kind = item.text("apiVersion"), item.text("kind")
    group, _, list_kind = list_type.removeprefix(_PACKAGE).rpartition(":")
    stated = version or group
    types = {f"{_PACKAGE}{stated if '/' in stated else f'core/{stated}'}:{kind}"} if kind else set()
    if list_kind != _SUFFIX:
        types.add(f"{_PACKAGE}{group}:{list_kind.removesuffix(_SUFFIX)}")
    return types or {list_type}

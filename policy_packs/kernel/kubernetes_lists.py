"""Kubernetes lists and kinds: rules judge the objects that are really created.

Kubernetes has a list type for every kind of object, such as PodList, and the type `List` for objects of any kind. Each
item is judged as a resource of its own. Without this module, objects in a list would bypass the rules on their types.
"""

from collections.abc import Iterable, Iterator

from policy_packs.kernel.errors import RuleStoppedError
from policy_packs.kernel.resource import Fields, Resource

ITEMS = "items"
_PACKAGE, _SUFFIX, _PATCH, _CORE = "kubernetes:", "List", "Patch", "core/"


def is_list(resource: Resource) -> bool:
    """Return True if a resource is a Kubernetes list.

    A resource without `items` isn't a list, although the name of its kind may end with "List".

    Raises UnknownValue if the items are unknown.
    """
    return resource.type.startswith(_PACKAGE) and resource.type.endswith(_SUFFIX) and ITEMS in resource


def states_another_type(resource: Resource) -> bool:
    """Return True if an object is not of the type of its resource.

    Objects state their type as `apiVersion` and `kind`. The Kubernetes provider creates the object that is stated,
    whatever the resource type is. The object of a patch states the kind without the suffix of the type. An object that
    states neither has the type of its resource.

    Raises UnknownValue if one of the two is unknown.
    """
    if not resource.type.startswith(_PACKAGE):
        return False
    version, kind = resource.text("apiVersion"), resource.text("kind")
    group, _, type_kind = resource.type.removeprefix(_PACKAGE).rpartition(":")
    return version not in {None, group.removeprefix(_CORE)} or kind not in {
        None,
        type_kind,
        type_kind.removesuffix(_PATCH),
    }


def with_items(resources: Iterable[Resource]) -> Iterator[Resource]:
    """Yield resources, with the items of a list in place of the list.

    A list is itself yielded too if it states another type, so that the rule on kinds reports it, and if its items are
    unknown or malformed, so that the rule on reviewed types reports it.
    """
    for resource in resources:
        try:
            if is_list(resource):
                if states_another_type(resource):
                    yield resource
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
    types = {f"{_PACKAGE}{stated if '/' in stated else f'{_CORE}{stated}'}:{kind}"} if kind else set()
    if list_kind != _SUFFIX:
        types.add(f"{_PACKAGE}{group}:{list_kind.removesuffix(_SUFFIX)}")
    return types or {list_type}

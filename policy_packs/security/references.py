"""References between resources.

The engine reports the source of a value even while the value itself is unknown.
"""

from collections.abc import Mapping, Sequence

from policy_packs.kernel.registry import Stack
from policy_packs.kernel.resource import Resource


def is_set_by_program(resource: Resource, path: str) -> bool:
    """Return True if the program itself sets a property.

    At the end of a run, properties also have values that the provider filled in. A security group, for example, then
    also lists rules that are separate resources.
    """
    return path in resource.inputs


def source_urns(resources: Sequence[Resource], path: str) -> frozenset[str]:
    """Return the URNs of resources from which a property gets its value."""
    return frozenset[str]().union(*(resource.property_dependencies.get(path, frozenset()) for resource in resources))


def unreferenced(targets: Sequence[Resource], referrers: Sequence[Resource], path: str) -> list[Resource]:
    """Return the targets to which no referrer's property `path` refers."""
    referenced = source_urns(referrers, path)
    return [target for target in targets if target.urn not in referenced]


def companions(main: Resource, candidates: Sequence[Resource], path: str, name: str) -> list[Resource]:
    """Return the candidates that belong to `main`.

    A candidate belongs if its property `path` gets its value from `main`. If no candidate does, candidates
    whose `path` equals the property `name` of `main` belong to it.
    """
    dependent = [each for each in candidates if main.urn in each.property_dependencies.get(path, ())]
    return dependent or [
        each for each in candidates if not each.property_dependencies.get(path) and each[path] == main[name]
    ]


def referrers(stack: Stack) -> Mapping[str, list[Resource]]:
    """Return a mapping of each resource's URN to the resources that refer to it."""
    by_urn: dict[str, list[Resource]] = {}
    for resource in stack.resources:
        for urn in frozenset[str]().union(*resource.property_dependencies.values()):
            by_urn.setdefault(urn, []).append(resource)
    return by_urn

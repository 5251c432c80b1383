"""References between resources: known from where a value comes from, even while the value is unknown."""

from collections.abc import Mapping, Sequence

from policy_packs.kernel.registry import Stack
from policy_packs.kernel.resource import Resource


def is_set_by_program(resource: Resource, path: str) -> bool:
    """Whether the program itself gives a property.

    At the end of a run the properties are those that the cloud answers, what it filled in included: AWS lists in a
    security group also the rules that are resources of their own.
    """
    return path in resource.property_dependencies


def source_urns(resources: Sequence[Resource], path: str) -> frozenset[str]:
    """URNs of what a property of these resources comes from."""
    return frozenset[str]().union(*(resource.property_dependencies.get(path, frozenset()) for resource in resources))


def unreferenced(mains: Sequence[Resource], others: Sequence[Resource], path: str) -> list[Resource]:
    """The resources that the property `path` of none of the others comes from."""
    found = source_urns(others, path)
    return [main for main in mains if main.urn not in found]


def companions(main: Resource, others: Sequence[Resource], path: str, name: str) -> list[Resource]:
    """Those whose property `path` comes from `main`; failing that, those that name it as its property `name` does."""
    found = [other for other in others if main.urn in other.property_dependencies.get(path, ())]
    return found or [
        other for other in others if not other.property_dependencies.get(path) and other[path] == main[name]
    ]


def referrers(stack: Stack) -> Mapping[str, list[Resource]]:
    """By URN, the resources that have a value of it in one of their properties."""
    found: dict[str, list[Resource]] = {}
    for resource in stack.resources:
        for urn in frozenset[str]().union(*resource.property_dependencies.values()):
            found.setdefault(urn, []).append(resource)
    return found

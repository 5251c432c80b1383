"""Tags of a resource, from the resource itself and from its provider's defaults."""

from collections.abc import Iterator

from policy_packs.kernel.errors import UnknownValue
from policy_packs.kernel.resource import Fields, Reader, Resource

REQUIRED = ("project", "environment", "team", "feature", "owner", "cost-centre", "data-classification")


class Tags:
    """A resource's own tags over its provider's default tags. Values are read lazily.

    `tagsAll` is the provider's result at update, defaults and own tags together, so own tags come last. It may be
    unknown in a stack's preview; `ignore_unknown_defaults` then does without it.
    """

    def __init__(self, resource: Resource, *, ignore_unknown_defaults: bool = False) -> None:
        self._locations: dict[str, tuple[Reader, str]] = {}
        if resource.provider and (defaults := resource.provider.document("defaultTags")):
            self._add(defaults, "tags")
        try:
            self._add(resource, "tagsAll")
        except UnknownValue:
            if not ignore_unknown_defaults:
                raise
        self._add(resource, "tags")

    def _add(self, parent: Reader, key: str) -> None:
        value = parent[key]
        if isinstance(value, Fields):
            self._locations.update({name: (value, name) for name in value})
        elif value is not None:
            # Auto Scaling groups: a list of {key, value, propagateAtLaunch}.
            self._locations.update({name: (pair, "value") for pair in parent.each(key) if (name := pair.text("key"))})

    def __iter__(self) -> Iterator[str]:
        return iter(self._locations)

    def value(self, key: str) -> str | None:
        """Return the value of a tag, None if absent."""
        parent, path = self._locations.get(key, (None, ""))
        return parent.text(path) if parent is not None else None

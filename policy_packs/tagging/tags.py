"""The tags a resource will carry, wherever they come from."""

from collections.abc import Iterator

from policy_packs.kernel.errors import UnknownValue
from policy_packs.kernel.resource import Fields, Reader, Resource

REQUIRED = ("project", "environment", "team", "feature", "owner", "cost-centre", "data-classification")


class Tags:
    """A resource's own tags over those its provider adds by default. Values are read when asked.

    `tagsAll` is what the provider says at update that AWS will have: defaults and own ones together, so that own ones
    have the last word there too. In a stack's preview it may not be known yet; `ahead` does without it then.
    """

    def __init__(self, resource: Resource, *, ahead: bool = False) -> None:
        self._places: dict[str, tuple[Reader, str]] = {}
        if resource.provider and (defaults := resource.provider.document("defaultTags")):
            self._add(defaults, "tags")
        try:
            self._add(resource, "tagsAll")
        except UnknownValue:
            if not ahead:
                raise
        self._add(resource, "tags")

    def _add(self, holder: Reader, key: str) -> None:
        value = holder[key]
        if isinstance(value, Fields):
            self._places.update({name: (value, name) for name in value})
        elif value is not None:
            # Auto Scaling groups: a list of {key, value, propagateAtLaunch}.
            self._places.update({name: (pair, "value") for pair in holder.each(key) if (name := pair.text("key"))})

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def value(self, key: str) -> str | None:
        """The tag's value, None when absent."""
        holder, path = self._places.get(key, (None, ""))
        return holder.text(path) if holder is not None else None

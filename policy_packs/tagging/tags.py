"""Tags of a resource, from the resource itself and from its provider's defaults."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from policy_packs.kernel.errors import UnknownValue
from policy_packs.kernel.resource import Fields, Reader, Resource

REQUIRED = ("project", "environment", "team", "feature", "owner", "cost-centre", "data-classification")

_TYPES = json.loads(Path(__file__).with_name("taggable.json").read_text(encoding="utf-8"))
TAGGABLE: frozenset[str] = frozenset(_TYPES["types"])
"""AWS resource types that accept tags."""
WITHOUT_DEFAULTS: frozenset[str] = frozenset(_TYPES["withoutDefaultTags"])
"""Types to which AWS's provider does not apply its default tags."""


def named(keys: Sequence[str]) -> str:
    """Return "the tag `A`" or "the tags `A`, `B`", for a message about missing tags."""
    return f"the {'tag' if len(keys) == 1 else 'tags'} {', '.join(f'`{key}`' for key in keys)}"


def each_of(keys: Sequence[str]) -> str:
    """Return "it" for one tag and "each" for several, for a message about them."""
    return "it" if len(keys) == 1 else "each"


class Tags:
    """Tags of a resource: its own tags and its provider's default tags.

    Own tags take precedence. A value is read only when a rule asks for it. Default tags come from the provider and, at
    update, from `tagsAll`, which also has the resource's own tags. In a preview of the whole stack, `tagsAll` may be
    unknown. With `ignore_unknown_defaults`, it is then left out.
    """

    def __init__(self, resource: Resource, *, ignore_unknown_defaults: bool = False) -> None:
        self._locations: dict[str, tuple[Reader, str]] = {}
        if (
            resource.provider
            and resource.type not in WITHOUT_DEFAULTS
            and (defaults := resource.provider.document("defaultTags"))
        ):
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
        """Return the value of a tag, or None if absent."""
        parent, path = self._locations.get(key, (None, ""))
        return parent.text(path) if parent is not None else None

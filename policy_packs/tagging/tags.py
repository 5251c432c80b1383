"""Tags of a resource, from the resource itself and from its provider's defaults."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from policy_packs.kernel.errors import UnknownValue
from policy_packs.kernel.resource import Fields, Reader, Resource

REQUIRED = ("project", "environment", "team", "feature", "owner", "cost-centre", "data-classification")

_TYPES = json.loads(Path(__file__).with_name("taggable.json").read_text(encoding="utf-8"))
TAGGABLE: frozenset[str] = frozenset(_TYPES["types"])
"""AWS types with tags."""
WITHOUT_DEFAULTS: frozenset[str] = frozenset(_TYPES["withoutDefaultTags"])
"""Types to which AWS's provider does not apply its default tags."""


def named(keys: Sequence[str]) -> str:
    """Return the keys of missing tags after "the tag" or "the tags", for a message."""
    return f"the {'tag' if len(keys) == 1 else 'tags'} {', '.join(keys)}"


def each_of(keys: Sequence[str]) -> str:
    """Return the pronoun of one tag or of several."""
    return "it" if len(keys) == 1 else "each"


class Tags:
    """Tags of a resource, which override its provider's default tags.

    Values are read lazily. At update, `tagsAll` has default tags and own tags together, so own tags are added last. In
    a stack's preview, `tagsAll` may be unknown. `ignore_unknown_defaults` then leaves it out.
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

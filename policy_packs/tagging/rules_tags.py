"""What tags say: who pays, who owns, where it belongs and which data it holds, on everything that can carry tags.

A cost report, an incident and an audit each start from a tag; a resource without them belongs to nobody.
"""

import json
from pathlib import Path

from policy_packs.kernel.context import Context, Environment
from policy_packs.kernel.registry import Findings, Level, Levels, Severity, rule
from policy_packs.kernel.resource import Fields, Reader, Resource

REQUIRED = ("project", "environment", "team", "feature", "owner", "cost-centre", "data-classification")
DATA_CLASS = {
    Environment.DEV: "synthetic",
    Environment.STAGING: "sanitised",
    Environment.PREPROD: "restricted-subset",
    Environment.PROD: "full",
}
PLACEHOLDERS = frozenset(
    {"todo", "tbd", "fixme", "changeme", "unknown", "none", "n/a", "na", "-", "?", "x", "xxx", "test"}
)
TAGGABLE: frozenset[str] = frozenset(
    json.loads(Path(__file__).with_name("taggable.json").read_text(encoding="utf-8"))["types"]
)


class Tags:
    """The tags a resource will carry: its own over those its provider adds by default. Values are read when asked."""

    def __init__(self, resource: Resource) -> None:
        self._places: dict[str, tuple[Reader, str]] = {}
        if resource.provider and (defaults := resource.provider.document("defaultTags")):
            self._add(defaults, "tags")
        self._add(resource, "tagsAll")
        self._add(resource, "tags")

    def _add(self, holder: Reader, key: str) -> None:
        value = holder[key]
        if isinstance(value, Fields):
            self._places.update({name: (value, name) for name in value})
        elif value is not None:
            # Auto Scaling groups: a list of {key, value, propagateAtLaunch}.
            self._places.update({name: (pair, "value") for pair in holder.each(key) if (name := pair.text("key"))})

    def __contains__(self, key: str) -> bool:
        """Whether the tag is there, be its value known or not."""
        return key in self._places

    def value(self, key: str) -> str | None:
        """The tag's value, None when absent."""
        holder, path = self._places.get(key, (None, ""))
        return holder.text(path) if holder is not None else None


@rule("tags-must-be-complete", on=TAGGABLE, severity=Severity.MEDIUM)
def complete(resource: Resource) -> Findings:
    """Cost allocation, incident response and audits find a resource by its tags."""
    tags = Tags(resource)
    if missing := [key for key in REQUIRED if key not in tags]:
        yield f"missing tags: {', '.join(missing)}; take all seven from the environment's settings"
    if empty := [key for key in REQUIRED if key in tags and tags.value(key) is None]:
        yield f"tags without a value: {', '.join(empty)}; take all seven from the environment's settings"


@rule("tags-must-match-environment", on=TAGGABLE, severity=Severity.MEDIUM)
def environment(resource: Resource, context: Context) -> Findings:
    """A resource tagged with another environment is paid for, paged for and cleaned up by the wrong people."""
    found = Tags(resource).value("environment")
    if found is None:
        return
    if found not in set(Environment):
        yield f"tag environment is {found!r}; it must be one of {', '.join(Environment)}"
    elif found != context.environment:
        judged = f"stack {context.stack}" if context.standard else f"stack {context.stack!r}, judged as prod"
        yield f"tag environment is {found!r} in {judged}; set it to {str(context.environment)!r}"


@rule("tags-must-match-data-class", on=TAGGABLE, severity=Severity.HIGH)
def data_class(resource: Resource, context: Context) -> Findings:
    """Which data an environment may hold is fixed: real students' data never leaves preprod and prod."""
    expected = DATA_CLASS[context.environment]
    found = Tags(resource).value("data-classification")
    if found is not None and found != expected:
        yield f"tag data-classification is {found!r}; {context.environment} holds {expected!r} data and no other"


@rule(
    "tags-must-name-someone",
    on=TAGGABLE,
    # Nobody is paged for dev, and what is tried out there may not have an owner yet.
    level=Levels(dev=Level.ADVISORY),
    severity=Severity.LOW,
)
def meaningful(resource: Resource) -> Findings:
    """A tag that is filled in for the form's sake hides that nobody is responsible."""
    tags = Tags(resource)
    for key in REQUIRED:
        value = tags.value(key)
        if value is None:
            continue
        if not value.strip() or value.strip().lower() in PLACEHOLDERS:
            yield f"tag {key} is {value!r}, which names nothing; give the real {key}"
        elif value != value.strip():
            yield f"tag {key} is {value!r}; remove the spaces around it, or reports count it apart"

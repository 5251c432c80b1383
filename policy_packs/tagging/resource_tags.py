"""The seven tags of every resource that can carry tags.

Payer, owner, environment and class of data.

Cost reports, incidents and audits each start from a tag.
"""

import json
import re
from pathlib import Path

from policy_packs.kernel.context import Context
from policy_packs.kernel.registry import Findings, Level, Levels, Severity, rule
from policy_packs.kernel.resource import Resource
from policy_packs.tagging import allowed_values
from policy_packs.tagging.tags import REQUIRED, Tags

TAGGABLE: frozenset[str] = frozenset(
    json.loads(Path(__file__).with_name("taggable.json").read_text(encoding="utf-8"))["types"]
)
MAX_TAGS, MAX_KEY_LENGTH, MAX_VALUE_LENGTH = 50, 128, 256
"""Limits of AWS (Tagging AWS resources user guide, "Tag naming limits and requirements")."""
_VALID_TEXT = re.compile(r"[\w\s+\-=.:/@]*")
_RESERVED_PREFIX = "aws:"


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
    """A resource tagged with another environment is paid for, alerted on and cleaned up by the wrong people."""
    yield from allowed_values.environment("tag environment", Tags(resource).value("environment"), context)


@rule("tags-must-match-data-class", on=TAGGABLE, severity=Severity.HIGH, settings=allowed_values.DATA_CLASSES)
def data_class(resource: Resource, context: Context) -> Findings:
    """The data that an environment may hold is fixed: real students' data never leaves preprod and prod."""
    value = Tags(resource).value("data-classification")
    yield from allowed_values.data_class("tag data-classification", value, context)


@rule(
    "tags-must-name-someone",
    on=TAGGABLE,
    # dev pages nobody, and experiments there may not have an owner yet.
    level=Levels(dev=Level.ADVISORY),
    severity=Severity.LOW,
)
def meaningful(resource: Resource) -> Findings:
    """A placeholder in a tag hides that nobody is responsible."""
    tags = Tags(resource)
    for key in REQUIRED:
        yield from allowed_values.meaning(f"tag {key}", tags.value(key))


@rule("tags-must-name-a-known-team", on=TAGGABLE, severity=Severity.MEDIUM, settings=allowed_values.PAYERS)
def known_team(resource: Resource, context: Context) -> Findings:
    """Chargeback needs names from one list: nobody pays the bill of an unknown team or project."""
    tags = Tags(resource)
    yield from allowed_values.project("tag project", tags.value("project"), context)
    yield from allowed_values.team("tag team", tags.value("team"), context)


@rule("tags-must-charge-the-teams-cost-centre", on=TAGGABLE, severity=Severity.MEDIUM, settings=allowed_values.PAYERS)
def cost_centre(resource: Resource, context: Context) -> Findings:
    """Finance books by cost centre, engineering thinks in teams: both must name the same payer."""
    tags = Tags(resource)
    yield from allowed_values.cost_centre("tag cost-centre", tags.value("cost-centre"), tags.value("team"), context)


@rule("tags-must-be-spelt-one-way", on=TAGGABLE, severity=Severity.LOW)
def spelling(resource: Resource) -> Findings:
    """AWS tag keys are case-sensitive: a second spelling is a second column in every cost report."""
    for key in Tags(resource):
        normalised = re.sub(r"[\s_]+", "-", key.strip().lower()).replace("center", "centre")
        if normalised in REQUIRED and key != normalised:
            yield f"tag {key!r} is another spelling of {normalised!r}; keep only {normalised!r}"


@rule("tags-must-be-what-aws-takes", on=TAGGABLE, severity=Severity.LOW)
def acceptable(resource: Resource) -> Findings:
    """AWS rejects an invalid tag in the middle of an update, when half of the resources are done."""
    tags = Tags(resource)
    if (count := len(tuple(tags))) > MAX_TAGS:
        yield f"{count} tags; AWS allows {MAX_TAGS} per resource: remove some"
    for key in tags:
        if key.lower().startswith(_RESERVED_PREFIX):
            yield f"tag {key!r} begins with {_RESERVED_PREFIX!r}, which is reserved by AWS; rename it"
        if not 0 < len(key) <= MAX_KEY_LENGTH or not _VALID_TEXT.fullmatch(key):
            yield (
                f"tag {key!r}: invalid AWS tag key; use 1 to {MAX_KEY_LENGTH} letters, digits, spaces, + - = . _ : / @"
            )
        value = tags.value(key) or ""
        if len(value) > MAX_VALUE_LENGTH or not _VALID_TEXT.fullmatch(value):
            yield (
                f"tag {key!r}: invalid AWS tag value; use at most {MAX_VALUE_LENGTH} letters, digits, spaces, "
                "+ - = . _ : / @"
            )

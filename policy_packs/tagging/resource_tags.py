"""The seven tags of every resource that can carry tags.

They name the payer, owner, environment and data classification. Cost reports, incident response and audits start from
them.
"""

import re

from policy_packs.kernel.context import Context
from policy_packs.kernel.registry import Findings, Level, Levels, Severity, rule
from policy_packs.kernel.resource import Resource
from policy_packs.tagging import allowed_values
from policy_packs.tagging.tags import REQUIRED, TAGGABLE, Tags, each_of, named

MAX_TAGS, MAX_KEY_LENGTH, MAX_VALUE_LENGTH = 50, 128, 256
"""Limits of AWS (Tagging AWS resources user guide, "Tag naming limits and requirements")."""
_VALID_TEXT = re.compile(r"[\w\s+\-=.:/@]*")
_RESERVED_PREFIX = "aws:"


@rule("tags-must-be-complete", on=TAGGABLE, severity=Severity.MEDIUM)
def complete(resource: Resource) -> Findings:
    """Cost allocation, incident response and audits find resources by their tags."""
    tags = Tags(resource)
    if missing := [key for key in REQUIRED if key not in tags]:
        yield f"The resource lacks {named(missing)}. Add {each_of(missing)} here or to the provider's default tags."
    if empty := [key for key in REQUIRED if key in tags and tags.value(key) is None]:
        yield f"The resource has no value for {named(empty)}. Set {each_of(empty)}."


@rule("tags-must-match-environment", on=TAGGABLE, severity=Severity.MEDIUM)
def environment(resource: Resource, context: Context) -> Findings:
    """A resource tagged with another environment is paid for, alerted on and cleaned up by the wrong people."""
    yield from allowed_values.environment("Tag `environment`", Tags(resource).value("environment"), context)


@rule("tags-must-match-data-class", on=TAGGABLE, severity=Severity.HIGH, settings=allowed_values.DATA_CLASSES)
def data_class(resource: Resource, context: Context) -> Findings:
    """Each environment may hold one class of data, and the data of real students stays in preprod and prod."""
    value = Tags(resource).value("data-classification")
    yield from allowed_values.data_class("Tag `data-classification`", value, context)


@rule(
    "tags-must-name-someone",
    on=TAGGABLE,
    # Nobody is paged for dev, and experiments there often have no owner yet.
    level=Levels(dev=Level.ADVISORY),
    severity=Severity.LOW,
)
def meaningful(resource: Resource) -> Findings:
    """A placeholder in a tag hides the fact that nobody is responsible."""
    tags = Tags(resource)
    for key in REQUIRED:
        yield from allowed_values.meaning(f"Tag `{key}`", tags.value(key))


@rule("tags-must-name-a-known-team", on=TAGGABLE, severity=Severity.MEDIUM, settings=allowed_values.PAYERS)
def known_team(resource: Resource, context: Context) -> Findings:
    """Chargeback needs names from one list, because nobody pays the bill of an unknown team or project."""
    tags = Tags(resource)
    yield from allowed_values.project("Tag `project`", tags.value("project"), context)
    yield from allowed_values.team("Tag `team`", tags.value("team"), context)


@rule("tags-must-charge-the-teams-cost-centre", on=TAGGABLE, severity=Severity.MEDIUM, settings=allowed_values.PAYERS)
def cost_centre(resource: Resource, context: Context) -> Findings:
    """Finance charges cost centres, and engineers work in teams, so both tags must name the same payer."""
    tags = Tags(resource)
    yield from allowed_values.cost_centre("Tag `cost-centre`", tags.value("cost-centre"), tags.value("team"), context)


@rule("tags-must-be-spelt-one-way", on=TAGGABLE, severity=Severity.LOW)
def spelling(resource: Resource) -> Findings:
    """AWS tag keys are case-sensitive, so a second spelling becomes a second column in every cost report."""
    for key in Tags(resource):
        normalised = re.sub(r"[\s_]+", "-", key.strip().lower()).replace("center", "centre")
        if normalised in REQUIRED and key != normalised:
            yield f"Tag {key!r} is another spelling of {normalised!r}. Keep only {normalised!r}."


@rule("tags-must-be-what-aws-takes", on=TAGGABLE, severity=Severity.LOW)
def acceptable(resource: Resource) -> Findings:
    """AWS rejects an invalid tag only during the update, when other resources have already changed."""
    tags = Tags(resource)
    if (count := len(tuple(tags))) > MAX_TAGS:
        yield f"The resource has {count} tags, but AWS allows {MAX_TAGS}. Remove some."
    for key in tags:
        if key.lower().startswith(_RESERVED_PREFIX):
            yield f"Tag {key!r} begins with {_RESERVED_PREFIX!r}, which AWS reserves. Rename it."
        if not 0 < len(key) <= MAX_KEY_LENGTH or not _VALID_TEXT.fullmatch(key):
            yield (
                f"Tag {key!r} is not a valid AWS tag key. Use 1 to {MAX_KEY_LENGTH} letters, digits, spaces and "
                "+ - = . _ : / @."
            )
        value = tags.value(key) or ""
        if len(value) > MAX_VALUE_LENGTH or not _VALID_TEXT.fullmatch(value):
            yield (
                f"Tag {key!r} does not have a valid AWS tag value. Use at most {MAX_VALUE_LENGTH} letters, digits, "
                "spaces and + - = . _ : / @."
            )

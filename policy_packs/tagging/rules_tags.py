"""What tags say: who pays, who owns, where it belongs and which data it holds, on everything that can carry tags.

A cost report, an incident and an audit each start from a tag; a resource without them belongs to nobody.
"""

import json
import re
from pathlib import Path

from policy_packs.kernel.context import Context
from policy_packs.kernel.registry import Findings, Level, Levels, Severity, rule
from policy_packs.kernel.resource import Resource
from policy_packs.tagging import values
from policy_packs.tagging.tags import REQUIRED, Tags

TAGGABLE: frozenset[str] = frozenset(
    json.loads(Path(__file__).with_name("taggable.json").read_text(encoding="utf-8"))["types"]
)
MOST_TAGS, LONGEST_KEY, LONGEST_VALUE = 50, 128, 256
"""What AWS takes (Tagging AWS resources user guide, "Tag naming limits and requirements")."""
_ALLOWED = re.compile(r"[\w\s+\-=.:/@]*")
_RESERVED = "aws:"


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
    yield from values.environment("tag environment", Tags(resource).value("environment"), context)


@rule("tags-must-match-data-class", on=TAGGABLE, severity=Severity.HIGH)
def data_class(resource: Resource, context: Context) -> Findings:
    """Which data an environment may hold is fixed: real students' data never leaves preprod and prod."""
    found = Tags(resource).value("data-classification")
    yield from values.data_class("tag data-classification", found, context)


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
        yield from values.meaning(f"tag {key}", tags.value(key))


@rule("tags-must-name-a-known-team", on=TAGGABLE, severity=Severity.MEDIUM, settings=values.PAYERS)
def known_team(resource: Resource, context: Context) -> Findings:
    """A bill to a team or a project that nobody knows is paid by nobody: chargeback needs names from one list."""
    tags = Tags(resource)
    yield from values.payer("tag project", tags.value("project"), context.settings["projects"])
    yield from values.payer("tag team", tags.value("team"), context.settings["costCentres"])


@rule("tags-must-charge-the-teams-cost-centre", on=TAGGABLE, severity=Severity.MEDIUM, settings=values.PAYERS)
def cost_centre(resource: Resource, context: Context) -> Findings:
    """Finance books by cost centre, engineering thinks in teams: both have to name the same payer."""
    tags = Tags(resource)
    yield from values.cost_centre("tag cost-centre", tags.value("cost-centre"), tags.value("team"), context)


@rule("tags-must-be-spelt-one-way", on=TAGGABLE, severity=Severity.LOW)
def spelling(resource: Resource) -> Findings:
    """AWS tells `Team` from `team`: a second spelling is a second column in every cost report."""
    for key in Tags(resource):
        agreed = re.sub(r"[\s_]+", "-", key.strip().lower()).replace("center", "centre")
        if agreed in REQUIRED and key != agreed:
            yield f"tag {key!r} is {agreed!r} spelt otherwise; keep {agreed!r} alone"


@rule("tags-must-be-what-aws-takes", on=TAGGABLE, severity=Severity.LOW)
def acceptable(resource: Resource) -> Findings:
    """AWS refuses a tag it does not like in the middle of an update, when half of it is done."""
    tags = Tags(resource)
    if (count := len(tuple(tags))) > MOST_TAGS:
        yield f"{count} tags; AWS takes {MOST_TAGS} on a resource: drop some"
    for key in tags:
        if key.lower().startswith(_RESERVED):
            yield f"tag {key!r} begins with {_RESERVED!r}, which AWS keeps for itself; rename it"
        if not 0 < len(key) <= LONGEST_KEY or not _ALLOWED.fullmatch(key):
            yield f"tag {key!r} is no key that AWS takes: 1 to {LONGEST_KEY} letters, digits, spaces, + - = . _ : / @"
        value = tags.value(key) or ""
        if len(value) > LONGEST_VALUE or not _ALLOWED.fullmatch(value):
            yield (
                f"the value of tag {key!r} is none that AWS takes: at most {LONGEST_VALUE} letters, digits, spaces, "
                "+ - = . _ : / @"
            )

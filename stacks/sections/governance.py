"""Who answers for an environment, what its data is, what it may cost."""

from typing import Annotated

from pydantic import Field

from stacks.requirements import DataClass
from stacks.sections.fields import Email, Flag, Label, Positive, Section, matching


class Ownership(Section):
    """Who answers for the environment and who pays for it."""

    team: Label
    owner: Label
    cost_centre: Label


class Repository(Section):
    """The GitHub repository whose pipelines deploy the environment."""

    organisation: Annotated[str, matching(r"[A-Za-z0-9][-A-Za-z0-9]*", "a GitHub organisation")]
    name: Annotated[str, matching(r"[-.\w]+", "the name of a GitHub repository")]


class Data(Section):
    """What the environment's data is, and whether it may be lost."""

    classification: DataClass
    destroyable: Annotated[Flag, Field(alias="disposable")]
    """True: `pulumi destroy` takes the data too. False: deletion protection, final snapshots, no emptied buckets."""


class Cost(Section):
    """What may be spent, in US dollars a month, and who hears of it."""

    monthly_budget: Positive
    """The whole environment's; teams and features share it."""
    teams: Annotated[dict[Label, Positive], Field(min_length=1)]
    """Budget by team, which is the value of the tag `team`."""
    features: Annotated[dict[Label, Positive], Field(min_length=1)]
    """Budget by feature, which is the value of the tag `feature`."""
    notify: Annotated[tuple[Email, ...], Field(min_length=1, max_length=10)]
    """Who gets every notice and the daily digest of anomalies by e-mail."""
    anomaly_threshold: Positive
    """Dollars above the expected spend from which an anomaly is told."""
    activate_tags: Flag
    """False for the first day of a new account: AWS refuses a tag key that its billing has not met yet."""

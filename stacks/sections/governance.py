"""Settings of ownership, data classification and cost."""

from typing import Annotated

from pydantic import Field

from stacks.requirements import DataClass
from stacks.sections.fields import Email, Flag, Label, Positive, Section, matching


class Ownership(Section):
    """Owner of the environment and the cost centre that pays for it."""

    team: Label
    owner: Label
    cost_centre: Label


class Repository(Section):
    """GitHub repository whose pipelines deploy the environment."""

    organisation: Annotated[str, matching(r"[A-Za-z0-9][-A-Za-z0-9]*", "a GitHub organisation")]
    name: Annotated[str, matching(r"[-.\w]+", "the name of a GitHub repository")]


class Data(Section):
    """Classification and protection of the environment's data."""

    classification: DataClass
    destroyable: Annotated[Flag, Field(alias="disposable")]
    """True makes the environment destroyable. False protects its data from deletion and takes final snapshots."""


class Cost(Section):
    """Budgets in US dollars per month, and the recipients of alerts."""

    monthly_budget: Positive
    """Budget of the whole environment. Teams and features share it."""
    teams: Annotated[dict[Label, Positive], Field(min_length=1)]
    """Budget by team. The team is the value of the tag `team`."""
    features: Annotated[dict[Label, Positive], Field(min_length=1)]
    """Budget by feature. The feature is the value of the tag `feature`."""
    notify: Annotated[tuple[Email, ...], Field(min_length=1, max_length=10)]
    """E-mail addresses that receive every alert and the daily digest of anomalies."""
    anomaly_threshold: Positive
    """Minimum amount above the expected spend that triggers an anomaly alert, in US dollars."""
    activate_tags: Flag
    """Activate cost allocation tags. Use false on a new account's first day, because AWS rejects new tag keys."""

"""What settings must be together: facts about several keys, or about a key and the document's figures.

A rule yields mistakes from the values that parsed. One that reads a value which did not is skipped without a word: that
value's own mistake is reported already.
"""

from collections.abc import Mapping

from stacks.errors import Mistake
from stacks.parsed_values import NotParsedError, ParsedValues
from stacks.requirements import Environment
from stacks.validation import audit, cluster, cost, data, delivery, edge, network, recovery, restore
from stacks.validation.base import CrossEnvironmentRule, Mistakes, SettingsRule

RULES: tuple[SettingsRule, ...] = (
    *audit.RULES,
    *network.RULES,
    *cluster.RULES,
    *recovery.RULES,
    *delivery.RULES,
    *data.RULES,
    *restore.RULES,
    *edge.RULES,
    *cost.RULES,
)
CROSS_ENVIRONMENT_RULES: tuple[CrossEnvironmentRule, ...] = (
    *network.CROSS_ENVIRONMENT_RULES,
    *cost.CROSS_ENVIRONMENT_RULES,
    *restore.CROSS_ENVIRONMENT_RULES,
)


def violations(
    environment: Environment, values: ParsedValues, siblings: Mapping[Environment, ParsedValues]
) -> list[Mistake]:
    """Every mistake across the keys of one environment, and against the files of the others."""
    found: list[Mistake] = []
    for rule in RULES:
        found += _tolerant(rule(environment, values))
    for sibling_rule in CROSS_ENVIRONMENT_RULES:
        found += _tolerant(sibling_rule(environment, values, siblings))
    return found


def _tolerant(mistakes: Mistakes) -> Mistakes:
    try:
        yield from mistakes
    except NotParsedError:
        return

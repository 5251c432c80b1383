"""Rules across keys, and rules about values fixed by the requirements.

A rule reads the parsed values and yields mistakes. A rule stops when it reads an invalid value, because the parser
reports that value's mistake.
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
    """Return every mistake across keys and across environments."""
    mistakes: list[Mistake] = []
    for rule in RULES:
        mistakes += _until_unparsed(rule(environment, values))
    for sibling_rule in CROSS_ENVIRONMENT_RULES:
        mistakes += _until_unparsed(sibling_rule(environment, values, siblings))
    return mistakes


def _until_unparsed(mistakes: Mistakes) -> Mistakes:
    """Yield a rule's mistakes, and stop when the rule reads an invalid value."""
    try:
        yield from mistakes
    except NotParsedError:
        return

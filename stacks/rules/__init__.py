"""What settings must be together: facts about several keys, or about a key and the document's figures.

A rule yields mistakes from the values that parsed. One that reads a value which did not is skipped without a word: that
value's own mistake is reported already.
"""

from collections.abc import Mapping

from stacks.errors import Mistake
from stacks.figures import Environment
from stacks.known import Known, NotParsedError
from stacks.rules import audit, cluster, cost, data, delivery, edge, network, recovery, restore
from stacks.rules.base import Mistakes, Rule, SiblingRule

RULES: tuple[Rule, ...] = (
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
SIBLING_RULES: tuple[SiblingRule, ...] = (*network.SIBLING_RULES, *cost.SIBLING_RULES, *restore.SIBLING_RULES)


def broken(environment: Environment, known: Known, siblings: Mapping[Environment, Known]) -> list[Mistake]:
    """Every mistake across the keys of one environment, and against the files of the others."""
    found: list[Mistake] = []
    for rule in RULES:
        found += _tolerant(rule(environment, known))
    for sibling_rule in SIBLING_RULES:
        found += _tolerant(sibling_rule(environment, known, siblings))
    return found


def _tolerant(mistakes: Mistakes) -> Mistakes:
    try:
        yield from mistakes
    except NotParsedError:
        return

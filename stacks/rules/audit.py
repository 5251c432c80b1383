"""The record of who did what is complete, and outlives what it is about."""

from stacks.errors import Mistake
from stacks.figures import Environment
from stacks.known import Known
from stacks.rules.base import Mistakes, Rule, demand


def record_outlives_the_evidence(_environment: Environment, known: Known) -> Mistakes:
    """Who touched evidence can be told as long as there is evidence."""
    archive, evidence = known["audit.archiveYears"], known["evidence.retentionYears"]
    if archive < evidence:
        yield Mistake("audit.archiveYears", f"{archive} is less than the evidence's own {evidence} (retentionYears)")


def guarded_accounts_are_watched(environment: Environment, known: Known) -> Mistakes:
    """Somebody is told, wherever production's topology is required."""
    if environment.guarded:
        yield from demand(known, "audit.alarms", wanted=True)
        yield from demand(known, "audit.insights", wanted=True)


RULES: tuple[Rule, ...] = (record_outlives_the_evidence, guarded_accounts_are_watched)

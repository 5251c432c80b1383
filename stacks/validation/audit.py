"""The record of who did what is complete, and outlives what it is about."""

from stacks.errors import Mistake
from stacks.parsed_values import ParsedValues
from stacks.requirements import Environment
from stacks.validation.base import Mistakes, SettingsRule, demand


def record_outlives_the_evidence(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Who touched evidence can be told as long as there is evidence."""
    archive, evidence = values["audit.archiveYears"], values["evidence.retentionYears"]
    if archive < evidence:
        yield Mistake("audit.archiveYears", f"{archive} is less than the evidence's own {evidence} (retentionYears)")


def production_like_accounts_are_watched(environment: Environment, values: ParsedValues) -> Mistakes:
    """Somebody is told, wherever production's topology is required."""
    if environment.production_like:
        yield from demand(values, "audit.alarms", wanted=True)
        yield from demand(values, "audit.insights", wanted=True)


RULES: tuple[SettingsRule, ...] = (record_outlives_the_evidence, production_like_accounts_are_watched)

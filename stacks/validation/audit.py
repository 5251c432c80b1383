"""Rules of the audit trail: retention and alarms."""

from stacks.errors import Mistake
from stacks.parsed_values import ParsedValues
from stacks.requirements import Environment
from stacks.validation.base import Mistakes, SettingsRule, demand


def trail_is_kept_as_long_as_evidence(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Check that the trail is kept as long as the evidence."""
    archive, evidence = values["audit.archiveYears"], values["evidence.retentionYears"]
    if archive < evidence:
        yield Mistake("audit.archiveYears", f"{archive} is less than evidence.retentionYears ({evidence})")


def production_like_accounts_have_alarms(environment: Environment, values: ParsedValues) -> Mistakes:
    """Check that production-like environments have alarms and CloudTrail Insights."""
    if environment.production_like:
        yield from demand(values, "audit.alarms", expected=True)
        yield from demand(values, "audit.insights", expected=True)


RULES: tuple[SettingsRule, ...] = (trail_is_kept_as_long_as_evidence, production_like_accounts_have_alarms)

"""Allowed values of the seven tags, for AWS tags and Kubernetes labels alike.

Projects, teams, cost centres and data classifications come from the stack's configuration. Its keys are in the
namespace of the project, or in the namespace that the setting `configNamespace` names:

    <namespace>:teams    {<team>: {costCentre: <cost centre>}}    teams that may be charged
    <namespace>:data     {classification: <classification>}       classification of the stack's data

The project that may be charged is the Pulumi project. The settings `projects`, `costCentres` and `dataClasses` replace
the configuration. Without configuration and settings, every value is a finding.
"""

from collections.abc import Collection, Mapping

from policy_packs.kernel.context import Context, Environment, Setting, by_environment
from policy_packs.kernel.registry import Findings

TEAMS_KEY = "teams"
DATA_KEY = "data"
PLACEHOLDERS = frozenset(
    {"todo", "tbd", "fixme", "changeme", "unknown", "none", "n/a", "na", "-", "?", "x", "xxx", "test"}
)
NAMESPACE: Mapping[str, Setting] = {
    "configNamespace": Setting(
        {
            "type": "string",
            "description": "Namespace of the stack configuration. If empty, the project's name applies.",
        },
        "",
    )
}
PAYERS: Mapping[str, Setting] = {
    **NAMESPACE,
    "projects": Setting(
        {
            "type": "array",
            "items": {"type": "string"},
            "description": "Projects that may be charged. If empty, the Pulumi project applies.",
        },
        [],
    ),
    "costCentres": Setting(
        {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": "Cost centre of each team that may be charged. If empty, the stack's configuration applies.",
        },
        {},
    ),
}
"""Settings of the rules about payers."""
DATA_CLASSES: Mapping[str, Setting] = {
    **NAMESPACE,
    "dataClasses": by_environment(
        "Data classification of each environment. If left out, the stack's configuration applies.",
        {"type": "string"},
        {},
    ),
}
"""Settings of the rules about data classifications."""


def environment(label: str, value: str | None, context: Context) -> Findings:
    """Require one of the four environments, matching the stack."""
    if value is None:
        return
    if value not in set(Environment):
        yield f"{label} is {value!r}, but it must be one of {', '.join(Environment)}."
    elif value != context.environment:
        judged = f"stack {context.stack}"
        if not context.is_known_environment:
            judged = f"stack {context.stack!r}, which is judged as prod"
        yield f"{label} is {value!r} in {judged}. Set it to {str(context.environment)!r}."


def data_class(label: str, value: str | None, context: Context) -> Findings:
    """Require the data classification of the stack."""
    if value is None:
        return
    namespace: str = context.settings["configNamespace"]
    expected = context.settings["dataClasses"].get(context.stack)
    expected = expected or context.config(DATA_KEY, namespace).text("classification")
    if expected is None:
        key = context.config_key(DATA_KEY, namespace)
        yield f"{label} is {value!r}, but the stack has no data classification. Set `classification` in {key}."
    elif value != expected:
        yield f"{label} is {value!r}, but {context.stack} may hold only {expected!r} data. Set it to {expected!r}."


def meaning(label: str, value: str | None) -> Findings:
    """Reject placeholders and surrounding spaces.

    Cost reports count a value with surrounding spaces as a different value.
    """
    if value is None:
        return
    if value.strip().lower() in {"", *PLACEHOLDERS}:
        yield f"{label} is {value!r}, which is a placeholder. Set the real value."
    elif value != value.strip():
        yield (
            f"{label} is {value!r}. Because of the spaces around it, cost reports count it as another value. Remove "
            "the spaces."
        )


def project(label: str, value: str | None, context: Context) -> Findings:
    """Require a project that may be charged."""
    projects: Collection[str] = context.settings["projects"] or [context.project]
    if value is not None and value not in projects:
        yield f"{label} is {value!r}, which isn't a known project. Use {' or '.join(projects)}."


def team(label: str, value: str | None, context: Context) -> Findings:
    """Require a team that may be charged."""
    if value is None:
        return
    teams = _cost_centres(context)
    if value not in teams:
        yield f"{label} is {value!r}, which isn't a known team. {_alternatives(teams, context)}"


def cost_centre(label: str, value: str | None, team_value: str | None, context: Context) -> Findings:
    """Require the team's cost centre, or that of any team if the team is unknown."""
    if value is None:
        return
    teams = _cost_centres(context)
    centres = sorted({centre for centre in teams.values() if centre})
    if value not in centres:
        yield f"{label} is {value!r}, which isn't a known cost centre. {_alternatives(centres, context)}"
    elif team_value and teams.get(team_value, value) != value:
        charged = teams[team_value]
        yield f"{label} is {value!r}, but team {team_value} is charged to {charged!r}. Change one of the two."


def _cost_centres(context: Context) -> Mapping[str, str | None]:
    """Return the cost centre of each team that may be charged."""
    configured: Mapping[str, str] = context.settings["costCentres"]
    if configured:
        return configured
    teams = context.config(TEAMS_KEY, context.settings["configNamespace"])
    return {name: teams.fields(name).text("costCentre") for name in teams}


def _alternatives(allowed: Collection[str], context: Context) -> str:
    if allowed:
        return f"Use {' or '.join(allowed)}."
    key = context.config_key(TEAMS_KEY, context.settings["configNamespace"])
    return f"The stack's configuration lists none. Add teams with their cost centres to {key}."

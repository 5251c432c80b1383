"""Which values the seven tags may have; the same for AWS's tags and Kubernetes' labels."""

from collections.abc import Collection, Mapping

from policy_packs.kernel.context import Context, Environment, Setting
from policy_packs.kernel.registry import Findings

DATA_CLASS = {
    Environment.DEV: "synthetic",
    Environment.STAGING: "sanitised",
    Environment.PREPROD: "restricted-subset",
    Environment.PROD: "full",
}
PLACEHOLDERS = frozenset(
    {"todo", "tbd", "fixme", "changeme", "unknown", "none", "n/a", "na", "-", "?", "x", "xxx", "test"}
)
PAYERS: Mapping[str, Setting] = {
    "projects": Setting(
        {"type": "array", "items": {"type": "string"}, "description": "Projects that may be charged"},
        ["campus-safety"],
    ),
    "costCentres": Setting(
        {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": "Teams that may be charged, each with its cost centre",
        },
        {"student-safety": "cc-4100", "ml-platform": "cc-4200"},
    ),
}
"""Who there is to pay: the teams of Pulumi.yaml, to which a test holds them."""


def environment(what: str, found: str | None, context: Context) -> Findings:
    """It is one of the four, and the one that is judged."""
    if found is None:
        return
    if found not in set(Environment):
        yield f"{what} is {found!r}; it must be one of {', '.join(Environment)}"
    elif found != context.environment:
        judged = (
            f"stack {context.stack}" if context.is_known_environment else f"stack {context.stack!r}, judged as prod"
        )
        yield f"{what} is {found!r} in {judged}; set it to {str(context.environment)!r}"


def data_class(what: str, found: str | None, context: Context) -> Findings:
    """It is the class of the environment."""
    expected = DATA_CLASS[context.environment]
    if found is not None and found != expected:
        yield f"{what} is {found!r}; {context.environment} holds {expected!r} data and no other"


def meaning(what: str, found: str | None) -> Findings:
    """It says something, and nothing around it that reports would count apart."""
    if found is None:
        return
    if found.strip().lower() in {"", *PLACEHOLDERS}:
        yield f"{what} is {found!r}, which names nothing; give the real one"
    elif found != found.strip():
        yield f"{what} is {found!r}; remove the spaces around it, or reports count it apart"


def payer(what: str, found: str | None, known: Collection[str]) -> Findings:
    """It is on the list."""
    if found is not None and found not in known:
        yield f"{what} is {found!r}, whom nobody knows; it must be {' or '.join(known)}"


def cost_centre(what: str, found: str | None, team: str | None, context: Context) -> Findings:
    """It is the team's; of a team that nobody knows, any on the list."""
    centres: Mapping[str, str] = context.settings["costCentres"]
    if found is None:
        return
    if found not in set(centres.values()):
        yield f"{what} is {found!r}, which is on no list; it must be {' or '.join(sorted(set(centres.values())))}"
    elif team and centres.get(team, found) != found:
        yield f"{what} is {found!r}, but {team} is charged to {centres[team]!r}; set it to that, or charge another team"

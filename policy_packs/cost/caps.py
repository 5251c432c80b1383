"""What may be spent a month: the budgets of the four environments, and how a rule is told others."""

from collections.abc import Mapping
from decimal import Decimal

from policy_packs.kernel.context import AMOUNT, Context, Environment, Setting, by_environment, per_environment

# The budgets of Pulumi.<env>.yaml (campus-safety:cost), to which a test holds them: packs judge any program and read no
# settings of this one.
ENVIRONMENTS: Mapping[str, float] = {"dev": 6_000, "staging": 9_000, "preprod": 45_000, "prod": 60_000}
TEAMS: Mapping[str, Mapping[str, float]] = {
    "dev": {"student-safety": 4_800, "ml-platform": 1_200},
    "staging": {"student-safety": 7_200, "ml-platform": 1_800},
    "preprod": {"student-safety": 36_000, "ml-platform": 9_000},
    "prod": {"student-safety": 48_000, "ml-platform": 12_000},
}
FEATURES: Mapping[str, Mapping[str, float]] = {
    "dev": {"cluster": 2_700, "records": 1_200, "evidence": 600, "network": 600, "batch": 240, "training": 360},
    "staging": {"cluster": 4_050, "records": 1_800, "evidence": 900, "network": 900, "batch": 360, "training": 540},
    "preprod": {
        "cluster": 20_250,
        "records": 9_000,
        "evidence": 4_500,
        "network": 4_500,
        "batch": 1_800,
        "training": 2_700,
    },
    "prod": {
        "cluster": 27_000,
        "records": 12_000,
        "evidence": 6_000,
        "network": 6_000,
        "batch": 2_400,
        "training": 3_600,
    },
}


def budget(description: str) -> Setting:
    """The budget of each environment as a setting."""
    return per_environment(description, **{name: ENVIRONMENTS[name] for name in map(str, Environment)})


def shares(description: str, defaults: Mapping[str, Mapping[str, float]]) -> Setting:
    """Amounts by name in each environment; a configuration that names an environment gives all of its."""
    amounts = {"type": "object", "additionalProperties": AMOUNT}
    return by_environment(description, amounts, {name: dict(of) for name, of in defaults.items()})


def of(context: Context, setting: str) -> Mapping[str, Decimal]:
    """This environment's caps by name; a stack of another name gets the lowest of each that any environment has."""
    given: Mapping[str, Mapping[str, float]] = context.settings[setting]
    found = given.values() if not context.is_known_environment else (given[context.environment],)
    lowest: dict[str, float] = {}
    for caps in found:
        for name, cap in caps.items():
            lowest[name] = min(cap, lowest.get(name, cap))
    return {name: Decimal(str(cap)) for name, cap in lowest.items()}

"""What the packs repeat of the platform's settings, because they judge any program, is what the settings say."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from policy_packs.cost import caps
from policy_packs.tagging.values import PAYERS

ROOT = Path(__file__).parents[2]


def settings(file: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / file).read_text(encoding="utf-8"))["config"]
    return found


@pytest.mark.parametrize("environment", ["dev", "staging", "preprod", "prod"])
def test_caps_are_the_budgets_of_the_settings(environment: str) -> None:
    cost = settings(f"Pulumi.{environment}.yaml")["campus-safety:cost"]
    assert caps.ENVIRONMENTS[environment] == cost["monthlyBudget"]
    assert caps.TEAMS[environment] == cost["teams"]
    assert caps.FEATURES[environment] == cost["features"]


def test_who_may_be_charged_are_the_teams_of_the_settings() -> None:
    teams = settings("Pulumi.yaml")["campus-safety:teams"]["value"]
    assert PAYERS["costCentres"].default == {name: team["costCentre"] for name, team in teams.items()}

"""Real previews of all environments meet the requirements. Preprod equals prod."""

import pytest

from operations.previews import Preview, previews
from operations.requirements.page import page
from operations.requirements.sections import SECTIONS
from operations.requirements.table import missing
from stacks.loading import load_file
from stacks.requirements import Environment
from tests.integration.conftest import REPOSITORY, Checkout
from tests.stacks.environment_parity import differences, inputs

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def planned(checkout: Checkout) -> dict[Environment, Preview]:
    by_environment = previews(checkout.root)
    assert checkout.processes() == []
    return by_environment


def test_every_requirement_is_met_in_every_environment(planned: dict[Environment, Preview]) -> None:
    assert missing(SECTIONS, planned) == []


def test_the_requirement_page_is_current(planned: dict[Environment, Preview]) -> None:
    committed = (REPOSITORY / "docs" / "reference" / "requirements.md").read_text(encoding="utf-8")
    assert committed == page(SECTIONS, planned), "run `ops requirements --write`"


def test_preprod_and_prod_differ_only_where_allowed(planned: dict[Environment, Preview]) -> None:
    compared = [
        inputs(
            {f"{each.type} {each.name}": each.inputs for each in planned[name].resources}, load_file(REPOSITORY, name)
        )
        for name in (Environment.PREPROD, Environment.PROD)
    ]
    assert "\n".join(differences(*compared)) == ""

"""A program that breaks a rule is stopped at preview, and nothing was created."""

import pytest

from rehearsal.cloud.comparison import compare
from tests.integration.conftest import Checkout

pytestmark = pytest.mark.integration

BREAKS = {
    "a public database": (
        "components/database/surroundings.py",
        '"publicly_accessible": False',
        '"publicly_accessible": True',
        "rds-must-not-be-public",
    ),
    "a missing tag": ("components/base.py", '"cost-centre":', '"cost-center":', "tags-must-be-complete"),
    "too dear a machine": (
        "Pulumi.dev.yaml",
        "instanceTypes: [t3.medium]",
        "instanceTypes: [m6i.32xlarge]",
        "cost-must-cap-instance-price",
    ),
}


@pytest.mark.parametrize("mistake", BREAKS)
def test_a_rule_that_is_broken_stops_the_update_before_anything_is_made(own_checkout: Checkout, mistake: str) -> None:
    file, right, wrong, rule = BREAKS[mistake]
    source = own_checkout.root / file
    text = source.read_text()
    assert right in text
    source.write_text(text.replace(right, wrong))
    blocked = own_checkout.ops("rehearse", "up", "dev", check=False)
    assert blocked.returncode == 1
    assert rule in blocked.stdout
    assert "Traceback" not in blocked.stdout + blocked.stderr
    assert compare(own_checkout.ask("dev", "inventory")["resources"], []).none
    assert own_checkout.ask("dev", "deployment")["resources"] == []

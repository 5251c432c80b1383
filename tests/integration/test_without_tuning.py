"""dev is created, refreshed and destroyed as usual with all speed-ups disabled."""

import pytest

from rehearsal import tuning
from tests.integration import test_life_of_an_environment as life
from tests.integration.conftest import Checkout

pytestmark = [pytest.mark.integration, pytest.mark.full]

STEPS = (
    life.test_another_up_prints_a_summary,
    life.test_a_second_preview_shows_no_change,
    life.test_refresh_finds_no_drift,
    life.test_state_in_the_emulated_s3_is_encrypted,
    life.test_refresh_detects_every_out_of_band_change,
    life.test_the_rotated_credentials_of_vault_open_the_real_database,
    life.test_destroy_leaves_nothing_in_aws_cluster_and_vault,
    life.test_down_ends_every_process,
)


def test_life_of_dev_is_the_same_without_tuning(own_checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(tuning.VARIABLE, "off")
    own_checkout.ops("rehearse", "up", "dev")
    assert own_checkout.daemon("dev").fork_servers == ""
    assert not (own_checkout.home("dev").root / "pulumi-home" / "logs").is_file()
    for step in STEPS:
        step(own_checkout)

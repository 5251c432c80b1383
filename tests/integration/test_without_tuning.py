"""The life of dev is the same with every speed-up switched off."""

import pytest

from rehearsal import tuning
from tests.integration import test_life_of_an_environment as life
from tests.integration.conftest import Checkout

pytestmark = [pytest.mark.integration, pytest.mark.full]

STEPS = (
    life.test_the_first_thing_a_user_sees_is_a_sound_summary,
    life.test_a_second_preview_shows_no_change,
    life.test_refresh_finds_no_drift,
    life.test_state_lies_encrypted_in_the_emulated_s3,
    life.test_every_change_behind_the_engines_back_shows_in_refresh,
    life.test_the_rotated_credentials_of_vault_open_the_real_database,
    life.test_destroy_leaves_nothing_in_aws_cluster_and_vault,
    life.test_down_ends_every_process,
)


def test_the_life_of_dev_is_the_same_without_any_speed_up(
    own_checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(tuning.VARIABLE, "off")
    own_checkout.ops("rehearse", "up", "dev")
    assert own_checkout.daemon("dev").fork_servers == ""
    assert not (own_checkout.home("dev").root / "pulumi-home" / "logs").is_file()
    for step in STEPS:
        step(own_checkout)

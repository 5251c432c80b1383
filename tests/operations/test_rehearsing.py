"""Settings and policy levels that the platform adds to a rehearsal."""

import pytest

from operations.rehearsing import PLATFORM, PROTECTIONS, rehearsal_target
from policy_packs import catalogue
from policy_packs.kernel.context import Environment
from policy_packs.kernel.registry import Level
from rehearsal.errors import RehearsalError


def test_protections_that_can_be_disabled_are_mandatory_in_production() -> None:
    policies = catalogue.policies()
    assert {policies[name].levels.of(Environment.PROD) for name in PROTECTIONS} == {Level.MANDATORY}


@pytest.mark.parametrize("stack", ["preprod", "prod"])
def test_only_a_destroyable_rehearsal_makes_protections_advisory(stack: str) -> None:
    usual = rehearsal_target(stack, None)
    assert (usual.config_overrides, usual.policy_levels, usual.warning) == ({}, {}, "")
    lifted = rehearsal_target(stack, None, destroyable=True)
    assert lifted.config_overrides == {"rehearsal:dispose": stack}
    assert lifted.policy_levels == dict.fromkeys(PROTECTIONS, "advisory")
    assert lifted.warning.startswith(f"The data of {stack} is not protected")


def test_nothing_is_disabled_where_nothing_is_protected() -> None:
    assert rehearsal_target("dev", None, destroyable=True).policy_levels == {}


def test_protections_cannot_be_disabled_for_another_project() -> None:
    with pytest.raises(RehearsalError, match="do not combine it with --project"):
        rehearsal_target("dev", PLATFORM, destroyable=True)


def test_another_project_is_rehearsed_in_the_account_of_the_command_line() -> None:
    assert rehearsal_target("dev", PLATFORM, account="999900001111").account == "999900001111"
    with pytest.raises(RehearsalError, match=r"the account of dev is set in Pulumi\.dev\.yaml"):
        rehearsal_target("dev", account="999900001111")

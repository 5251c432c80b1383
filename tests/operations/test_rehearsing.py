"""What a rehearsal of the platform has of its own."""

import pytest

from operations.rehearsing import PLATFORM, PROTECTIONS, subject
from policy_packs import catalogue
from policy_packs.kernel.context import Environment
from policy_packs.kernel.registry import Level
from rehearsal.errors import RehearsalError


def test_protections_that_can_be_lifted_are_rules_that_block_in_production() -> None:
    policies = catalogue.policies()
    assert {policies[name].levels.of(Environment.PROD) for name in PROTECTIONS} == {Level.MANDATORY}


@pytest.mark.parametrize("stack", ["preprod", "prod"])
def test_only_a_disposable_rehearsal_takes_protection_as_advice(stack: str) -> None:
    usual = subject(stack, None)
    assert (usual.overrides, usual.levels, usual.notice) == ({}, {}, "")
    lifted = subject(stack, None, disposable=True)
    assert lifted.overrides == {"rehearsal:dispose": stack}
    assert lifted.levels == dict.fromkeys(PROTECTIONS, "advisory")
    assert lifted.notice.startswith(f"The protection of {stack}'s data is lifted")


def test_nothing_is_lifted_where_nothing_is_protected() -> None:
    assert subject("dev", None, disposable=True).levels == {}


def test_another_project_has_nothing_to_lift() -> None:
    with pytest.raises(RehearsalError, match="says nothing to another --project"):
        subject("dev", PLATFORM, disposable=True)

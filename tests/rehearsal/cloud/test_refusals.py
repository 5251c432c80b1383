"""Every listed refusal, provoked in moto with and without patches."""

from contextlib import suppress

import pytest
from botocore.exceptions import ClientError

from rehearsal.cloud.moto_patches import MOTO_PATCHES
from rehearsal.cloud.refusals import REFUSALS, Refusal
from tests.rehearsal.cloud.clients import cloud
from tests.rehearsal.cloud.refusals import control, data, network
from tests.rehearsal.cloud.refusals.registry import SCENARIOS

MODULES = (control, data, network)
"""Modules that register the scenarios when they are imported."""
BY_MOTO = tuple(refusal for refusal in REFUSALS if not refusal.patch)
BY_A_PATCH = tuple(refusal for refusal in REFUSALS if refusal.patch)


def answer(refusal: Refusal) -> str:
    """Return the operation and error code of the refused request, or "accepted"."""
    call = SCENARIOS[refusal.name]()
    try:
        call()
    except ClientError as error:
        return f"{error.operation_name} {error.response['Error']['Code']}"
    return "accepted"


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.name)
def test_the_request_is_refused_with_the_code_of_aws(refusal: Refusal) -> None:
    with cloud(patched=True):
        assert answer(refusal) == f"{refusal.operation} {refusal.code}"


@pytest.mark.parametrize("refusal", BY_MOTO, ids=lambda refusal: refusal.name)
def test_moto_refuses_the_request_without_patches(refusal: Refusal) -> None:
    with cloud(patched=False):
        assert answer(refusal) == f"{refusal.operation} {refusal.code}"


@pytest.mark.parametrize("refusal", BY_A_PATCH, ids=lambda refusal: refusal.name)
def test_a_patch_is_needed(refusal: Refusal) -> None:
    """Without patches, the request is accepted or fails with another code."""
    # The preparation may fail, for example because moto lacks the resource.
    with cloud(patched=False), suppress(ClientError, NotImplementedError, AttributeError):
        assert answer(refusal) != f"{refusal.operation} {refusal.code}"


def test_every_refusal_has_a_scenario_and_an_existing_patch() -> None:
    names = [refusal.name for refusal in REFUSALS]
    assert sorted(names) == sorted(SCENARIOS)
    assert {refusal.patch for refusal in BY_A_PATCH} <= {patch.name for patch in MOTO_PATCHES}

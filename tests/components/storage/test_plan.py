"""Lifecycle and policy statements of buckets."""

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.storage.plan import LifecyclePlan, bucket_key_only, evidence_lifecycle, write_statements


@pytest.fixture(autouse=True)
def _event_loop() -> Iterator[None]:
    """Event loop for Pulumi outputs, independent of earlier tests."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()


@given(st.integers(1, 10), st.integers(30, 400), st.integers(120, 800))
def test_evidence_never_expires_early_and_moves_to_colder_storage(years: int, cold: int, archive: int) -> None:
    plan = evidence_lifecycle(years, cold, archive)
    assert plan.expire_after >= years * 365 + (years + 3) // 4
    assert all(days < plan.expire_after for _, days in plan.transitions())


def test_a_transition_after_expiry_is_omitted() -> None:
    assert LifecyclePlan(30, cold_after=30, archive_after=120).transitions() == ()
    assert LifecyclePlan(100, cold_after=30, archive_after=120).transitions() == (("STANDARD_IA", 30),)


def test_an_upload_with_another_key_is_denied_and_one_without_a_key_is_not() -> None:
    encryption, key = bucket_key_only("arn:aws:s3:::evidence", "arn:aws:kms:us-east-1:1:key/a")
    header = "s3:x-amz-server-side-encryption"
    assert encryption.conditions == {"StringNotEquals": {header: "aws:kms"}, "Null": {header: "false"}}
    assert list(key.conditions) == ["StringNotEquals", "Null"]
    assert {encryption.effect, key.effect} == {"Deny"}


def test_write_statements_allow_no_reads_or_deletes() -> None:
    actions = [
        action
        for statement in write_statements("arn:aws:s3:::snapshots", "arn:aws:kms:us-east-1:1:key/a", "us-east-1")
        for action in statement.actions
    ]
    assert actions == ["s3:PutObject", "kms:GenerateDataKey", "kms:Decrypt"]

"""What pods may do in AWS."""

import pytest

from components.delivery.pod_permissions import (
    EvidenceAccess,
    EvidenceBucketRef,
    cache_statements,
    evidence_prefix,
    evidence_statements,
)

PLACE = EvidenceBucketRef("campus-dev-evidence", "arn:aws:kms:us-east-1:111122223333:key/1", "us-east-1")


@pytest.mark.parametrize(
    ("access", "actions"),
    [
        (EvidenceAccess.NONE, []),
        (EvidenceAccess.WRITE, ["s3:PutObject", "kms:GenerateDataKey", "kms:Decrypt"]),
        (EvidenceAccess.READ_WRITE, ["s3:PutObject", "kms:GenerateDataKey", "kms:Decrypt", "s3:GetObject"]),
    ],
)
def test_evidence_is_written_read_and_never_deleted(access: EvidenceAccess, actions: list[str]) -> None:
    made = evidence_statements("alerts", access, PLACE)
    assert [action for each in made for action in each.actions] == actions


def test_the_key_is_used_through_s3_of_its_region_alone() -> None:
    (key,) = [each for each in evidence_statements("alerts", EvidenceAccess.WRITE, PLACE) if each.conditions]
    assert key.resources == [PLACE.key]
    assert key.conditions == {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}


def test_no_prefix_of_a_service_is_the_beginning_of_anothers() -> None:
    assert not evidence_prefix("alerts-archive").startswith(evidence_prefix("alerts"))


def test_the_cache_is_asked_for_with_its_user_or_not_at_all() -> None:
    assert cache_statements(()) == ()
    (connect,) = cache_statements(("arn:cache", "arn:user"))
    assert (connect.actions, connect.resources) == (["elasticache:Connect"], ["arn:cache", "arn:user"])

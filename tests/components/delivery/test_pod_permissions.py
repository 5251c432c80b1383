"""IAM permissions of services' pods."""

import pytest

from components.delivery.pod_permissions import (
    EvidenceAccess,
    EvidenceBucketRef,
    cache_statements,
    evidence_prefix,
    evidence_statements,
)

BUCKET = EvidenceBucketRef("campus-dev-evidence", "arn:aws:kms:us-east-1:111122223333:key/1", "us-east-1")


@pytest.mark.parametrize(
    ("access", "actions"),
    [
        (EvidenceAccess.NONE, []),
        (EvidenceAccess.WRITE, ["s3:PutObject", "kms:GenerateDataKey", "kms:Decrypt"]),
        (EvidenceAccess.READ_WRITE, ["s3:PutObject", "kms:GenerateDataKey", "kms:Decrypt", "s3:GetObject"]),
    ],
)
def test_evidence_is_written_read_and_never_deleted(access: EvidenceAccess, actions: list[str]) -> None:
    statements = evidence_statements("alerts", access, BUCKET)
    assert [action for each in statements for action in each.actions] == actions


def test_the_key_is_used_only_through_s3_in_its_region() -> None:
    (key,) = [each for each in evidence_statements("alerts", EvidenceAccess.WRITE, BUCKET) if each.conditions]
    assert key.resources == [BUCKET.key]
    assert key.conditions == {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}


def test_no_service_prefix_is_a_prefix_of_another() -> None:
    assert not evidence_prefix("alerts-archive").startswith(evidence_prefix("alerts"))


def test_cache_permission_names_cache_and_user_or_is_absent() -> None:
    assert cache_statements(()) == ()
    (connect,) = cache_statements(("arn:cache", "arn:user"))
    assert (connect.actions, connect.resources) == (["elasticache:Connect"], ["arn:cache", "arn:user"])

"""Key policies."""

import pytest

from components.keys.plan import ADMINISTRATION, KeyScope, Purpose, key_statements

SCOPE = KeyScope("111122223333", "us-east-1")


@pytest.mark.parametrize("purpose", Purpose)
def test_the_account_can_administer_every_key_but_not_decrypt_with_that(purpose: Purpose) -> None:
    administer = key_statements(purpose, SCOPE)[0]
    assert administer.principals == {"AWS": "arn:aws:iam::111122223333:root"}
    assert "kms:Put*" in administer.actions
    assert not {"kms:Decrypt", "kms:*"} & set(ADMINISTRATION)


@pytest.mark.parametrize(
    ("purpose", "service"),
    [
        (Purpose.DATABASE, "rds"),
        (Purpose.EVIDENCE, "s3"),
        (Purpose.VOLUMES, "ec2"),
        (Purpose.SNAPSHOTS, "s3"),
        (Purpose.CACHE, "elasticache"),
        (Purpose.ALERTS, "sns"),
    ],
)
def test_data_keys_can_be_used_only_through_their_service(purpose: Purpose, service: str) -> None:
    use = next(statement for statement in key_statements(purpose, SCOPE) if statement.sid == "Use")
    assert use.conditions == {"StringEquals": {"kms:ViaService": f"{service}.us-east-1.amazonaws.com"}}


def test_rds_may_use_the_backup_key_for_snapshot_copies() -> None:
    use = next(statement for statement in key_statements(Purpose.BACKUP, SCOPE) if statement.sid == "Use")
    services = ["backup.us-east-1.amazonaws.com", "rds.us-east-1.amazonaws.com"]
    assert use.conditions == {"StringEquals": {"kms:ViaService": services}}


def test_only_alert_publishers_use_a_key_as_services_and_for_this_account() -> None:
    (publish,) = [statement for statement in key_statements(Purpose.ALERTS, SCOPE) if statement.sid == "Publishers"]
    assert publish.principals == {"Service": ["backup.amazonaws.com", "s3.amazonaws.com"]}
    assert publish.conditions == {"StringEquals": {"aws:SourceAccount": "111122223333"}}
    others = [s.sid for p in Purpose if p is not Purpose.ALERTS for s in key_statements(p, SCOPE)]
    assert "Publishers" not in others


def test_eks_grants_have_no_unsupported_condition() -> None:
    grants = {
        p: next(s for s in key_statements(p, SCOPE) if s.sid == "GrantToServices")
        for p in (Purpose.CLUSTER, Purpose.DATABASE)
    }
    assert not grants[Purpose.CLUSTER].conditions
    assert grants[Purpose.DATABASE].conditions == {"Bool": {"kms:GrantIsForAWSResource": "true"}}


def test_billing_services_use_the_cost_key_only_for_this_account() -> None:
    _, use = key_statements(Purpose.COST, SCOPE)
    assert use.principals == {"Service": ["budgets.amazonaws.com", "costalerts.amazonaws.com"]}
    assert use.actions == ["kms:GenerateDataKey*", "kms:Decrypt"]
    assert use.conditions == {"StringEquals": {"aws:SourceAccount": "111122223333"}}

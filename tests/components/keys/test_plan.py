"""Who may use a key."""

import pytest

from components.keys.plan import ADMINISTRATION, Purpose, Scope, key_statements

SCOPE = Scope("111122223333", "us-east-1")


@pytest.mark.parametrize("purpose", Purpose)
def test_the_account_can_always_look_after_a_key_but_not_read_with_that(purpose: Purpose) -> None:
    administer = key_statements(purpose, SCOPE)[0]
    assert administer.principals == {"AWS": "arn:aws:iam::111122223333:root"}
    assert "kms:Put*" in administer.actions
    assert not {"kms:Decrypt", "kms:*"} & set(ADMINISTRATION)


@pytest.mark.parametrize(("purpose", "service"), [(Purpose.DATABASE, "rds"), (Purpose.EVIDENCE, "s3")])
def test_data_keys_work_through_their_service_alone(purpose: Purpose, service: str) -> None:
    use = next(statement for statement in key_statements(purpose, SCOPE) if statement.sid == "Use")
    assert use.conditions == {"StringEquals": {"kms:ViaService": f"{service}.us-east-1.amazonaws.com"}}


def test_eks_is_granted_its_key_without_a_condition_it_does_not_know() -> None:
    grants = {
        p: next(s for s in key_statements(p, SCOPE) if s.sid == "GrantToServices")
        for p in (Purpose.CLUSTER, Purpose.DATABASE)
    }
    assert not grants[Purpose.CLUSTER].conditions
    assert grants[Purpose.DATABASE].conditions == {"Bool": {"kms:GrantIsForAWSResource": "true"}}


def test_billing_services_use_the_cost_key_for_their_own_account_alone() -> None:
    _, use = key_statements(Purpose.COST, SCOPE)
    assert use.principals == {"Service": ["budgets.amazonaws.com", "costalerts.amazonaws.com"]}
    assert use.actions == ["kms:GenerateDataKey*", "kms:Decrypt"]
    assert use.conditions == {"StringEquals": {"aws:SourceAccount": "111122223333"}}

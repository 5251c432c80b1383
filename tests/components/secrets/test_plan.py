"""What Vault hands out."""

import pytest

from components.secrets.plan import (
    DATABASE_ROLES,
    READ_ONLY,
    DatabaseRole,
    connection_url,
    database_address,
    policy_plans,
    sign_ins,
)


def test_the_read_only_role_can_only_select() -> None:
    statements = " ".join(READ_ONLY.creation())
    assert "GRANT SELECT ON ALL TABLES" in statements
    assert not any(word in statements for word in ("INSERT", "UPDATE", "DELETE", "ALL PRIVILEGES"))


@pytest.mark.parametrize("role", DATABASE_ROLES, ids=lambda role: role.name)
def test_users_are_ended_by_their_maker(role: DatabaseRole) -> None:
    assert 'GRANT "{{name}}" TO CURRENT_USER' in role.creation()
    assert [statement.split()[0] for statement in role.revocation()] == ["ALTER", "SELECT", "REASSIGN", "DROP", "DROP"]


def test_connection_strings_leave_the_braces_to_vault() -> None:
    url = connection_url("db.example", 5432, "records")
    assert url == "postgresql://{{username}}:{{password}}@db.example:5432/records?sslmode=require"


def test_each_policy_opens_exactly_its_paths() -> None:
    texts = {plan.name: plan.text() for plan in policy_plans("dev")}
    assert texts["records-read-only"] == (
        'path "database/creds/records-read-only" {\n  capabilities = ["read"]\n}\n'
        'path "secret/data/dev/database/postgres" {\n  capabilities = ["read"]\n}'
    )
    assert set(texts) == {"records-read-only", "records-read-write", "ci-cd-policy"}


def test_every_sign_in_leads_to_a_policy_that_exists() -> None:
    policies = {plan.name for plan in policy_plans("prod")}
    assert {policy for plan in sign_ins("alerts") for policy in plan.policies} <= policies


def test_the_address_is_the_documents() -> None:
    assert database_address("dev") == "dev/database/postgres"

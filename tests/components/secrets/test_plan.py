"""Database roles, policies and auth roles of Vault."""

import pytest

from components.secrets.plan import (
    DATABASE_ROLES,
    READ_ONLY,
    DatabaseAccess,
    DatabaseRole,
    ServiceAccess,
    auth_roles,
    connection_url,
    database_address,
    people_policies,
    pipeline_policy,
    service_policies,
)

SERVICES = (
    ServiceAccess("alerts", "safety", DatabaseAccess.READ_WRITE),
    ServiceAccess("reports", "schools", DatabaseAccess.READ_ONLY),
    ServiceAccess("mailer", "post", DatabaseAccess.NONE),
)


def test_the_read_only_role_can_only_select() -> None:
    statements = " ".join(READ_ONLY.creation())
    assert "GRANT SELECT ON ALL TABLES" in statements
    assert not any(word in statements for word in ("INSERT", "UPDATE", "DELETE", "ALL PRIVILEGES"))


@pytest.mark.parametrize("role", DATABASE_ROLES, ids=lambda role: role.name)
def test_users_are_dropped_by_the_user_that_created_them(role: DatabaseRole) -> None:
    assert 'GRANT "{{name}}" TO CURRENT_USER' in role.creation()
    assert [statement.split()[0] for statement in role.revocation()] == ["ALTER", "SELECT", "REASSIGN", "DROP", "DROP"]


def test_connection_strings_keep_vaults_placeholders() -> None:
    url = connection_url("db.example", 5432, "records")
    assert url == "postgresql://{{username}}:{{password}}@db.example:5432/records?sslmode=require"


def test_each_policy_contains_exactly_its_paths() -> None:
    texts = {plan.name: plan.text() for plan in service_policies("dev", SERVICES)}
    assert texts["service-reports"] == (
        'path "database/creds/records-read-only" {\n  capabilities = ["read"]\n}\n'
        'path "secret/data/dev/database/postgres" {\n  capabilities = ["read"]\n}\n'
        'path "secret/data/dev/services/reports" {\n  capabilities = ["read"]\n}'
    )
    assert texts["service-mailer"] == 'path "secret/data/dev/services/mailer" {\n  capabilities = ["read"]\n}'
    assert set(texts) == {"service-alerts", "service-reports", "service-mailer"}


def test_people_cannot_read_services_own_secrets_and_lower_roles_read_less() -> None:
    plans = people_policies("prod")
    assert list(plans) == ["viewer", "developer", "on-call"]
    paths = [{grant.path for grant in plan.grants} for plan in plans.values()]
    assert paths[0] < paths[1] < paths[2]
    assert not any("services" in path for path in paths[2])
    assert "database/creds/records-read-write" not in paths[1]


def test_every_auth_role_refers_to_an_existing_policy() -> None:
    policies = {plan.name for plan in (pipeline_policy("prod"), *service_policies("prod", SERVICES))}
    assert {plan.policy for plan in auth_roles(SERVICES)} == policies


def test_auth_roles_are_bound_to_the_namespaces_of_services_and_migrations() -> None:
    bound = {plan.role: (plan.account, plan.namespaces) for plan in auth_roles(SERVICES)}
    assert bound == {
        "ci-cd": ("ci-cd", ("safety", "schools")),
        "alerts": ("alerts", ("safety",)),
        "reports": ("reports", ("schools",)),
        "mailer": ("mailer", ("post",)),
    }


def test_without_migrations_there_is_no_pipeline_role() -> None:
    assert [plan.role for plan in auth_roles(SERVICES[2:])] == ["mailer"]


def test_the_address_path_matches_the_requirements() -> None:
    assert database_address("dev") == "dev/database/postgres"

"""The Vault Agent beside a service, as the injector is asked for it."""

import pytest

from components.secrets.agent_plan import CREDENTIALS_FILE, AgentPlan, annotations, token_volume
from components.secrets.plan import (
    AUDIENCE,
    READ_ONLY,
    READ_WRITE,
    ROLE_OF,
    DatabaseAccess,
    ServiceAccess,
    auth_roles,
    kubernetes_auth_path,
    service_policies,
)

PLAN = AgentPlan("reports", "kubernetes-dr", "registry.example/add-ons/vault:1.21.1", READ_ONLY)
PREFIX = "vault.hashicorp.com"


def test_the_injector_is_told_all_that_it_would_else_choose_itself() -> None:
    path = "database/creds/records-read-only"
    fields = '{"username":"{{ .Data.username }}","password":"{{ .Data.password }}"}'
    assert annotations(PLAN, 10001) == {
        f"{PREFIX}/agent-inject": "true",
        f"{PREFIX}/agent-image": "registry.example/add-ons/vault:1.21.1",
        f"{PREFIX}/role": "reports",
        f"{PREFIX}/auth-path": "auth/kubernetes-dr",
        f"{PREFIX}/agent-service-account-token-volume-name": "vault-token",
        f"{PREFIX}/agent-pre-populate": "true",
        f"{PREFIX}/agent-inject-secret-database": path,
        f"{PREFIX}/agent-inject-template-database": f'{{{{- with secret "{path}" -}}}}{fields}{{{{- end -}}}}',
        f"{PREFIX}/agent-inject-perms-database": "0400",
        f"{PREFIX}/agent-set-security-context": "true",
        f"{PREFIX}/agent-run-as-user": "10001",
        f"{PREFIX}/agent-run-as-group": "10001",
        f"{PREFIX}/agent-requests-cpu": "100m",
        f"{PREFIX}/agent-limits-cpu": "100m",
        f"{PREFIX}/agent-requests-mem": "128Mi",
        f"{PREFIX}/agent-limits-mem": "128Mi",
    }


def test_the_file_that_services_are_told_of_is_the_one_that_the_agent_writes() -> None:
    (name,) = [key for key in annotations(PLAN, 1) if key.startswith(f"{PREFIX}/agent-inject-secret-")]
    assert name.removeprefix(f"{PREFIX}/agent-inject-secret-") == CREDENTIALS_FILE.removeprefix("/vault/secrets/")


def test_the_token_is_good_for_vault_alone_and_for_ten_minutes() -> None:
    (source,) = token_volume()["projected"]["sources"]
    assert source["serviceAccountToken"] == {"path": "token", "audience": AUDIENCE, "expirationSeconds": 600}
    assert token_volume()["name"] == annotations(PLAN, 1)[f"{PREFIX}/agent-service-account-token-volume-name"]


@pytest.mark.parametrize("access", ROLE_OF)
def test_an_agent_asks_for_what_its_sign_in_may_read(access: DatabaseAccess) -> None:
    service = ServiceAccess("reports", "schools", access)
    (policy,) = service_policies("dev", [service])
    (sign_in,) = [each for each in auth_roles([service]) if each.policy == policy.name]
    asked = annotations(AgentPlan("reports", kubernetes_auth_path(""), "image", ROLE_OF[access]), 1)
    assert asked[f"{PREFIX}/role"] == sign_in.role
    assert asked[f"{PREFIX}/agent-inject-secret-database"] in {grant.path for grant in policy.grants}


def test_who_reads_only_is_not_given_a_user_that_writes() -> None:
    assert ROLE_OF == {DatabaseAccess.READ_ONLY: READ_ONLY, DatabaseAccess.READ_WRITE: READ_WRITE}

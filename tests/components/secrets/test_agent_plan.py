"""Vault Agent annotations."""

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


def test_annotations_override_the_injectors_defaults() -> None:
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


def test_services_get_the_path_of_the_file_that_the_agent_writes() -> None:
    (name,) = [key for key in annotations(PLAN, 1) if key.startswith(f"{PREFIX}/agent-inject-secret-")]
    assert name.removeprefix(f"{PREFIX}/agent-inject-secret-") == CREDENTIALS_FILE.removeprefix("/vault/secrets/")


def test_the_token_is_for_vault_only_and_expires_in_ten_minutes() -> None:
    (source,) = token_volume()["projected"]["sources"]
    assert source["serviceAccountToken"] == {"path": "token", "audience": AUDIENCE, "expirationSeconds": 600}
    assert token_volume()["name"] == annotations(PLAN, 1)[f"{PREFIX}/agent-service-account-token-volume-name"]


@pytest.mark.parametrize("access", ROLE_OF)
def test_an_agent_requests_only_paths_that_its_role_may_read(access: DatabaseAccess) -> None:
    service = ServiceAccess("reports", "schools", access)
    (policy,) = service_policies("dev", [service])
    (auth_role,) = [each for each in auth_roles([service]) if each.policy == policy.name]
    actual = annotations(AgentPlan("reports", kubernetes_auth_path(""), "image", ROLE_OF[access]), 1)
    assert actual[f"{PREFIX}/role"] == auth_role.role
    assert actual[f"{PREFIX}/agent-inject-secret-database"] in {grant.path for grant in policy.grants}


def test_a_read_only_service_gets_a_read_only_user() -> None:
    assert ROLE_OF == {DatabaseAccess.READ_ONLY: READ_ONLY, DatabaseAccess.READ_WRITE: READ_WRITE}

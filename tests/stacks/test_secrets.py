"""Vault configuration of each environment."""

import json

from stacks.access import ACCESS, group
from stacks.requirements import Environment
from tests.stacks.graph import Graph


def test_vault_audit_device_exists_before_policies(any_environment: Graph) -> None:
    audit = any_environment.one("vault.Audit")
    assert audit["type"] == "file"
    assert all(audit.urn in policy.dependencies for policy in any_environment.all("vault.Policy"))


def test_pipeline_authenticates_as_required(any_environment: Graph) -> None:
    role = any_environment.one("vault:kubernetes/authBackendRole:AuthBackendRole", "sign-in-ci-cd")
    assert role["backend"] == "kubernetes"
    assert role["roleName"] == "ci-cd"
    assert role["boundServiceAccountNames"] == ["ci-cd"]
    assert role["boundServiceAccountNamespaces"] == ["student-safety"]
    assert role["tokenPolicies"] == ["ci-cd-policy"]
    assert role["tokenTtl"] == role["tokenMaxTtl"] == 15 * 60


def test_service_auth_role_is_bound_to_its_namespace_and_policy(any_environment: Graph) -> None:
    role = any_environment.one("vault:kubernetes/authBackendRole:AuthBackendRole", "sign-in-alerts")
    assert role["boundServiceAccountNames"] == ["alerts"]
    assert role["boundServiceAccountNamespaces"] == ["student-safety"]
    assert role["tokenPolicies"] == ["service-alerts"]
    policy = any_environment.one("vault.Policy", "vault-service-alerts")
    assert policy.urn in role.dependencies
    environment = any_environment.exports["environment"]
    assert f'path "secret/data/{environment}/services/alerts"' in policy["policy"]


def test_auth_role_depends_on_its_own_policy_only(any_environment: Graph) -> None:
    policies = {policy.urn for policy in any_environment.all("vault.Policy")}
    for role in any_environment.all("vault:kubernetes/authBackendRole:AuthBackendRole"):
        assert len(policies & set(role.dependencies)) == 1


def test_people_of_the_environment_have_a_group_with_the_policy_of_their_role(any_environment: Graph) -> None:
    table = ACCESS[Environment(any_environment.exports["environment"])]
    groups = {
        each["name"]: (each["type"], each["policies"]) for each in any_environment.all("vault:identity/group:Group")
    }
    assert groups == {group(persona): ("external", [str(role)]) for persona, role in table.items()}


def test_the_identity_providers_groups_join_those_of_the_environment(any_environment: Graph) -> None:
    groups = any_environment.all("vault:identity/group:Group")
    method = any_environment.one("vault.AuthBackend", "people")
    assert (method["type"], method["path"]) == ("oidc", "oidc")
    aliases = {each["name"]: each for each in any_environment.all("vault:identity/groupAlias:GroupAlias")}
    assert aliases.keys() == {each["name"] for each in groups}
    for each in groups:
        assert aliases[each["name"]]["canonicalId"] == each.id
        assert method.urn in aliases[each["name"]].dependencies


def test_only_environment_groups_sign_in_for_a_working_day(any_environment: Graph) -> None:
    role = any_environment.one("vault:jwt/authBackendRole:AuthBackendRole", "people")
    table = ACCESS[Environment(any_environment.exports["environment"])]
    assert role["groupsClaim"] == "groups"
    assert role["boundClaims"] == {"groups": ",".join(group(persona) for persona in table)}
    assert not role["tokenPolicies"]
    assert role["tokenMaxTtl"] == 8 * 3600
    assert f"{any_environment.exports['vaultAddress']}/ui/vault/auth/oidc/oidc/callback" in role["allowedRedirectUris"]


def test_every_vault_policy_is_reachable(any_environment: Graph) -> None:
    roles = {str(role) for role in ACCESS[Environment(any_environment.exports["environment"])].values()}
    names = {policy["name"] for policy in any_environment.all("vault.Policy")}
    assert names == {"ci-cd-policy", "service-alerts", *roles}


def test_no_auth_role_has_a_wildcard(any_environment: Graph) -> None:
    for role in any_environment.all("vault:kubernetes/authBackendRole:AuthBackendRole"):
        assert "*" not in [*role["boundServiceAccountNames"], *role["boundServiceAccountNamespaces"]]


def test_no_policy_has_a_wildcard(any_environment: Graph) -> None:
    assert all("*" not in policy["policy"] for policy in any_environment.all("vault.Policy"))


def test_database_secret_is_at_the_required_path(dev: Graph) -> None:
    secret = dev.one("vault:kv/secretV2:SecretV2")
    assert (secret["mount"], secret["name"]) == ("secret", "dev/database/postgres")
    facts = json.loads(secret["dataJson"])
    assert facts["host"] == "records.example"
    assert "password" not in facts
    (store,) = [mount for mount in dev.all("vault.Mount") if mount["path"] == "secret"]
    assert (store["type"], store["options"]) == ("kv", {"version": "2"})


def test_vault_reaches_the_database_over_tls_with_the_password_in_use(any_environment: Graph) -> None:
    connection = any_environment.one("vault:database/secretBackendConnection:SecretBackendConnection")
    assert connection["verifyConnection"] is True
    postgres = connection["postgresql"]
    assert (
        postgres["connectionUrl"]
        == "postgresql://{{username}}:{{password}}@records.example:5432/records?sslmode=require"
    )
    database = any_environment.one("rds.Instance", "records")
    assert database.urn in connection.dependencies
    assert postgres["password"] == database["password"]


def test_database_users_are_dropped_at_lease_expiry(any_environment: Graph) -> None:
    roles = any_environment.all("vault:database/secretBackendRole:SecretBackendRole")
    assert {role["name"] for role in roles} == {"records-read-only", "records-read-write"}
    for role in roles:
        assert 0 < role["defaultTtl"] <= role["maxTtl"] <= 90 * 24 * 3600
        assert "DROP ROLE IF EXISTS" in role["revocationStatements"][-1]


def test_vault_may_only_review_tokens_in_kubernetes(any_environment: Graph) -> None:
    binding = any_environment.one("k8s.ClusterRoleBinding", "token-reviewer")
    assert binding["roleRef"]["name"] == "system:auth-delegator"
    assert binding["subjects"] == [
        {"kind": "ServiceAccount", "name": "vault-token-reviewer", "namespace": "vault-auth"}
    ]
    config = any_environment.one("vault:kubernetes/authBackendConfig:AuthBackendConfig", "sign-in")
    assert config.is_secret("tokenReviewerJwt")
    assert config["kubernetesHost"] == "https://cluster.example"
    assert config["kubernetesCaCert"] == "PEM"


def test_standby_has_its_own_auth_mount_with_the_same_roles(prod: Graph, dev: Graph) -> None:
    roles = prod.all("vault:kubernetes/authBackendRole:AuthBackendRole")
    assert {(role["backend"], role["roleName"]) for role in roles} == {
        (backend, name) for backend in ("kubernetes", "kubernetes-dr") for name in ("ci-cd", "alerts")
    }
    assert {role["backend"] for role in dev.all("vault:kubernetes/authBackendRole:AuthBackendRole")} == {"kubernetes"}

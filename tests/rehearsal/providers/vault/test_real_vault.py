"""The emulated provider manages resources of a real Vault."""

import json
from typing import Any

import pytest

from rehearsal.providers.protocol import ProviderError, ResourceState

from .conftest import Program, login

pytestmark = pytest.mark.integration

MOUNT = "vault:index/mount:Mount"
POLICY = "vault:index/policy:Policy"
AUTH = "vault:index/authBackend:AuthBackend"
KEY = """-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEVs/o5+uQbTjL3chynL4wXgUg2R9
q9UU8I5mEovUf86QZ7kOBIjJwqnzD1omageEHWwHdBO6B+dFabmdT9POxg==
-----END PUBLIC KEY-----"""

LIFE: list[tuple[str, str, dict[str, Any]]] = [
    (MOUNT, "kv", {"path": "life/kv", "type": "kv-v2", "description": "secrets", "defaultLeaseTtlSeconds": 3600}),
    (
        "vault:kv/secretBackendV2:SecretBackendV2",
        "kv",
        {"mount": "life/kv", "maxVersions": 5, "deleteVersionAfter": 60},
    ),
    (
        "vault:kv/secretV2:SecretV2",
        "db",
        {
            "mount": "life/kv",
            "name": "app/db",
            "dataJson": '{"user": "app", "port": 5432}',
            "customMetadata": {"maxVersions": 3, "data": {"owner": "shop"}},
        },
    ),
    ("vault:generic/secret:Secret", "other", {"path": "life/kv/other", "dataJson": '{"a": "b"}'}),
    (MOUNT, "kv1", {"path": "life/kv1", "type": "kv", "options": {"version": "1"}}),
    ("vault:kv/secret:Secret", "plain", {"path": "life/kv1/plain", "dataJson": '{"a": "b"}'}),
    ("vault:generic/endpoint:Endpoint", "any", {"path": "life/kv1/any", "dataJson": '{"a": "b"}'}),
    (
        "vault:index/passwordPolicy:PasswordPolicy",
        "strong",
        {"policy": 'length=20\nrule "charset" { charset = "abc" }'},
    ),
    (AUTH, "k8s", {"type": "kubernetes", "path": "life-k8s", "tune": {"defaultLeaseTtl": "1h", "maxLeaseTtl": "24h"}}),
    (
        "vault:kubernetes/authBackendConfig:AuthBackendConfig",
        "k8s",
        {
            "backend": "life-k8s",
            "kubernetesHost": "https://127.0.0.1:6443",
            "tokenReviewerJwt": "eyJhbGciOiJub25lIn0.e30.c2ln",
            "disableLocalCaJwt": True,
        },
    ),
    (
        "vault:kubernetes/authBackendRole:AuthBackendRole",
        "app",
        {
            "backend": "life-k8s",
            "roleName": "app",
            "boundServiceAccountNames": ["web", "api"],
            "boundServiceAccountNamespaces": ["shop"],
            "tokenPolicies": ["write", "read"],
            "tokenTtl": 3600,
            "audience": "vault",
        },
    ),
    (
        "vault:jwt/authBackend:AuthBackend",
        "ci",
        {"path": "life-ci", "jwtValidationPubkeys": [KEY], "tune": {"listingVisibility": "unauth"}},
    ),
    (
        "vault:jwt/authBackendRole:AuthBackendRole",
        "ci",
        {
            "backend": "life-ci",
            "roleName": "ci",
            "roleType": "jwt",
            "userClaim": "sub",
            "boundAudiences": ["vault"],
            "boundClaims": {"repository": "shop", "job": "build,release"},
        },
    ),
    (AUTH, "approle", {"type": "approle", "path": "life-approle"}),
    (
        "vault:appRole/authBackendRole:AuthBackendRole",
        "robot",
        {"backend": "life-approle", "roleName": "robot", "secretIdTtl": 600, "tokenPolicies": ["read"]},
    ),
    (
        "vault:appRole/authBackendRoleSecretId:AuthBackendRoleSecretId",
        "robot",
        {"backend": "life-approle", "roleName": "robot", "metadata": '{"a":"b"}'},
    ),
    ("vault:index/token:Token", "ci", {"policies": ["default"], "ttl": "1h", "metadata": {"a": "b"}}),
    (MOUNT, "transit", {"path": "life/transit", "type": "transit"}),
    (
        "vault:transit/secretBackendKey:SecretBackendKey",
        "seal",
        {"backend": "life/transit", "name": "seal", "deletionAllowed": True, "autoRotatePeriod": 2592000},
    ),
    ("vault:transit/secretCacheConfig:SecretCacheConfig", "transit", {"backend": "life/transit", "size": 500}),
    (MOUNT, "pki", {"path": "life/pki", "type": "pki", "maxLeaseTtlSeconds": 315360000}),
    (
        "vault:pkiSecret/secretBackendRootCert:SecretBackendRootCert",
        "root",
        {
            "backend": "life/pki",
            "type": "internal",
            "commonName": "Root",
            "ttl": "8760h",
            "altNames": ["a.test", "b.test"],
        },
    ),
    (
        "vault:pkiSecret/secretBackendIntermediateCertRequest:SecretBackendIntermediateCertRequest",
        "intermediate",
        {"backend": "life/pki", "type": "internal", "commonName": "Intermediate"},
    ),
    (
        "vault:pkiSecret/secretBackendRole:SecretBackendRole",
        "web",
        {
            "backend": "life/pki",
            "allowedDomains": ["shop.test"],
            "allowSubdomains": True,
            "maxTtl": "72h",
            "keyUsages": ["DigitalSignature"],
            "organizations": ["shop"],
        },
    ),
    (
        "vault:pkiSecret/secretBackendConfigUrls:SecretBackendConfigUrls",
        "urls",
        {"backend": "life/pki", "issuingCertificates": ["https://shop.test/ca"]},
    ),
    ("vault:identity/entity:Entity", "alice", {"name": "alice", "policies": ["read"], "metadata": {"team": "shop"}}),
    ("vault:identity/group:Group", "shop", {"name": "shop", "type": "external", "policies": ["read"]}),
]
"""One resource of almost every type, in an order in which they can be created."""


@pytest.fixture(scope="module")
def lives(program: Program) -> list[ResourceState]:
    """Create all resources of `LIFE` and return their states."""
    return [program.create(token, name, inputs) for token, name, inputs in LIFE]


def test_a_new_resource_has_no_drift(program: Program, lives: list[ResourceState]) -> None:
    assert {resource.id: program.drift(resource) for resource in lives if program.drift(resource)} == {}


def test_computed_values_are_among_the_outputs(lives: list[ResourceState]) -> None:
    outputs = {(resource.urn.type.rsplit(":")[-1], resource.urn.name): resource.outputs for resource in lives}
    assert outputs["Mount", "kv"]["accessor"].startswith("kv_")
    assert outputs["SecretBackendRootCert", "root"]["certificate"].startswith("-----BEGIN CERTIFICATE-----")
    assert outputs["AuthBackendRoleSecretId", "robot"]["secretId"]
    assert outputs["Token", "ci"]["clientToken"].startswith("hvs.")
    assert outputs["SecretV2", "db"]["data"] == {"user": "app", "port": "5432"}


def test_an_import_differs_at_most_in_vaults_defaults(program: Program, lives: list[ResourceState]) -> None:
    by_answer = ("Token", "SecretId", "RootCert", "CertRequest")
    for resource in lives:
        if resource.urn.type.endswith(by_answer) or resource.urn.type.endswith("AuthBackendConfig"):
            continue
        live = program.configured.read(ResourceState(resource.urn, resource.id))
        assert live is not None
        imported = ResourceState(resource.urn, live.id, live.inputs, live.outputs)
        changes = program.configured.diff(imported, resource.inputs).changes
        assert {change.path for change in changes if change.kind != "delete"} <= {"type"}


def test_deleted_resources_are_gone_and_can_be_deleted_again(program: Program) -> None:
    inputs = {"path": "short/kv", "type": "kv-v2"}
    mount = program.create(MOUNT, "short", inputs)
    secret = program.create("vault:kv/secretV2:SecretV2", "s", {"mount": "short/kv", "name": "s", "dataJson": "{}"})
    entity = program.create("vault:identity/entity:Entity", "bob", {"name": "bob"})
    token = program.create("vault:index/token:Token", "t", {"ttl": "1h"})
    for resource in (token, entity, secret, mount):
        program.configured.delete(resource, 0)
        assert program.configured.read(resource) is None
        program.configured.delete(resource, 0)


def test_an_edited_policy_is_drift_and_the_next_update_reverts_it(program: Program) -> None:
    text = 'path "kv/*" {\n  capabilities = ["read"]\n}\n'
    policy = program.create(POLICY, "reader", {"policy": text})
    assert not program.drift(policy)
    program.api.write(f"sys/policies/acl/{policy.id}", {"policy": text.replace("read", "sudo")})
    assert program.drift(policy) == ["policy"]
    program.update(policy)
    assert not program.drift(policy)
    program.api.delete(f"sys/policies/acl/{policy.id}")
    assert program.configured.read(policy) is None


def test_drift_of_a_role_lists_the_changed_fields(program: Program, lives: list[ResourceState]) -> None:
    role = next(resource for resource in lives if resource.id == "auth/life-k8s/role/app")
    program.api.write(role.id, {"token_ttl": 60, "bound_service_account_namespaces": ["*"]})
    assert program.drift(role) == ["boundServiceAccountNamespaces", "tokenTtl"]
    changed = program.update(role, tokenTtl=1800, audience=None)
    assert not program.drift(changed)
    live = program.api.read(role.id)
    assert live is not None
    assert (live["token_ttl"], live.get("audience", "")) == (1800, "")


def test_a_mount_is_tuned_in_place_and_its_deletion_is_detected(program: Program) -> None:
    mount = program.create(MOUNT, "tuned", {"path": "tuned", "type": "kv", "maxLeaseTtlSeconds": 3600})
    tuned = program.update(mount, maxLeaseTtlSeconds=7200, description="tuned")
    assert not program.drift(tuned)
    assert tuned.outputs["accessor"] == mount.outputs["accessor"]
    program.api.write("sys/mounts/tuned/tune", {"description": "by hand"})
    assert program.drift(tuned) == ["description"]
    program.api.delete("sys/mounts/tuned")
    assert program.configured.read(tuned) is None


def test_an_audit_device_writes_below_the_rehearsal_and_its_deletion_is_detected(program: Program) -> None:
    device = program.create(
        "vault:index/audit:Audit", "file", {"type": "file", "options": {"file_path": "/vault/audit.log"}}
    )
    assert not program.drift(device)
    program.api.read("sys/mounts")
    lines = (program.files / "vault" / "audit.log").read_text().splitlines()
    assert any(json.loads(line)["request"]["path"] == "sys/mounts" for line in lines)
    program.api.delete("sys/audit/file")
    assert program.configured.read(device) is None


def test_write_only_passwords_keep_the_states_value(program: Program, lives: list[ResourceState]) -> None:
    config = next(resource for resource in lives if resource.id == "auth/life-k8s/config")
    live = program.configured.read(config)
    assert live is not None
    assert live.inputs["tokenReviewerJwt"] == config.inputs["tokenReviewerJwt"]


def test_a_changed_secret_is_drift_and_an_update_writes_a_new_version(program: Program) -> None:
    program.create(MOUNT, "versions", {"path": "versions", "type": "kv-v2"})
    secret = program.create(
        "vault:kv/secretV2:SecretV2", "s", {"mount": "versions", "name": "s", "dataJson": '{"password": "one"}'}
    )
    program.api.write("versions/data/s", {"data": {"password": "two"}})
    assert program.drift(secret) == ["dataJson"]
    program.update(secret, dataJson='{"password": "three"}')
    latest = program.configured.invoke("vault:kv/getSecretV2:getSecretV2", {"mount": "versions", "name": "s"})
    assert (latest["data"], latest["version"]) == ({"password": "three"}, 3)
    older = program.configured.invoke(
        "vault:kv/getSecretV2:getSecretV2", {"mount": "versions", "name": "s", "version": 1}
    )
    assert json.loads(older["dataJson"]) == {"password": "one"}
    assert (
        program.configured.invoke("vault:generic/getSecret:getSecret", {"path": "versions/s"})["data"] == latest["data"]
    )


def test_a_missing_secret_is_named(program: Program) -> None:
    with pytest.raises(ProviderError, match="no secret found at 'nowhere/s'"):
        program.configured.invoke("vault:generic/getSecret:getSecret", {"path": "nowhere/s"})


def test_an_unreachable_identity_provider_fails_and_leaves_no_mount(program: Program) -> None:
    inputs = {
        "path": "sso",
        "type": "oidc",
        "oidcDiscoveryUrl": "https://127.0.0.1:1",
        "oidcClientId": "vault",
        "oidcClientSecret": "hunter2hunter2",
    }
    with pytest.raises(ProviderError, match="error checking oidc discovery URL") as caught:
        program.create("vault:jwt/authBackend:AuthBackend", "sso", inputs)
    assert "hunter2" not in str(caught.value)
    assert "sso/" not in (program.api.read("sys/auth") or {})


def test_invalid_hcl_fails_with_vaults_own_error(program: Program) -> None:
    with pytest.raises(ProviderError, match="failed to parse policy"):
        program.create(POLICY, "broken", {"policy": 'path "x" {'})


def test_a_role_without_its_mount_fails_with_the_missing_path(program: Program) -> None:
    inputs = {
        "backend": "none",
        "roleName": "a",
        "boundServiceAccountNames": ["a"],
        "boundServiceAccountNamespaces": ["a"],
    }
    with pytest.raises(ProviderError, match="no path auth/none/role/a"):
        program.create("vault:kubernetes/authBackendRole:AuthBackendRole", "a", inputs)


def test_a_token_works_until_it_is_deleted(program: Program) -> None:
    token = program.create("vault:index/token:Token", "short", {"policies": ["default"], "ttl": "1h"})
    with login(program, token.outputs["clientToken"]) as client:
        assert client.is_authenticated()
        program.configured.delete(token, 0)
        assert not client.is_authenticated()

"""Every declared type matches the SDK and has the correct path in Vault."""

from pathlib import Path
from typing import Any

import pytest

from rehearsal.providers.protocol import Autonaming, CheckRequest, CheckResult, ProviderError, ResourceState, Urn
from rehearsal.providers.schema import SdkSchemas
from rehearsal.providers.values import DEFAULTS, UNKNOWN
from rehearsal.providers.vault.catalog import TYPES
from rehearsal.providers.vault.policy_document import render_hcl
from rehearsal.providers.vault.provider import VaultProvider

POLICY = "vault:index/policy:Policy"
ROLE = "vault:kubernetes/authBackendRole:AuthBackendRole"


def urn(token: str, name: str = "web") -> Urn:
    return Urn(f"urn:pulumi:dev::shop::{token}::{name}")


def check(provider: VaultProvider, token: str, inputs: dict[str, Any], **rest: Any) -> CheckResult:
    return provider.configure({}).check(CheckRequest(urn(token), rest.pop("old_inputs", {}), inputs, **rest))


@pytest.mark.parametrize("token", sorted(TYPES))
def test_a_declaration_names_only_inputs_that_the_sdk_has(token: str, cache: Path) -> None:
    declared, schema = TYPES[token], SdkSchemas("vault", cache).get(token)
    named = {
        *declared.parameters,
        *declared.path_defaults,
        *declared.provider_only,
        *declared.force_new,
        *declared.unsupported,
    }
    named |= {name.partition(".")[0] for name in declared.secrets} | declared.comma_joined | declared.vault_names.keys()
    assert named <= {*schema.inputs, *schema.outputs}


@pytest.mark.parametrize("token", sorted(token for token, declared in TYPES.items() if declared.parameters))
def test_an_id_resolves_to_its_path(token: str) -> None:
    declared = TYPES[token]
    target = declared.resource_path({name: f"some/{name}" for name in declared.parameters})
    assert declared.locate(declared.resource_id(target), {}) == target


@pytest.mark.parametrize(
    ("token", "inputs", "path"),
    [
        (ROLE, {"roleName": "app"}, "auth/kubernetes/role/app"),
        (ROLE, {"roleName": "app", "backend": "/k8s/east/"}, "auth/k8s/east/role/app"),
        ("vault:index/audit:Audit", {"type": "file"}, "sys/audit/file"),
        ("vault:index/authBackend:AuthBackend", {"type": "oidc", "path": "sso"}, "sys/auth/sso"),
        ("vault:kv/secretV2:SecretV2", {"mount": "kv", "name": "app/db"}, "kv/data/app/db"),
    ],
)
def test_the_path_follows_from_the_inputs(token: str, inputs: dict[str, Any], path: str) -> None:
    assert TYPES[token].resource_path(inputs).path == path


def test_an_id_of_another_form_is_refused() -> None:
    with pytest.raises(ProviderError, match="use the form auth/"):
        TYPES[ROLE].locate("app", {})


def test_every_failure_is_reported_at_once(provider: VaultProvider) -> None:
    inputs = {"tokenTtl": "soon", "tokenPolicys": ["a"], "namespace": "x"}
    failures = {failure.property: failure.reason for failure in check(provider, ROLE, inputs).failures}
    assert failures.keys() == {"tokenTtl", "tokenPolicys", "namespace", "roleName", "boundServiceAccountNames"}
    assert "did you mean" in failures["tokenPolicys"]
    assert "Enterprise" in failures["namespace"]


def test_unsupported_types_inputs_and_functions_are_refused(provider: VaultProvider) -> None:
    for token, inputs in (
        ("vault:aws/authBackendRole:AuthBackendRole", {"role": "x"}),
        ("vault:database/secretsMount:SecretsMount", {"path": "db", "mysqls": [{"name": "x"}]}),
    ):
        assert any(
            "not supported by the emulated provider" in failure.reason
            for failure in check(provider, token, inputs).failures
        )
    with pytest.raises(ProviderError, match="not supported by the emulated provider"):
        provider.configure({}).invoke("vault:transit/getEncrypt:getEncrypt", {})


def test_a_generated_name_is_stable(provider: VaultProvider) -> None:
    first = check(provider, POLICY, {"policy": ""}, random_seed=b"1").inputs
    assert first["name"].startswith("web-")
    assert first[DEFAULTS] == ["name"]
    assert check(provider, POLICY, {"policy": ""}, old_inputs=first, random_seed=b"2").inputs["name"] == first["name"]
    assert check(provider, POLICY, {"policy": ""}, proposed_name="given").inputs["name"] == "given"
    assert check(provider, POLICY, {"policy": ""}, autonaming=Autonaming.DISABLE).failures


def test_a_preview_does_not_start_vault_and_leaves_computed_outputs_unknown(provider: VaultProvider) -> None:
    outputs = provider.configure({}).preview_create(urn("vault:index/mount:Mount"), {"path": "kv", "type": "kv-v2"})
    assert outputs == {"path": "kv", "type": "kv-v2", "accessor": UNKNOWN}
    role = provider.configure({}).preview_create(urn(ROLE), {"roleName": "app", "backend": UNKNOWN})
    assert role == {"roleName": "app", "backend": UNKNOWN}


@pytest.mark.parametrize(
    ("token", "old", "new", "expected"),
    [
        (ROLE, {"roleName": "a", "tokenTtl": 1}, {"roleName": "a", "tokenTtl": 2}, "update"),
        (ROLE, {"roleName": "a", "tokenTtl": 1}, {"roleName": "a", "tokenTtl": UNKNOWN}, "update"),
        (ROLE, {"roleName": "a"}, {"roleName": "b"}, "replace"),
        ("vault:index/audit:Audit", {"type": "file"}, {"type": "file", "description": "x"}, "delete, then create"),
        ("vault:index/mount:Mount", {"path": "a", "type": "kv"}, {"path": "a", "type": "pki"}, "delete, then create"),
    ],
)
def test_changes_that_vault_cannot_apply_replace_the_resource(
    provider: VaultProvider, token: str, old: dict[str, Any], new: dict[str, Any], expected: str
) -> None:
    diff = provider.configure({}).diff(ResourceState(urn(token), "x", old), new)
    (change,) = diff.changes
    replace = "delete, then create" if diff.delete_before_replace else "replace"
    assert (replace if change.replace else "update") == expected


def test_list_order_and_duration_spelling_are_not_changes(provider: VaultProvider) -> None:
    old = {"roleName": "a", "tokenPolicies": ["a", "b"]}
    assert (
        not provider.configure({})
        .diff(ResourceState(urn(ROLE), "x", old), {**old, "tokenPolicies": ["b", "a"]})
        .changes
    )
    tuned = ResourceState(
        urn("vault:index/authBackend:AuthBackend"), "x", {"type": "oidc", "tune": {"maxLeaseTtl": "60m"}}
    )
    assert not provider.configure({}).diff(tuned, {"type": "oidc", "tune": {"maxLeaseTtl": "1h"}}).changes


def test_only_the_real_providers_options_are_accepted(provider: VaultProvider) -> None:
    assert not provider.check_config({"address": UNKNOWN, "token": "x", "skipChildToken": "true"}).failures
    assert [failure.property for failure in provider.check_config({"adress": "x", "namespace": "y"}).failures] == [
        "adress",
        "namespace",
    ]


def test_a_policy_document_has_the_real_providers_layout(provider: VaultProvider) -> None:
    rules = [
        {"path": "kv/data/app/*", "capabilities": ["read", "list"], "description": "read the app's secrets"},
        {
            "path": "kv/data/app/new",
            "capabilities": ["create"],
            "requiredParameters": ["owner"],
            "allowedParameters": [{"key": "owner", "values": ["shop"]}, {"key": "*", "values": []}],
            "maxWrappingTtl": "1h",
        },
    ]
    result = provider.configure({}).invoke("vault:index/getPolicyDocument:getPolicyDocument", {"rules": rules})
    assert result["hcl"] == (
        "# read the app's secrets\n"
        'path "kv/data/app/*" {\n'
        '  capabilities = ["read", "list"]\n'
        "}\n"
        "\n"
        'path "kv/data/app/new" {\n'
        '  capabilities = ["create"]\n'
        '  required_parameters = ["owner"]\n'
        "  allowed_parameters = {\n"
        '    "*" = []\n'
        '    "owner" = ["shop"]\n'
        "  }\n"
        '  max_wrapping_ttl = "1h"\n'
        "}\n"
    )


def test_an_invalid_capability_is_refused() -> None:
    with pytest.raises(ProviderError, match='invalid capability "write"'):
        render_hcl([{"path": "kv/*", "capabilities": ["write"]}])

"""Every declared type fits the SDK, and knows where its resources lie."""

from pathlib import Path
from typing import Any

import pytest

from rehearsal.providers.protocol import Autonaming, CheckRequest, CheckResult, ProviderError, ResourceState, Urn
from rehearsal.providers.schema import SdkSchemas
from rehearsal.providers.values import DEFAULTS, UNKNOWN
from rehearsal.providers.vault.catalog import TYPES
from rehearsal.providers.vault.policy_document import render
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
    named = {*declared.parameters, *declared.defaults, *declared.local, *declared.fixed, *declared.refused}
    named |= {name.partition(".")[0] for name in declared.secrets} | declared.joined | declared.names.keys()
    assert named <= {*schema.inputs, *schema.outputs}


@pytest.mark.parametrize("token", sorted(token for token, declared in TYPES.items() if declared.parameters))
def test_an_id_leads_back_to_the_place(token: str) -> None:
    declared = TYPES[token]
    place = declared.place({name: f"some/{name}" for name in declared.parameters})
    assert declared.locate(declared.resource_id(place), {}) == place


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
def test_a_resource_lies_where_its_inputs_say(token: str, inputs: dict[str, Any], path: str) -> None:
    assert TYPES[token].place(inputs).path == path


def test_an_id_of_another_form_is_refused() -> None:
    with pytest.raises(ProviderError, match="must look like auth/"):
        TYPES[ROLE].locate("app", {})


def test_everything_wrong_is_reported_at_once(provider: VaultProvider) -> None:
    inputs = {"tokenTtl": "soon", "tokenPolicys": ["a"], "namespace": "x"}
    failures = {failure.property: failure.reason for failure in check(provider, ROLE, inputs).failures}
    assert failures.keys() == {"tokenTtl", "tokenPolicys", "namespace", "roleName", "boundServiceAccountNames"}
    assert "did you mean" in failures["tokenPolicys"]
    assert "Enterprise" in failures["namespace"]


def test_what_is_not_implemented_is_refused(provider: VaultProvider) -> None:
    for token, inputs in (
        ("vault:aws/authBackendRole:AuthBackendRole", {"role": "x"}),
        ("vault:database/secretsMount:SecretsMount", {"path": "db", "mysqls": [{"name": "x"}]}),
    ):
        assert any(
            "not implemented by the emulated provider" in failure.reason
            for failure in check(provider, token, inputs).failures
        )
    with pytest.raises(ProviderError, match="not implemented by the emulated provider"):
        provider.configure({}).invoke("vault:transit/getEncrypt:getEncrypt", {})


def test_a_missing_name_is_made_up_once(provider: VaultProvider) -> None:
    first = check(provider, POLICY, {"policy": ""}, random_seed=b"1").inputs
    assert first["name"].startswith("web-")
    assert first[DEFAULTS] == ["name"]
    assert check(provider, POLICY, {"policy": ""}, old_inputs=first, random_seed=b"2").inputs["name"] == first["name"]
    assert check(provider, POLICY, {"policy": ""}, proposed_name="given").inputs["name"] == "given"
    assert check(provider, POLICY, {"policy": ""}, autonaming=Autonaming.DISABLE).failures


def test_a_preview_starts_no_vault_and_leaves_what_only_vault_knows_unknown(provider: VaultProvider) -> None:
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
def test_what_can_not_be_changed_is_replaced(
    provider: VaultProvider, token: str, old: dict[str, Any], new: dict[str, Any], expected: str
) -> None:
    found = provider.configure({}).diff(ResourceState(urn(token), "x", old), new)
    (change,) = found.changes
    replace = "delete, then create" if found.delete_before_replace else "replace"
    assert (replace if change.replace else "update") == expected


def test_the_order_of_a_list_and_the_spelling_of_a_duration_are_no_change(provider: VaultProvider) -> None:
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


def test_the_real_providers_configuration_is_accepted_and_anything_else_is_not(provider: VaultProvider) -> None:
    assert not provider.check_config({"address": UNKNOWN, "token": "x", "skipChildToken": "true"}).failures
    assert [failure.property for failure in provider.check_config({"adress": "x", "namespace": "y"}).failures] == [
        "adress",
        "namespace",
    ]


def test_a_policy_document_is_laid_out_as_the_real_provider_does(provider: VaultProvider) -> None:
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


def test_a_capability_that_vault_does_not_have_is_refused() -> None:
    with pytest.raises(ProviderError, match='invalid capability "write"'):
        render([{"path": "kv/*", "capabilities": ["write"]}])

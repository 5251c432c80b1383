"""Inputs are completed and validated without a cluster."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.providers.kubernetes import create_provider
from rehearsal.providers.kubernetes.naming import ensure_name, field_manager
from rehearsal.providers.kubernetes.ownership import takeover_patch
from rehearsal.providers.kubernetes.provider import KubernetesProvider
from rehearsal.providers.protocol import Autonaming, CheckRequest, CheckResult, ProviderError, ResourceState, Urn
from rehearsal.providers.values import UNKNOWN

CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"


class NoClusters:
    """Registry of a rehearsal that has no cluster yet."""

    def all(self) -> Sequence[Any]:
        return ()


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KubernetesProvider]:
    kubernetes = create_provider(NoClusters(), tmp_path_factory.mktemp("cache"))
    yield kubernetes
    kubernetes.close()


def urn(token: str, name: str = "web") -> Urn:
    return Urn(f"urn:pulumi:dev::shop::{token}::{name}")


def check(provider: KubernetesProvider, token: str, inputs: dict[str, Any], **rest: Any) -> CheckResult:
    config = rest.pop("config", {})
    request = CheckRequest(urn(token), rest.pop("old_inputs", {}), inputs, **rest)
    return provider.configure(config).check(request)


def test_kind_and_name_are_filled_in(provider: KubernetesProvider) -> None:
    checked = check(provider, CONFIG_MAP, {}, random_seed=b"1").inputs
    assert (checked["apiVersion"], checked["kind"]) == ("v1", "ConfigMap")
    assert checked["metadata"]["name"].startswith("web-")
    assert checked["metadata"]["annotations"] == {"pulumi.com/autonamed": "true"}


@given(st.binary(min_size=1), st.binary(min_size=1))
def test_a_generated_name_depends_on_the_seed_and_stays(seed: bytes, later: bytes) -> None:
    first = ensure_name({}, CheckRequest(urn(CONFIG_MAP), {}, {}, seed))
    assert first == ensure_name({}, CheckRequest(urn(CONFIG_MAP), {}, {}, seed))
    assert ensure_name({}, CheckRequest(urn(CONFIG_MAP), first, {}, later)) == first


def test_a_proposed_name_is_used(provider: KubernetesProvider) -> None:
    assert check(provider, CONFIG_MAP, {}, proposed_name="given").inputs["metadata"]["name"] == "given"


def test_autonaming_can_be_disabled(provider: KubernetesProvider) -> None:
    (failure,) = check(provider, CONFIG_MAP, {}, autonaming=Autonaming.DISABLE).failures
    assert failure.property == "metadata.name"


def test_unknown_metadata_is_left_unchanged(provider: KubernetesProvider) -> None:
    assert check(provider, CONFIG_MAP, {"metadata": UNKNOWN}).inputs["metadata"] == UNKNOWN


def test_the_providers_namespace_applies_to_namespaced_kinds(provider: KubernetesProvider) -> None:
    config = {"namespace": "shop"}
    assert check(provider, CONFIG_MAP, {}, config=config).inputs["metadata"]["namespace"] == "shop"
    assert "namespace" not in check(provider, "kubernetes:core/v1:Namespace", {}, config=config).inputs["metadata"]


def test_every_unknown_field_is_reported_at_once_with_a_suggestion(provider: KubernetesProvider) -> None:
    container = {"name": "web", "imagee": "x", "env": [{"name": UNKNOWN, "vlaue": "1"}]}
    inputs = {"spec": {"replica": 2, "template": {"spec": {"containers": [container]}}}}
    failures = check(provider, DEPLOYMENT, inputs).failures
    assert {failure.property for failure in failures} == {
        "spec.replica",
        "spec.template.spec.containers[0].imagee",
        "spec.template.spec.containers[0].env[0].vlaue",
    }
    assert all("did you mean" in failure.reason for failure in failures)


def test_fields_of_a_custom_resource_are_not_checked(provider: KubernetesProvider) -> None:
    inputs = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "spec": {"strategy": {"canary": {}}}}
    assert not check(provider, "kubernetes:argoproj.io/v1alpha1:Rollout", inputs).failures


@pytest.mark.parametrize(
    ("token", "inputs", "reason"),
    [
        ("kubernetes:helm.sh/v4:Chart", {"chart": "x"}, "not supported by the emulated provider"),
        ("kubernetes:yaml/v2:ConfigFile", {"file": "x"}, "not supported by the emulated provider"),
        ("kubernetes:core/v1:ConfigMapList", {"items": []}, "can't be created"),
        (CONFIG_MAP, {"metadata": {"generateName": "x-"}}, "not supported with server-side apply"),
        ("kubernetes:core/v1:ConfigMapPatch", {"kind": "ConfigMap", "data": {}}, "needs the name"),
    ],
)
def test_unsupported_resources_are_refused(
    provider: KubernetesProvider, token: str, inputs: dict[str, Any], reason: str
) -> None:
    (failure,) = check(provider, token, inputs).failures
    assert reason in failure.reason


def test_an_invalid_wait_for_annotation_is_refused(provider: KubernetesProvider) -> None:
    (failure,) = check(provider, CONFIG_MAP, {"metadata": {"annotations": {"pulumi.com/waitFor": "soon"}}}).failures
    assert failure.property == 'metadata.annotations["pulumi.com/waitFor"]'


def test_without_a_cluster_a_preview_returns_the_inputs_and_an_update_fails(
    provider: KubernetesProvider,
) -> None:
    configured = provider.configure({"kubeconfig": UNKNOWN})
    inputs = check(provider, CONFIG_MAP, {"data": {"a": "1"}}).inputs
    assert configured.preview_create(urn(CONFIG_MAP), inputs) == inputs
    with pytest.raises(ProviderError, match="kubeconfig"):
        configured.create(urn(CONFIG_MAP), inputs, 0)


def test_delete_unreachable_drops_objects_of_an_unreachable_cluster(
    provider: KubernetesProvider,
) -> None:
    resource = ResourceState(urn(CONFIG_MAP), "shop/web", {"kind": "ConfigMap", "apiVersion": "v1"})
    with pytest.raises(ProviderError, match="deleteUnreachable"):
        provider.configure({}).read(resource)
    with pytest.raises(ProviderError, match="deleteUnreachable"):
        provider.configure({}).delete(resource, 0)
    forgetting = provider.configure({"deleteUnreachable": "true"})
    assert forgetting.read(resource) is None
    forgetting.delete(resource, 0)


@pytest.mark.parametrize(
    ("config", "option"),
    [
        ({"kubeconfg": "x"}, "kubeconfg"),
        ({"renderYamlToDirectory": "out"}, "renderYamlToDirectory"),
        ({"enableServerSideApply": "false"}, "enableServerSideApply"),
    ],
)
def test_unsupported_provider_options_are_refused(
    provider: KubernetesProvider, config: dict[str, Any], option: str
) -> None:
    assert [failure.property for failure in provider.check_config(config).failures] == [option]


def test_the_real_providers_options_are_accepted(provider: KubernetesProvider) -> None:
    config = {
        "kubeconfig": UNKNOWN,
        "enableServerSideApply": "true",
        "kubeClientSettings": '{"qps":50}',
        "version": "4",
    }
    assert not provider.check_config(config).failures


def test_yaml_is_decoded_and_other_functions_are_refused(provider: KubernetesProvider) -> None:
    configured = provider.configure({})
    assert configured.invoke("kubernetes:yaml:decode", {"text": "a: 1\n---\nb: 2\n---\n"}) == {
        "result": [{"a": 1}, {"b": 2}]
    }
    with pytest.raises(ProviderError, match="not supported"):
        configured.invoke("kubernetes:helm:template", {})


def test_a_field_manager_belongs_to_one_resource() -> None:
    assert field_manager("a") == field_manager("a") != field_manager("b")


def test_manual_edits_are_taken_over_and_a_controllers_are_not() -> None:
    entries = [
        {"manager": "pulumi-kubernetes-1", "operation": "Apply", "fieldsV1": {"f:spec": {"f:a": {}}}},
        {"manager": "kubectl-edit", "operation": "Update", "fieldsV1": {"f:spec": {"f:b": {}}}},
        {"manager": "hpa", "operation": "Update", "fieldsV1": {"f:spec": {"f:c": {}}}},
    ]
    live = {"apiVersion": "v1", "metadata": {"resourceVersion": "7", "managedFields": entries}}
    _, replaced = takeover_patch(live, "pulumi-kubernetes-1")
    assert replaced["value"] == [
        entries[2],
        {**entries[0], "fieldsV1": {"f:spec": {"f:a": {}, "f:b": {}}}},
    ]
    assert not takeover_patch({"metadata": {"managedFields": [entries[2]]}}, "pulumi-kubernetes-1")

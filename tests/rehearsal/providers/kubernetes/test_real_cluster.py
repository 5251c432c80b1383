"""The emulated provider on a real API server."""

import copy
import time
from typing import Any

import pytest

from rehearsal.providers.kubernetes import create_provider, waiting
from rehearsal.providers.kubernetes.objects import GroupVersionKind, ObjectRef
from rehearsal.providers.protocol import CheckRequest, PartiallyCreatedError, ProviderError, ResourceState, Urn

from .conftest import Program

pytestmark = pytest.mark.integration

CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
NAMESPACE = "kubernetes:core/v1:Namespace"
NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
QUOTA = "kubernetes:core/v1:ResourceQuota"
SECRET = "kubernetes:core/v1:Secret"


def config_map(namespace: str, data: dict[str, str], name: str = "settings", **annotations: str) -> dict[str, Any]:
    return {"metadata": {"name": name, "namespace": namespace, "annotations": annotations}, "data": data}


def deployment(namespace: str, replicas: int = 2, **annotations: str) -> dict[str, Any]:
    container = {
        "name": "web",
        "image": "web:1",
        "ports": [{"containerPort": 80}],
        "resources": {"requests": {"cpu": "0.5", "memory": "1024Mi"}},
        "env": [{"name": "MODE", "value": "quiet"}],
    }
    return {
        "metadata": {"name": "web", "namespace": namespace, "annotations": annotations},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [container]}},
        },
    }


def edit(program: Program, resource: ResourceState, change: dict[str, Any], manager: str = "kubectl-edit") -> None:
    """Change some fields under another field manager, like `kubectl edit`."""
    ref = ObjectRef.of({**program.live(resource)})
    body = {
        "apiVersion": ref.gvk.api_version,
        "kind": ref.gvk.kind,
        "metadata": {"name": ref.name, "namespace": ref.namespace},
        **change,
    }
    program.api.apply(body, manager, force=True)


def test_lifecycle_of_a_namespace_with_limits_and_a_deployment(program: Program) -> None:
    space = program.create(NAMESPACE, "shop", {"metadata": {"labels": {"team": "shop"}}})
    where = {"namespace": space.id, "name": "limits"}
    quota = program.create(
        QUOTA, "quota", {"metadata": where, "spec": {"hard": {"requests.cpu": "4000m", "pods": "10"}}}
    )
    limits = program.create(
        "kubernetes:core/v1:LimitRange",
        "limits",
        {"metadata": where, "spec": {"limits": [{"type": "Container", "default": {"cpu": "1000m", "memory": "1Gi"}}]}},
    )
    fence = program.create(
        NETWORK_POLICY,
        "fence",
        {"metadata": where, "spec": {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": []}},
    )
    web = program.create(DEPLOYMENT, "web", deployment(space.id))
    service = program.create(
        "kubernetes:core/v1:Service",
        "web",
        {"metadata": {"namespace": space.id}, "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}},
    )
    resources = [space, quota, limits, fence, web, service]
    assert web.outputs["status"]["availableReplicas"] == 2
    assert "managedFields" not in web.outputs["metadata"]
    assert [program.drift(resource) for resource in resources] == [[]] * len(resources)

    grown = program.update(web, deployment(space.id, replicas=3))
    assert program.live(grown)["status"]["availableReplicas"] == 3
    assert not program.drift(grown)

    for resource in reversed(resources):
        program.configured.delete(resource, 0)
        assert program.configured.read(resource) is None
        program.configured.delete(resource, 0)


def test_a_manual_edit_is_drift_and_the_next_update_reverts_it(program: Program, namespace: str) -> None:
    web = program.create(DEPLOYMENT, "web", deployment(namespace))
    edit(program, web, {"spec": {"replicas": 1}})
    assert program.drift(web) == ["spec.replicas"]
    program.update(web, deployment(namespace))
    assert program.live(web)["spec"]["replicas"] == 2
    assert not program.drift(web)


def test_fields_that_the_program_does_not_set_are_not_drift(program: Program, namespace: str) -> None:
    settings = program.create(CONFIG_MAP, "settings", config_map(namespace, {"a": "1"}))
    edit(program, settings, {"data": {"b": "2"}})
    assert not program.drift(settings)


def test_a_conflict_with_a_controller_fails_until_forced(program: Program, namespace: str) -> None:
    settings = program.create(CONFIG_MAP, "settings", config_map(namespace, {"a": "1"}))
    edit(program, settings, {"data": {"a": "2"}}, manager="some-controller")
    with pytest.raises(ProviderError, match=r"some-controller.*pulumi.com/patchForce"):
        program.configured.update(settings, settings.inputs, 0)
    forced = config_map(namespace, {"a": "1"}, **{"pulumi.com/patchForce": "true"})
    program.update(settings, forced)
    assert program.live(settings)["data"] == {"a": "1"}


def test_a_manually_deleted_object_is_gone_for_a_refresh_and_fails_an_update(program: Program, namespace: str) -> None:
    settings = program.create(CONFIG_MAP, "settings", config_map(namespace, {"a": "1"}))
    program.api.delete(ObjectRef.of(program.live(settings)), "Background")
    assert program.configured.read(settings) is None
    with pytest.raises(ProviderError, match="no longer exists in the cluster"):
        program.configured.update(settings, settings.inputs, 0)


def test_creating_an_existing_object_fails_unless_upsert_is_set(
    program: Program, namespace: str, kubeconfig_and_clusters: Any, tmp_path: Any
) -> None:
    created = program.create(CONFIG_MAP, "settings", config_map(namespace, {"a": "1"}))
    other = Urn(f"urn:pulumi:dev::shop::{CONFIG_MAP}::other")
    with pytest.raises(ProviderError, match="already exists"):
        program.configured.create(other, created.inputs, 0)
    kubeconfig, clusters = kubeconfig_and_clusters
    adopting = create_provider(clusters, tmp_path)
    configured = adopting.configure({"kubeconfig": kubeconfig, "upsertExistingObjects": "true"})
    assert configured.create(other, created.inputs, 0).id == created.id
    adopting.close()


def test_a_preview_shows_errors_of_the_api_server(program: Program, namespace: str) -> None:
    urn, inputs = Urn(f"urn:pulumi:dev::shop::{DEPLOYMENT}::web"), deployment(namespace)
    wrong_type, unknown, invalid = (
        copy.deepcopy(inputs) | {"apiVersion": "apps/v1", "kind": "Deployment"} for _ in "123"
    )
    wrong_type["spec"]["replicas"] = "two"
    unknown["spec"]["template"]["spec"]["containers"][0]["imagee"] = "x"
    invalid["spec"]["selector"]["matchLabels"] = {"app": "other"}
    for body, message in (
        (wrong_type, r"\.spec\.replicas: expected numeric"),
        (unknown, r"imagee: field not declared in schema"),
        (invalid, r"selector.*does not match template"),
    ):
        with pytest.raises(ProviderError, match=message):
            program.configured.preview_create(urn, body)


def test_a_preview_shows_errors_of_admission(program: Program) -> None:
    label = {"pod-security.kubernetes.io/enforce": "restricted"}
    space = program.create(NAMESPACE, "strict", {"metadata": {"labels": label}})
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "root", "namespace": space.id},
        "spec": {"containers": [{"name": "a", "image": "a", "securityContext": {"privileged": True}}]},
    }
    with pytest.raises(ProviderError, match="violates PodSecurity"):
        program.configured.preview_create(Urn("urn:pulumi:dev::shop::kubernetes:core/v1:Pod::root"), pod)
    program.configured.delete(space, 0)


def test_a_preview_needs_neither_the_namespace_nor_the_kind(program: Program) -> None:
    for body in (
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x", "namespace": "not-made-yet"}},
        {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "x", "namespace": "default"}},
    ):
        urn = Urn(f"urn:pulumi:dev::shop::kubernetes:{body['apiVersion']}:{body['kind']}::x")
        assert program.configured.preview_create(urn, body) == body


def test_a_preview_shows_the_defaults_of_the_server_and_no_status(program: Program, namespace: str) -> None:
    urn = Urn(f"urn:pulumi:dev::shop::{DEPLOYMENT}::web")
    outputs = program.configured.preview_create(urn, program.check(DEPLOYMENT, "web", deployment(namespace)))
    assert outputs["spec"]["progressDeadlineSeconds"] == 600
    assert "status" not in outputs


def test_an_exceeded_quota_is_among_the_reasons(program: Program, namespace: str) -> None:
    where = {"namespace": namespace, "name": "one"}
    program.create(QUOTA, "one", {"metadata": where, "spec": {"hard": {"pods": "1"}}})
    with pytest.raises(PartiallyCreatedError) as caught:
        program.create(DEPLOYMENT, "web", deployment(namespace, 2, **{"pulumi.com/timeoutSeconds": "3"}), timeout=0)
    reasons = "\n".join(caught.value.reasons)
    assert "did not become ready within 3 s" in caught.value.reasons[0]
    assert "exceeded quota: one" in reasons
    assert caught.value.id == f"{namespace}/web"
    assert caught.value.outputs["spec"]["replicas"] == 2


def test_an_unschedulable_pod_is_among_the_reasons(program: Program, namespace: str) -> None:
    greedy = deployment(namespace, 1)
    greedy["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"]["cpu"] = "100"
    with pytest.raises(PartiallyCreatedError) as caught:
        program.create(DEPLOYMENT, "web", greedy, timeout=2)
    assert any("Insufficient cpu" in reason for reason in caught.value.reasons)


def test_skip_await_waits_for_nothing(program: Program, namespace: str) -> None:
    greedy = deployment(namespace, 1, **{"pulumi.com/skipAwait": "true"})
    greedy["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"]["cpu"] = "100"
    before = time.monotonic()
    program.create(DEPLOYMENT, "web", greedy)
    assert time.monotonic() - before < 2


def test_wait_for_waits_for_the_annotated_condition(program: Program, namespace: str) -> None:
    ready = {"pulumi.com/waitFor": '["jsonpath={.data.state}=open", "jsonpath={.metadata.uid}"]'}
    program.create(CONFIG_MAP, "open", config_map(namespace, {"state": "open"}, "open", **ready))
    with pytest.raises(PartiallyCreatedError, match=r"\{.data.state\} is shut, not open"):
        program.create(CONFIG_MAP, "shut", config_map(namespace, {"state": "shut"}, "shut", **ready), timeout=1)


def test_a_service_without_matching_pods_does_not_become_ready(program: Program, namespace: str) -> None:
    service = {"metadata": {"namespace": namespace}, "spec": {"selector": {"app": "none"}, "ports": [{"port": 80}]}}
    with pytest.raises(PartiallyCreatedError, match="no running pod matches its selector"):
        program.create("kubernetes:core/v1:Service", "web", service, timeout=1)


def test_a_service_account_token_exists_when_its_secret_is_created(program: Program, namespace: str) -> None:
    program.create(
        "kubernetes:core/v1:ServiceAccount", "robot", {"metadata": {"namespace": namespace, "name": "robot"}}
    )
    token = program.create(
        SECRET,
        "token",
        {
            "metadata": {"namespace": namespace, "annotations": {"kubernetes.io/service-account.name": "robot"}},
            "type": "kubernetes.io/service-account-token",
        },
    )
    assert token.outputs["data"]["token"]
    assert not program.drift(token)


def test_a_changed_secret_is_drift_and_its_value_is_in_no_error(program: Program, namespace: str) -> None:
    inputs = {"metadata": {"namespace": namespace, "name": "login"}, "stringData": {"password": "hunter2hunter2"}}
    secret = program.create(SECRET, "login", inputs)
    assert not program.drift(secret)
    edit(program, secret, {"data": {"password": "Y2hhbmdlZA=="}})
    assert program.drift(secret) == ["stringData.password"]
    wrong = {**secret.inputs, "stringData": {"password": {"nested": "hunter2hunter2"}}}
    with pytest.raises(ProviderError) as caught:
        program.configured.preview_update(secret, wrong)
    assert "hunter2" not in str(caught.value)


def test_a_custom_resource_is_created_after_its_definition(program: Program, namespace: str) -> None:
    schema = {
        "type": "object",
        "properties": {"spec": {"type": "object", "x_kubernetes_preserve_unknown_fields": True}},
    }
    definition = program.create(
        "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition",
        "widgets",
        {
            "metadata": {"name": "widgets.example.com"},
            "spec": {
                "group": "example.com",
                "scope": "Namespaced",
                "names": {"kind": "Widget", "plural": "widgets", "singular": "widget"},
                "versions": [
                    {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}},
                ],
            },
        },
    )
    assert not program.drift(definition)
    inputs = {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"namespace": namespace}, "spec": {"a": 1}}
    widget = program.create("kubernetes:example.com/v1:Widget", "widget", inputs)
    assert not program.drift(widget)
    program.configured.delete(widget, 0)
    program.configured.delete(definition, 0)
    assert program.configured.read(widget) is None


def test_a_patch_owns_only_its_fields_and_gives_them_up(program: Program, namespace: str) -> None:
    settings = program.create(CONFIG_MAP, "settings", config_map(namespace, {"a": "1"}))
    patch_inputs = {"apiVersion": "v1", "kind": "ConfigMap", **config_map(namespace, {"b": "2"})}
    patch = program.create("kubernetes:core/v1:ConfigMapPatch", "patch", patch_inputs)
    assert program.live(settings)["data"] == {"a": "1", "b": "2"}
    assert not program.drift(patch)
    program.configured.delete(patch, 0)
    assert program.live(settings)["data"] == {"a": "1"}


def test_an_import_returns_the_inputs_that_created_the_object(program: Program, namespace: str) -> None:
    web = program.create(DEPLOYMENT, "web", deployment(namespace))
    live = program.configured.read(ResourceState(web.urn, web.id))
    assert live is not None
    imported = ResourceState(web.urn, live.id, live.inputs, live.outputs)
    assert not program.configured.diff(imported, web.inputs).changes
    assert program.configured.read(ResourceState(web.urn, f"{namespace}/none")) is None


def test_a_finalizer_that_blocks_deletion_is_named_at_the_timeout(program: Program, namespace: str) -> None:
    inputs = config_map(namespace, {})
    inputs["metadata"]["finalizers"] = ["example.com/hold"]
    blocked = program.create(CONFIG_MAP, "held", inputs)
    with pytest.raises(ProviderError, match=r"still exists 1 s after its deletion, blocked by example.com/hold"):
        program.configured.delete(blocked, 1)
    ref = ObjectRef(GroupVersionKind("", "v1", "ConfigMap"), namespace, "settings")
    program.api.patch(ref, [{"op": "remove", "path": "/metadata/finalizers"}])


def test_an_unserved_kind_fails_with_advice(program: Program, namespace: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "APPEAR_SECONDS", 1)
    inputs = {"apiVersion": "example.com/v9", "kind": "Nothing", "metadata": {"namespace": namespace, "name": "x"}}
    urn = Urn("urn:pulumi:dev::shop::kubernetes:example.com/v9:Nothing::x")
    checked = program.configured.check(CheckRequest(urn, {}, inputs))
    with pytest.raises(ProviderError, match=r"no kind example\.com/v9/Nothing"):
        program.configured.create(urn, checked.inputs, 0)

"""A diff lists every changed field and replaces the object only if necessary."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.providers.kubernetes.differences import compare, render_path, replacing_fields
from rehearsal.providers.protocol import ChangeKind, DiffResult
from rehearsal.providers.values import UNKNOWN

NONE_MUTABLE: frozenset[str] = frozenset()


def body(kind: str, api_version: str = "v1", **rest: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "x", "namespace": "shop"}, **rest}


def difference(old: dict[str, Any], new: dict[str, Any], mutable: frozenset[str] = NONE_MUTABLE) -> DiffResult:
    return compare(old, new, replacing_fields(new, mutable))


def paths(diff: DiffResult, *, replacing: bool = False) -> list[str]:
    return [change.path for change in diff.changes if change.replace or not replacing]


DEPLOYMENT = body(
    "Deployment",
    "apps/v1",
    spec={"selector": {"matchLabels": {"app": "x"}}, "template": {"spec": {"containers": [{"image": "x:1"}]}}},
)


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        (body("Service", spec={"clusterIP": "10.0.0.1"}), body("Service", spec={"clusterIP": "None"}), "clusterIP"),
        (
            body("Job", "batch/v1", spec={"template": {"spec": {"restartPolicy": "Never"}}}),
            body("Job", "batch/v1", spec={"template": {"spec": {"restartPolicy": "OnFailure"}}}),
            "restartPolicy",
        ),
        (
            body("PersistentVolumeClaim", spec={"resources": {"requests": {"storage": "1Gi"}}}),
            body("PersistentVolumeClaim", spec={"resources": {"requests": {"storage": "2Gi"}}}),
            "storage",
        ),
        (
            body("RoleBinding", "rbac.authorization.k8s.io/v1", roleRef={"name": "a"}),
            body("RoleBinding", "rbac.authorization.k8s.io/v1", roleRef={"name": "b"}),
            "roleRef",
        ),
        (
            body("StorageClass", "storage.k8s.io/v1", provisioner="a"),
            body("StorageClass", "storage.k8s.io/v1", provisioner="b"),
            "provisioner",
        ),
        (
            body("StatefulSet", "apps/v1", spec={"serviceName": "a"}),
            body("StatefulSet", "apps/v1", spec={"serviceName": "b"}),
            "serviceName",
        ),
        (body("ConfigMap", data={"a": "1"}), body("ConfigMap", data={"a": "2"}), "data"),
        (body("Secret", stringData={"a": "1"}), body("Secret"), "stringData"),
        (
            body("Pod", spec={"containers": [{"image": "a"}]}),
            body("Pod", spec={"containers": [{"image": "b"}]}),
            "image",
        ),
        (body("Pod", spec={}), body("Pod"), ""),
    ],
)
def test_an_immutable_field_replaces(old: dict[str, Any], new: dict[str, Any], path: str) -> None:
    diff = difference(old, new)
    assert all(path in change for change in paths(diff, replacing=True))
    assert bool(path) == bool(paths(diff, replacing=True))


def test_a_deployments_image_updates_in_place_and_its_selector_replaces() -> None:
    image, selector = copy.deepcopy(DEPLOYMENT), copy.deepcopy(DEPLOYMENT)
    image["spec"]["template"]["spec"]["containers"][0]["image"] = "x:2"
    selector["spec"]["selector"]["matchLabels"]["tier"] = "web"
    assert paths(difference(DEPLOYMENT, image)) == ["spec.template.spec.containers[0].image"]
    assert not paths(difference(DEPLOYMENT, image), replacing=True)
    assert paths(difference(DEPLOYMENT, selector), replacing=True) == ["spec.selector.matchLabels.tier"]


def test_a_field_that_contains_an_immutable_one_replaces() -> None:
    bare = body("Deployment", "apps/v1")
    assert paths(difference(bare, DEPLOYMENT), replacing=True) == ["spec"]
    assert not paths(difference(bare, body("Deployment", "apps/v1", spec={"replicas": 1})), replacing=True)


def test_an_unknown_value_of_an_immutable_field_replaces() -> None:
    unknown = copy.deepcopy(DEPLOYMENT) | {"spec": {**DEPLOYMENT["spec"], "selector": UNKNOWN}}
    assert paths(difference(DEPLOYMENT, unknown), replacing=True) == ["spec.selector"]


@pytest.mark.parametrize("kind", ["ConfigMap", "Secret"])
def test_mutable_content_updates_in_place_unless_marked_immutable(kind: str) -> None:
    old, new, frozen = body(kind, data={"a": "1"}), body(kind, data={"a": "2"}), body(kind, data={"a": "2"})
    frozen["immutable"] = True
    assert not paths(difference(old, new, frozenset({kind})), replacing=True)
    assert "data.a" in paths(difference(old, frozen, frozenset({kind})), replacing=True)


def test_a_new_name_or_namespace_replaces() -> None:
    moved = body("ConfigMap") | {"metadata": {"name": "y", "namespace": "other"}}
    diff = difference(body("ConfigMap"), moved)
    assert paths(diff, replacing=True) == ["metadata.name", "metadata.namespace"]
    assert not diff.delete_before_replace


def test_no_namespace_is_the_default_namespace() -> None:
    bare, default = body("ConfigMap"), body("ConfigMap")
    bare["metadata"] = {"name": "x"}
    default["metadata"] = {"name": "x", "namespace": "default"}
    assert not difference(bare, default).changes


def test_a_named_object_is_deleted_before_its_replacement_and_an_autonamed_one_after() -> None:
    named = body("ConfigMap", data={"a": "1"}), body("ConfigMap", data={"a": "2"})
    assert difference(*named).delete_before_replace
    for side in named:
        side["metadata"]["annotations"] = {"pulumi.com/autonamed": "true"}
    assert not difference(*named).delete_before_replace


def test_a_change_has_its_kind() -> None:
    old = body("ConfigMap", data={"gone": "1", "kept": "1"})
    new = body("ConfigMap", data={"kept": "2", "new": "1"})
    assert {change.path: change.kind for change in difference(old, new).changes} == {
        "data.gone": ChangeKind.DELETE,
        "data.kept": ChangeKind.UPDATE,
        "data.new": ChangeKind.ADD,
    }


@given(st.dictionaries(st.text(max_size=6), st.text(max_size=6)))
def test_equal_inputs_never_differ(data: dict[str, str]) -> None:
    assert not difference(body("ConfigMap", data=data), body("ConfigMap", data=dict(data))).changes


def test_a_path_quotes_keys_with_dots() -> None:
    assert render_path(("metadata", "labels", "app.kubernetes.io/name")) == 'metadata.labels["app.kubernetes.io/name"]'
    assert render_path(("spec", "ports", 0, "port")) == "spec.ports[0].port"

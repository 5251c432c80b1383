"""A read shows drift in the program's inputs and hides the server's defaults."""

import base64
import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rehearsal.providers.kubernetes.projection import imported_inputs, project

names = st.text("abcdefghij", min_size=1, max_size=4)
values = st.recursive(
    st.integers(0, 9) | st.text("xyz", min_size=1, max_size=3) | st.booleans(),
    lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(names, inner, min_size=1, max_size=3),
)
bodies = st.dictionaries(names, values, min_size=1, max_size=4)

CONTAINERS: dict[str, Any] = {
    "f:spec": {
        "f:containers": {
            'k:{"name":"web"}': {
                ".": {},
                "f:name": {},
                "f:image": {},
                "f:ports": {'k:{"containerPort":80,"protocol":"TCP"}': {".": {}, "f:containerPort": {}}},
            }
        }
    }
}


def live(fields: dict[str, Any], **body: Any) -> dict[str, Any]:
    metadata = {
        "name": "web",
        "managedFields": [{"manager": "pulumi-kubernetes-1", "operation": "Apply", "fieldsV1": fields}],
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, **body}


@given(bodies)
def test_an_unchanged_object_reads_back_as_the_inputs(inputs: dict[str, Any]) -> None:
    assert project(copy.deepcopy(inputs), inputs) == inputs


@given(bodies, st.dictionaries(st.text("klmn", min_size=1, max_size=4), values, max_size=3))
def test_server_defaults_are_hidden(inputs: dict[str, Any], defaults: dict[str, Any]) -> None:
    assert project({**inputs, **defaults}, inputs) == inputs


@given(bodies, st.data())
def test_a_missing_field_is_dropped(inputs: dict[str, Any], data: st.DataObject) -> None:
    gone = data.draw(st.sampled_from(sorted(inputs)))
    left = {key: value for key, value in inputs.items() if key != gone}
    assert project(left, inputs) == left


def test_a_changed_field_shows_the_live_value() -> None:
    assert project({"spec": {"replicas": 3, "paused": False}}, {"spec": {"replicas": 2}}) == {"spec": {"replicas": 3}}


def test_a_quantity_keeps_the_spelling_of_the_program() -> None:
    inputs = {"spec": {"hard": {"requests.cpu": "1000m"}}}
    assert project({"spec": {"hard": {"requests.cpu": "1"}}}, inputs) == inputs


def test_an_injected_container_is_hidden_and_a_changed_image_is_shown() -> None:
    inputs = {"spec": {"containers": [{"name": "web", "image": "web:1", "ports": [{"containerPort": 80}]}]}}
    body = live(
        CONTAINERS,
        spec={
            "containers": [
                {"name": "mesh", "image": "mesh:1"},
                {"name": "web", "image": "web:2", "ports": [{"containerPort": 80, "protocol": "TCP"}], "tty": False},
            ]
        },
    )
    assert project(body, inputs)["spec"]["containers"] == [
        {"name": "web", "image": "web:2", "ports": [{"containerPort": 80}]}
    ]


def test_an_item_added_to_an_atomic_list_is_shown() -> None:
    inputs = {"rules": [{"verbs": ["get"]}]}
    body = live({"f:rules": {}}, rules=[{"verbs": ["get"]}, {"verbs": ["*"]}])
    assert project(body, inputs)["rules"] == [{"verbs": ["get"]}, {"verbs": ["*"]}]


def test_members_that_others_added_to_a_set_are_hidden() -> None:
    inputs = {"metadata": {"finalizers": ["ours"]}}
    body = live({"f:metadata": {"f:finalizers": {'v:"ours"': {}, 'v:"theirs"': {}}}})
    body["metadata"]["finalizers"] = ["theirs", "ours"]
    assert project(body, inputs)["metadata"]["finalizers"] == ["ours"]


def test_string_data_of_a_secret_is_read_from_its_data() -> None:
    encoded = base64.b64encode(b"changed").decode()
    body = {"kind": "Secret", "data": {"password": encoded, "other": "eA=="}}
    assert project(body, {"stringData": {"password": "written"}}) == {"stringData": {"password": "changed"}}


def test_an_import_contains_authored_fields_and_not_those_of_controllers() -> None:
    body = live(CONTAINERS, spec={"containers": [{"name": "web", "image": "web:1", "tty": False}], "nodeName": "n1"})
    body["metadata"] |= {"uid": "1", "namespace": "shop", "labels": {"app": "web"}}
    body["metadata"]["managedFields"] += [
        {"manager": "kube-scheduler", "operation": "Update", "fieldsV1": {"f:spec": {"f:nodeName": {}}}},
        {"manager": "kubectl", "operation": "Update", "fieldsV1": {"f:metadata": {"f:labels": {"f:app": {}}}}},
    ]
    assert imported_inputs(body) == {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", "namespace": "shop", "labels": {"app": "web"}},
        "spec": {"containers": [{"name": "web", "image": "web:1"}]},
    }

"""Errors of the API server do not reveal the values of a Secret."""

import json

from hypothesis import given
from hypothesis import strategies as st

from rehearsal.providers.kubernetes.errors import api_status_error, mask_secrets

SECRET = {"kind": "Secret", "data": {"key": "aHVudGVyMg=="}, "stringData": {"password": "hunter2", "pin": 42}}


def test_values_of_a_secret_are_masked() -> None:
    message = 'got {"password": "hunter2", "pin": 42}, aHVudGVyMg== at 420'
    assert mask_secrets(message, SECRET) == 'got {"password": "[secret]", "pin": [secret]}, [secret] at 420'


@given(st.text(min_size=4))
def test_every_long_value_is_masked(value: str) -> None:
    masked = mask_secrets(f"before {value} after", {"kind": "Secret", "stringData": {"key": value}})
    assert value not in masked.replace("[secret]", "")


def test_messages_about_other_kinds_are_not_masked() -> None:
    assert mask_secrets("hunter2", {**SECRET, "kind": "ConfigMap"}) == "hunter2"


def test_a_conflict_names_the_other_managers() -> None:
    status = {
        "code": 409,
        "reason": "Conflict",
        "message": "Apply failed with 1 conflict",
        "details": {
            "causes": [{"reason": "FieldManagerConflict", "message": 'conflict with "kubectl-edit" using apps/v1'}]
        },
    }
    error = api_status_error(409, json.dumps(status), None)
    assert error.is_conflict
    assert error.other_managers == ("kubectl-edit",)


def test_a_response_that_is_not_a_status_is_shown_as_it_is() -> None:
    assert str(api_status_error(502, "bad gateway\n", None)) == "bad gateway"
    assert str(api_status_error(500, "", None)) == "HTTP status 500"

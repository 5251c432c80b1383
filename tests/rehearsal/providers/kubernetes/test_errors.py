"""What the API server refuses is told without a Secret's values."""

import json

from hypothesis import given
from hypothesis import strategies as st

from rehearsal.providers.kubernetes.errors import mask, refusal

SECRET = {"kind": "Secret", "data": {"key": "aHVudGVyMg=="}, "stringData": {"password": "hunter2", "pin": 42}}


def test_values_of_a_secret_are_masked() -> None:
    message = 'got {"password": "hunter2", "pin": 42}, aHVudGVyMg== at 420'
    assert mask(message, SECRET) == 'got {"password": "[secret]", "pin": [secret]}, [secret] at 420'


@given(st.text(min_size=4))
def test_no_long_value_survives(value: str) -> None:
    masked = mask(f"before {value} after", {"kind": "Secret", "stringData": {"key": value}})
    assert value not in masked.replace("[secret]", "")


def test_other_kinds_are_told_in_full() -> None:
    assert mask("hunter2", {**SECRET, "kind": "ConfigMap"}) == "hunter2"


def test_a_conflict_names_the_other_managers() -> None:
    status = {
        "code": 409,
        "reason": "Conflict",
        "message": "Apply failed with 1 conflict",
        "details": {
            "causes": [{"reason": "FieldManagerConflict", "message": 'conflict with "kubectl-edit" using apps/v1'}]
        },
    }
    error = refusal(409, json.dumps(status), None)
    assert error.is_conflict
    assert error.other_managers == ("kubectl-edit",)


def test_an_answer_that_is_no_status_is_told_as_it_is() -> None:
    assert str(refusal(502, "bad gateway\n", None)) == "bad gateway"
    assert str(refusal(500, "", None)) == "HTTP status 500"

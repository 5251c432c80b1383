"""Texts and statements of a resource, known and unknown."""

import json
from itertools import islice
from typing import Any

import pytest

from policy_packs.kernel.errors import UnknownValue
from policy_packs.kernel.resource import Resource
from policy_packs.security.property_texts import Text, statements_with_principals, texts
from pulumi_wire.markers import UNKNOWN_STRING

ALLOW = {"Effect": "Allow", "Principal": {"AWS": "111122223333"}}


def resource(**properties: Any) -> Resource:
    return Resource.from_properties("aws:sns/topic:Topic", properties)


def test_texts_have_paths_and_are_found_in_nested_documents() -> None:
    inner = json.dumps({"b": ["c", {"d": "e"}]})
    found = list(texts(resource(name="n", settings={"a": [inner]}, tags={"x": "y"})))
    assert found == [Text("name", "n"), Text("settings.a.0.b.0", "c"), Text("settings.a.0.b.1.d", "e")]
    assert {each.property for each in found} == {"name", "settings"}


@pytest.mark.parametrize("text", ["{", "[1", "[" * 100_000, "{arn}"])
def test_text_that_is_not_json_stays_text(text: str) -> None:
    assert list(texts(resource(name=text))) == [Text("name", text)]


def test_known_texts_come_before_the_first_unknown_value() -> None:
    subject = resource(a=UNKNOWN_STRING, b=["x", UNKNOWN_STRING, "y"], c={"d": UNKNOWN_STRING}, e="z")
    found = texts(subject)
    assert [each.text for each in islice(found, 3)] == ["x", "y", "z"]
    with pytest.raises(UnknownValue) as stopped:
        next(found)
    assert stopped.value.path == "a"


@pytest.mark.parametrize("hidden", ["Effect", "Principal"])
def test_a_statement_with_an_unknown_part_stops_after_the_known_statements(hidden: str) -> None:
    document = json.dumps({"Statement": [{**ALLOW, hidden: UNKNOWN_STRING}, {**ALLOW, "Sid": "Known"}]})
    found = statements_with_principals(resource(policy=document))
    assert next(found).text("Sid") == "Known"
    with pytest.raises(UnknownValue) as stopped:
        next(found)
    assert stopped.value.path == f"policy.Statement.0.{hidden}"


def test_statements_with_principals_and_denials_have_no_texts() -> None:
    statements = [ALLOW, {"Effect": "Deny", "Resource": "r"}, {"Effect": "Allow", "Resource": "s"}]
    assert [each.text for each in texts(resource(policy={"Statement": statements}))] == ["Allow", "s"]

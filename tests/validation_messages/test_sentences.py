"""Validation errors become sentences with a location."""

from typing import Annotated, Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from validation_messages import SENTENCES, Mistake, aligned, explain, known_keys


class Machine(BaseModel):
    model_config = ConfigDict(extra="forbid")

    size: int
    spot: Annotated[bool, Field(strict=True)] = False


class Cluster(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: str
    machines: dict[str, Machine] = {}
    spare: tuple[Machine, ...] = ()
    fallback: Machine | None = None
    limits: Annotated[list[int], Field(min_length=2)] = [1, 2]


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Machine]

    name: str = ""


def mistakes(value: Any, annotation: Any = Cluster) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(annotation).validate_python(value)
    return [str(each) for each in explain(caught.value, annotation)]


def test_all_mistakes_are_reported_at_once() -> None:
    assert mistakes({"machines": {"web": {"size": "x", "spot": "yes"}}, "verson": "1"}) == [
        "version: is missing",
        "machines.web.size: must be a whole number, not 'x'",
        "machines.web.spot: must be true or false, not 'yes'",
        "verson: unknown key; did you mean version?",
    ]


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({"fallback": {"size": 1, "siez": 2}}, "fallback.siez: unknown key; did you mean size?"),
        ({"spare": [{"size": 1, "colour": 2}]}, "spare.0.colour: unknown key; known keys are size, spot"),
        ({"machines": []}, "machines: must be a mapping, not a list"),
        ({"spare": {}}, "spare: must be a list, not a mapping"),
        ({"limits": None}, "limits: must be a list, not nothing; write [] for an empty list"),
        ({"machines": {1: {"size": 1}}}, "machines.1: must be text, not 1"),
    ],
)
def test_a_sentence_says_where_and_what(value: dict[str, Any], sentence: str) -> None:
    assert mistakes({"version": "1", **value}) == [sentence]


def test_a_list_is_not_called_too_short_for_its_invalid_items() -> None:
    assert mistakes({"version": "1", "limits": ["x", "y"]}) == [
        "limits.0: must be a whole number, not 'x'",
        "limits.1: must be a whole number, not 'y'",
    ]
    assert mistakes({"version": "1", "limits": [1]}) == ["limits: has too few entries (1; the minimum is 2)"]


def test_the_whole_file_has_no_location() -> None:
    assert mistakes("text") == ["must be a mapping, not 'text'"]


def test_callers_override_sentences() -> None:
    with pytest.raises(ValidationError) as caught:
        Cluster.model_validate({})
    assert explain(caught.value, Cluster, {**SENTENCES, "missing": "set it"}) == [Mistake("version", "set it")]


def test_types_without_a_sentence_keep_pydantics_message() -> None:
    assert "Input should be" in mistakes({"version": "1", "machines": 1}, Annotated[float, Field()])[0]


def test_known_keys_follow_mappings_lists_and_additional_keys() -> None:
    assert known_keys(Cluster, ("machines", "web")) == ["size", "spot"]
    assert known_keys(list[Cluster], (0, "spare", 1)) == ["size", "spot"]
    assert known_keys(Open, ("anything",)) == ["size", "spot"]
    assert known_keys(Cluster, ("version",)) == []


def test_sentences_are_aligned() -> None:
    assert aligned([Mistake("a", "is missing"), Mistake("a.long", "is missing")]) == [
        "a      is missing",
        "a.long is missing",
    ]

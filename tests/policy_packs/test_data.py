"""Sentences for pydantic's errors in data files. Each error can occur."""

from datetime import date
from decimal import Decimal
from ipaddress import IPv4Network
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import AfterValidator, Field, ValidationError

from policy_packs.kernel.context import Environment
from policy_packs.kernel.data import Data, DataError, Text, checked, document
from validation_messages import SENTENCES, Mistake


def odd(number: int) -> int:
    if number % 2 == 0:
        raise ValueError("must be odd")
    return number


class Part(Data):
    name: Text
    on: bool = True


class Parts(Data, extra="allow"):
    main: Part
    __pydantic_extra__: dict[str, Part]


class Whole(Data):
    day: date
    currency: Literal["USD"]
    where: Annotated[Environment, Field(strict=False)]
    several: Annotated[tuple[str, ...], Field(strict=False, min_length=1)]
    kinds: Annotated[frozenset[str], Field(strict=False)]
    usd: Annotated[Decimal, Field(strict=False, gt=0, allow_inf_nan=False)]
    number: Annotated[int, AfterValidator(odd)]
    listed: list[Part]
    named: dict[str, Part]
    parts: Parts
    few: Annotated[list[str], Field(max_length=1)]
    count: int
    text_count: Annotated[int, Field(strict=False)]
    low: Annotated[int, Field(ge=1)]
    high: Annotated[int, Field(le=9)]
    network: Annotated[IPv4Network, Field(strict=False)]


SOUND: dict[str, Any] = {
    "day": date(2026, 11, 24),
    "currency": "USD",
    "where": "dev",
    "several": ["a"],
    "kinds": ["a"],
    "usd": "1",
    "number": 1,
    "listed": [{"name": "a"}],
    "named": {"a": {"name": "a"}},
    "parts": {"main": {"name": "a"}, "other": {"name": "a"}},
    "few": [],
    "count": 1,
    "text_count": "1",
    "low": 1,
    "high": 9,
    "network": "10.0.0.0/8",
}
WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"day": "2026-11-24"}, "date_type", "day: must be a date such as 2026-11-24, without quotes, not '2026-11-24'"),
    ({"currency": None}, "literal_error", "currency: must be 'USD', not nothing"),
    ({"where": "qa"}, "enum", "where: must be 'dev', 'staging', 'preprod' or 'prod', not 'qa'"),
    ({"several": []}, "too_short", "several: has too few entries (0; the minimum is 1)"),
    ({"several": {}}, "tuple_type", "several: must be a list, not a mapping"),
    ({"several": [["a"]]}, "string_type", "several.0: must be text, not a list"),
    ({"kinds": 1}, "frozen_set_type", "kinds: must be a list, not 1; write [] for an empty list"),
    ({"usd": "much"}, "decimal_parsing", "usd: 'much' is not a number"),
    ({"usd": "NaN"}, "finite_number", "usd: 'NaN' is not a number"),
    ({"usd": "0"}, "greater_than", "usd: '0' is too small; it must be greater than 0"),
    ({"few": ["a", "b"]}, "too_long", "few: has too many entries (2; the maximum is 1)"),
    ({"count": "1"}, "int_type", "count: must be a whole number, not '1'"),
    ({"text_count": "many"}, "int_parsing", "text_count: must be a whole number, not 'many'"),
    ({"low": 0}, "greater_than_equal", "low: 0 is too small; the minimum is 1"),
    ({"high": 10}, "less_than_equal", "high: 10 is too large; the maximum is 9"),
    ({"network": "10.0.0.1/8"}, "ip_v4_network", "network: '10.0.0.1/8' is not a CIDR block"),
    ({"number": 2}, "value_error", "number: must be odd"),
    ({"listed": "a"}, "list_type", "listed: must be a list, not 'a'; write [] for an empty list"),
    ({"listed": [{"name": "a", "of": 1}]}, "extra_forbidden", "listed.0.of: unknown key; known keys are name, on"),
    ({"listed": [{"name": " "}]}, "string_too_short", "listed.0.name: must not be empty"),
    ({"listed": [{"name": "a", "on": "yes"}]}, "bool_type", "listed.0.on: must be true or false, not 'yes'"),
    ({"named": []}, "dict_type", "named: must be a mapping, not a list"),
    ({"named": {"a": {"name": "a", "of": 1}}}, "extra_forbidden", "named.a.of: unknown key; known keys are name, on"),
    ({"named": {"a": True}}, "model_type", "named.a: must be a mapping, not true"),
    ({"parts": {}}, "missing", "parts.main: is missing"),
    (
        {"parts": {"main": {"name": "a", "of": 1}}},
        "extra_forbidden",
        "parts.main.of: unknown key; known keys are name, on",
    ),
    (
        {"parts": {"main": {"name": "a"}, "other": {"name": "a", "of": 1}}},
        "extra_forbidden",
        "parts.other.of: unknown key; known keys are name, on",
    ),
    ({"parts": {"main": {"name": "a"}, 1: {"name": "a"}}}, "invalid_key", "parts.1: a key must be text; put it in"),
]


def test_sound_values_have_no_mistake() -> None:
    assert checked(Whole, SOUND).parts.main.name == "a"


@pytest.mark.parametrize(("changes", "kind", "line"), WRONG)
def test_a_mistake_is_one_sentence_with_its_place(changes: dict[str, Any], kind: str, line: str) -> None:
    with pytest.raises(DataError) as caught:
        checked(Whole, {**SOUND, **changes})
    assert isinstance(caught.value.__context__, ValidationError)
    assert kind in {each["type"] for each in caught.value.__context__.errors()}
    (mistake,) = caught.value.mistakes
    assert str(mistake).startswith(line)


def test_every_sentence_there_is_can_come_up() -> None:
    assert {kind for _, kind, _ in WRONG} == {*SENTENCES, "extra_forbidden"}


def test_a_mistake_about_the_whole_has_no_place() -> None:
    assert str(Mistake("", "is gone")) == "is gone"


def test_a_file_that_is_no_text_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "it.yaml").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(DataError, match="isn't valid YAML: 'utf-8' codec can't decode"):
        document(tmp_path / "it.yaml")


def test_a_key_that_stands_twice_is_a_mistake_however_deep(tmp_path: Path) -> None:
    (tmp_path / "it.yaml").write_text("a:\n  - b: {c: 1, c: 2}\n")
    with pytest.raises(DataError, match="duplicate key c"):
        document(tmp_path / "it.yaml")

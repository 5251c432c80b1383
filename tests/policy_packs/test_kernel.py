"""Guarantees of the kernel.

A rule that reads an unknown value is deferred, a rule that crashes blocks and is named, and secrets stay secret.
"""

from typing import Any

import pytest
from google.protobuf import struct_pb2

from policy_packs.kernel.context import Context, Environment, per_environment
from policy_packs.kernel.errors import UnexpectedValue, UnknownValue
from policy_packs.kernel.registry import Findings, Level, Registry, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Resource
from policy_packs.kernel.values import decode, redact
from policy_packs.kernel.verdict import Deferral, Violation, judge, judge_stack
from pulumi_wire.markers import SECRET, SIGNATURE, UNKNOWN_SENTINELS

PREVIEW = Context("dev", dry_run=True)
UPDATE = Context("dev", dry_run=False)
KIND = "aws:x/y:Y"


def secret(value: Any) -> dict[str, Any]:
    return {SIGNATURE: SECRET, "value": value}


@rule("thing-must-be-good", on=KIND)
def good(thing: Resource) -> Findings:
    """Bad things happen to bad things."""
    if thing["size"] == 13:
        yield "size is 13; choose another"
    if thing["deep.list.0.flag"] is not True:
        yield "flag is off; turn it on"


@rule("thing-must-not-crash", on=KIND, level=Level.ADVISORY)
def crashing(thing: Resource) -> Findings:
    """It crashes."""
    raise ValueError(f"no way with {thing['password']}")
    yield "never"


@pytest.mark.parametrize("sentinel", sorted(UNKNOWN_SENTINELS))
def test_every_sentinel_of_the_engine_is_unknown(sentinel: str) -> None:
    with pytest.raises(UnknownValue) as caught:
        Resource.from_properties(KIND, {"a": {"b": [sentinel]}})["a.b.0"]
    assert caught.value.path == "a.b.0"


def test_a_rule_that_reads_an_unknown_value_is_deferred_at_preview() -> None:
    thing = Resource.from_properties(KIND, {"deep": min(UNKNOWN_SENTINELS)}, name="it")
    (verdict,) = judge(good, thing, PREVIEW)
    assert verdict == Deferral(good, "it", "deep")
    assert verdict.message == "The rule is deferred to the update, when `deep` will be known."


def test_a_value_still_unknown_at_update_blocks() -> None:
    (verdict,) = judge(good, Resource.from_properties(KIND, {"deep": min(UNKNOWN_SENTINELS)}), UPDATE)
    assert isinstance(verdict, Violation)
    assert verdict.undecided
    assert "`deep` is unknown even at update" in verdict.message


def test_what_is_certain_before_the_unknown_is_met_is_reported_at_preview() -> None:
    verdicts = list(judge(good, Resource.from_properties(KIND, {"size": 13, "deep": min(UNKNOWN_SENTINELS)}), PREVIEW))
    assert [type(verdict) for verdict in verdicts] == [Violation, Deferral]


def test_a_crash_blocks_whatever_the_level_names_the_rule_and_keeps_the_secret() -> None:
    (verdict,) = judge(crashing, Resource.from_properties(KIND, {"password": secret("hunter2!")}), PREVIEW)
    assert isinstance(verdict, Violation)
    assert verdict.undecided
    assert "The rule thing-must-not-crash itself failed (ValueError at test_kernel.py:" in verdict.message
    assert "no way with [secret]" in verdict.message
    assert "hunter2!" not in verdict.message


def test_an_unexpected_type_blocks_and_says_what_was_expected() -> None:
    (verdict,) = judge(good, Resource.from_properties(KIND, {"deep": "text"}), PREVIEW)
    assert isinstance(verdict, Violation)
    assert "`deep` is text, expected an object" in verdict.message


def test_missing_properties_are_none_and_empty() -> None:
    thing = Resource.from_properties(KIND, {"given": None})
    assert thing["a.b.c"] is None
    assert "given" not in thing
    assert thing.text("a") is None
    assert len(thing.fields("a")) == 0
    assert list(thing.each("a")) == []
    assert thing.texts("a") == ()
    assert thing.document("a") is None


def test_whether_an_unknown_property_is_given_is_unknown_too() -> None:
    with pytest.raises(UnknownValue):
        assert "a" in Resource.from_properties(KIND, {"a": min(UNKNOWN_SENTINELS)})


def test_keys_with_dots_are_found_as_they_are() -> None:
    thing = Resource.from_properties(KIND, {"labels": {"a.b/c": "x"}})
    assert thing.fields("labels")["a.b/c"] == "x"


def test_typed_access_refuses_other_types() -> None:
    thing = Resource.from_properties(KIND, {"text": "x", "list": [1], "number": 3, "flag": True})
    for access in (thing.flag, thing.number, thing.fields, thing.items, thing.document):
        with pytest.raises(UnexpectedValue):
            access("text")
    with pytest.raises(UnexpectedValue):
        thing.number("flag")
    with pytest.raises(UnexpectedValue):
        thing.texts("list")
    with pytest.raises(UnexpectedValue):
        list(thing.each("list"))


def test_lists_are_read_only_sequences() -> None:
    items = Resource.from_properties(KIND, {"list": [1, 2, 3]}).items("list")
    assert items[-1] == 3
    assert items[:2] == [1, 2]
    assert list(items) == [1, 2, 3]
    assert 2 in items
    with pytest.raises(IndexError):
        items[3]


def test_a_known_part_of_a_list_can_be_read_beside_an_unknown_one() -> None:
    items = Resource.from_properties(KIND, {"list": [min(UNKNOWN_SENTINELS), 2]}).items("list")
    assert items[1] == 2
    assert len(items) == 2


def test_objects_before_an_unknown_one_are_read_and_the_list_waits_each_time_it_is_read() -> None:
    thing = Resource.from_properties(KIND, {"list": [{"a": 1}, min(UNKNOWN_SENTINELS)]})
    for _ in range(2):
        objects = thing.each("list")
        assert next(objects)["a"] == 1
        with pytest.raises(UnknownValue, match=r"list\.1"):
            next(objects)


def test_a_list_that_was_left_half_way_is_whole_the_next_time() -> None:
    thing = Resource.from_properties(KIND, {"list": [{"a": 1}, {"a": 2}]})
    assert next(thing.each("list"))["a"] == 1
    assert [[each["a"] for each in thing.each("list")] for _ in range(2)] == [[1, 2], [1, 2]]


def test_whole_numbers_come_back_as_integers() -> None:
    struct = struct_pb2.Struct()
    struct.update({"a": 5, "b": 1.5, "c": [None, True], "d": {"e": "f"}})
    decoded = decode(struct).values
    assert decoded == {"a": 5, "b": 1.5, "c": [None, True], "d": {"e": "f"}}
    assert isinstance(decoded["a"], int)


def test_secrets_are_read_like_other_values_and_remembered_with_what_is_inside() -> None:
    thing = Resource.from_properties(
        KIND, {"a": secret('{"user": "u-1234", "pin": 77}'), "b": secret(["line one\nline two"])}
    )
    assert thing.document("a") is not None
    assert {"u-1234", "77", "line one", "line two"} <= thing.secrets


def test_a_short_secret_is_only_hidden_as_a_word_of_its_own() -> None:
    assert redact("a is at 7, not 77", frozenset({"7"})) == "a is at [secret], not 77"


def test_a_longer_secret_that_contains_a_shorter_one_leaves_no_rest() -> None:
    assert redact("it is hunter2-extra", frozenset({"hunter2", "hunter2-extra"})) == "it is [secret]"


def test_properties_are_decoded_once_and_only_when_read() -> None:
    loads = []

    def load() -> Any:
        loads.append(1)
        return decode({"a": 1})

    thing = Resource(KIND, "", "", load)
    assert not loads
    assert (thing["a"], thing["b"]) == (1, None)
    assert len(loads) == 1


def test_rules_are_found_by_type() -> None:
    registry = Registry([good, crashing])
    assert registry.rules_for(KIND) == (good, crashing)
    assert registry.rules_for("aws:other/type:Type") == ()


def test_two_rules_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="more than one rule is called thing-must-be-good"):
        Registry([good, good])


@pytest.mark.parametrize("name", ["", "thing", "Thing-must-be", "thing-should-be-good"])
def test_a_rule_is_named_area_must_thing(name: str) -> None:
    with pytest.raises(ValueError, match="area-must-thing"):
        rule(name, on=KIND)(lambda _thing: iter(()))


def test_a_rule_needs_a_reason_and_a_type() -> None:
    def silent(_thing: Resource) -> Findings:
        yield "x"

    with pytest.raises(ValueError, match="no docstring"):
        rule("thing-must-be-good", on=KIND)(silent)
    with pytest.raises(ValueError, match="no resource type"):
        rule("thing-must-be-good", on=())(good.check)


def test_a_stack_of_another_name_is_held_to_the_strictest_of_everything() -> None:
    setting = per_environment("x", dev=1, staging=2, preprod=3, prod=4)
    context = Context("pr-12", dry_run=True).with_settings({"x": setting}, {})
    assert context.environment is Environment.PROD
    assert context.limit("x") == 1
    assert context.floor("x") == 4


def test_a_setting_given_for_one_environment_leaves_the_others() -> None:
    setting = per_environment("x", dev=1, staging=2, preprod=3, prod=4)
    overrides = {"x": {"dev": 10}}
    assert Context("dev", dry_run=True).with_settings({"x": setting}, overrides).limit("x") == 10
    assert Context("prod", dry_run=True).with_settings({"x": setting}, overrides).limit("x") == 4


def test_a_stack_rule_sees_all_resources_and_keeps_their_secrets() -> None:
    @stack_rule("stack-must-be-small")
    def small(stack: Stack) -> StackFindings:
        """Small is beautiful."""
        for thing in stack.of_type(KIND):
            yield thing, f"{thing.name} knows {thing['password']}"

    stack = Stack([Resource.from_properties(KIND, {"password": secret("hunter2!")}, urn="urn:1", name="one")])
    (verdict,) = judge_stack(small, stack, PREVIEW)
    assert isinstance(verdict, Violation)
    assert verdict.urn == "urn:1"
    assert verdict.message == "one knows [secret]\nwhy: Small is beautiful."

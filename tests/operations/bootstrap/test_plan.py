"""What should be, against what was found."""

from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from operations.bootstrap.plan import FIXED, Kind, Piece, Verb, conflicts, plan, same, to_do

BUCKET = Piece(Kind.BUCKET, "state", "us-east-1", {"region": "us-east-1", "versioning": "Enabled", "tags": {"a": "b"}})

values = st.sampled_from([None, True, "Enabled", ["a", "b"], ["b", "a"], {"k": "v"}, {"k": ["v"]}])
aspects = st.dictionaries(st.sampled_from(["region", "key", "versioning", "tags", "policy"]), values, max_size=5)
pieces = st.lists(
    st.builds(Piece, st.sampled_from(Kind), st.sampled_from("abc"), st.just("us-east-1"), aspects),
    max_size=5,
    unique_by=lambda piece: piece.label,
)


def test_what_is_missing_is_created_with_all_that_it_needs() -> None:
    (action,) = plan([BUCKET], {})
    assert (action.verb, action.aspects) == (Verb.CREATE, ("region", "versioning", "tags"))


def test_what_is_as_it_should_be_is_kept() -> None:
    (action,) = plan([BUCKET], {BUCKET.label: dict(BUCKET.aspects)})
    assert (action.verb, action.aspects) == (Verb.KEEP, ())


def test_only_what_differs_is_changed() -> None:
    (action,) = plan([BUCKET], {BUCKET.label: {**BUCKET.aspects, "versioning": "Suspended"}})
    assert (action.verb, action.aspects) == (Verb.CHANGE, ("versioning",))


def test_what_aws_cannot_change_is_a_conflict_and_never_work() -> None:
    actions = plan([BUCKET], {BUCKET.label: {**BUCKET.aspects, "region": "eu-west-1", "versioning": None}})
    assert [action.aspects for action in conflicts(actions)] == [("region",)]
    assert to_do(actions) == ()


def test_what_somebody_else_made_is_not_looked_at() -> None:
    actions = plan([BUCKET], {BUCKET.label: dict(BUCKET.aspects), "S3 bucket theirs": {"versioning": None}})
    assert [action.piece for action in actions] == [BUCKET]


def test_lists_are_the_same_in_any_order_and_single_items_without_one() -> None:
    assert same({"Action": ["a", "b"]}, {"Action": ["b", "a"]})
    assert same({"Action": ["a"]}, {"Action": "a"})
    assert not same({"Action": ["a"]}, {"Action": ["a", "b"]})
    assert not same({"Action": "a"}, None)


@given(pieces)
def test_a_plan_of_what_is_there_is_empty(wanted: list[Piece]) -> None:
    actions = plan(wanted, {piece.label: dict(piece.aspects) for piece in wanted})
    assert to_do(actions) == conflicts(actions) == ()


@given(pieces, st.data())
def test_carrying_a_plan_out_leaves_nothing_to_do(wanted: list[Piece], data: st.DataObject) -> None:
    found: dict[str, Mapping[str, Any] | None] = {
        piece.label: data.draw(st.none() | aspects, label=piece.label) for piece in wanted
    }
    actions = plan(wanted, found)
    assert [action.piece for action in actions] == wanted
    for action in to_do(actions):
        changed = {name: action.piece.aspects[name] for name in action.aspects}
        found[action.piece.label] = {**(found[action.piece.label] or {}), **changed}
    assert to_do(plan(wanted, found)) == ()


@given(pieces, st.data())
def test_fixed_aspects_of_what_exists_are_never_touched(wanted: list[Piece], data: st.DataObject) -> None:
    found = {piece.label: data.draw(aspects, label=piece.label) for piece in wanted}
    for action in to_do(plan(wanted, found)):
        assert not FIXED.get(action.piece.kind, frozenset()) & set(action.aspects)

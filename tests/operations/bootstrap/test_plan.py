"""Plan: desired resources against present ones."""

from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from operations.bootstrap.plan import FIXED, Change, Resource, ResourceKind, conflicts, plan, same, to_do

BUCKET = Resource(
    ResourceKind.BUCKET, "state", "us-east-1", {"region": "us-east-1", "versioning": "Enabled", "tags": {"a": "b"}}
)

values = st.sampled_from([None, True, "Enabled", ["a", "b"], ["b", "a"], {"k": "v"}, {"k": ["v"]}])
attributes = st.dictionaries(st.sampled_from(["region", "key", "versioning", "tags", "policy"]), values, max_size=5)
desired_resources = st.lists(
    st.builds(Resource, st.sampled_from(ResourceKind), st.sampled_from("abc"), st.just("us-east-1"), attributes),
    max_size=5,
    unique_by=lambda resource: resource.label,
)


def test_what_is_missing_is_created_with_all_that_it_needs() -> None:
    (action,) = plan([BUCKET], {})
    assert (action.change, action.attributes) == (Change.CREATE, ("region", "versioning", "tags"))


def test_what_is_as_it_should_be_is_kept() -> None:
    (action,) = plan([BUCKET], {BUCKET.label: dict(BUCKET.attributes)})
    assert (action.change, action.attributes) == (Change.KEEP, ())


def test_only_what_differs_is_changed() -> None:
    (action,) = plan([BUCKET], {BUCKET.label: {**BUCKET.attributes, "versioning": "Suspended"}})
    assert (action.change, action.attributes) == (Change.CHANGE, ("versioning",))


def test_what_aws_cannot_change_is_a_conflict_and_never_work() -> None:
    actions = plan([BUCKET], {BUCKET.label: {**BUCKET.attributes, "region": "eu-west-1", "versioning": None}})
    assert [action.attributes for action in conflicts(actions)] == [("region",)]
    assert to_do(actions) == ()


def test_what_somebody_else_made_is_not_looked_at() -> None:
    actions = plan([BUCKET], {BUCKET.label: dict(BUCKET.attributes), "S3 bucket theirs": {"versioning": None}})
    assert [action.resource for action in actions] == [BUCKET]


def test_lists_are_the_same_in_any_order_and_single_items_without_one() -> None:
    assert same({"Action": ["a", "b"]}, {"Action": ["b", "a"]})
    assert same({"Action": ["a"]}, {"Action": "a"})
    assert not same({"Action": ["a"]}, {"Action": ["a", "b"]})
    assert not same({"Action": "a"}, None)


@given(desired_resources)
def test_a_plan_of_what_is_there_is_empty(resources: list[Resource]) -> None:
    actions = plan(resources, {resource.label: dict(resource.attributes) for resource in resources})
    assert to_do(actions) == conflicts(actions) == ()


@given(desired_resources, st.data())
def test_carrying_a_plan_out_leaves_nothing_to_do(resources: list[Resource], data: st.DataObject) -> None:
    found: dict[str, Mapping[str, Any] | None] = {
        resource.label: data.draw(st.none() | attributes, label=resource.label) for resource in resources
    }
    actions = plan(resources, found)
    assert [action.resource for action in actions] == resources
    for action in to_do(actions):
        changed = {name: action.resource.attributes[name] for name in action.attributes}
        found[action.resource.label] = {**(found[action.resource.label] or {}), **changed}
    assert to_do(plan(resources, found)) == ()


@given(desired_resources, st.data())
def test_fixed_aspects_of_what_exists_are_never_touched(resources: list[Resource], data: st.DataObject) -> None:
    found = {resource.label: data.draw(attributes, label=resource.label) for resource in resources}
    for action in to_do(plan(resources, found)):
        assert not FIXED.get(action.resource.kind, frozenset()) & set(action.attributes)

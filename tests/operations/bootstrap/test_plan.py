"""Bootstrap plan: comparison of desired and present resources."""

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


def test_a_missing_resource_is_created_with_all_attributes() -> None:
    (action,) = plan([BUCKET], {})
    assert (action.change, action.attributes) == (Change.CREATE, ("region", "versioning", "tags"))


def test_a_correct_resource_is_kept() -> None:
    (action,) = plan([BUCKET], {BUCKET.label: dict(BUCKET.attributes)})
    assert (action.change, action.attributes) == (Change.KEEP, ())


def test_only_what_differs_is_changed() -> None:
    (action,) = plan([BUCKET], {BUCKET.label: {**BUCKET.attributes, "versioning": "Suspended"}})
    assert (action.change, action.attributes) == (Change.CHANGE, ("versioning",))


def test_an_attribute_that_aws_cannot_change_is_a_conflict() -> None:
    actions = plan([BUCKET], {BUCKET.label: {**BUCKET.attributes, "region": "eu-west-1", "versioning": None}})
    assert [action.attributes for action in conflicts(actions)] == [("region",)]
    assert to_do(actions) == ()


def test_other_resources_are_ignored() -> None:
    actions = plan([BUCKET], {BUCKET.label: dict(BUCKET.attributes), "S3 bucket theirs": {"versioning": None}})
    assert [action.resource for action in actions] == [BUCKET]


def test_lists_are_equal_in_any_order_and_to_their_single_item() -> None:
    assert same({"Action": ["a", "b"]}, {"Action": ["b", "a"]})
    assert same({"Action": ["a"]}, {"Action": "a"})
    assert not same({"Action": ["a"]}, {"Action": ["a", "b"]})
    assert not same({"Action": "a"}, None)


@given(desired_resources)
def test_a_plan_for_existing_resources_is_empty(resources: list[Resource]) -> None:
    actions = plan(resources, {resource.label: dict(resource.attributes) for resource in resources})
    assert to_do(actions) == conflicts(actions) == ()


@given(desired_resources, st.data())
def test_an_applied_plan_leaves_nothing_to_do(resources: list[Resource], data: st.DataObject) -> None:
    present: dict[str, Mapping[str, Any] | None] = {
        resource.label: data.draw(st.none() | attributes, label=resource.label) for resource in resources
    }
    actions = plan(resources, present)
    assert [action.resource for action in actions] == resources
    for action in to_do(actions):
        changed = {name: action.resource.attributes[name] for name in action.attributes}
        present[action.resource.label] = {**(present[action.resource.label] or {}), **changed}
    assert to_do(plan(resources, present)) == ()


@given(desired_resources, st.data())
def test_fixed_attributes_of_existing_resources_are_never_set(resources: list[Resource], data: st.DataObject) -> None:
    present = {resource.label: data.draw(attributes, label=resource.label) for resource in resources}
    for action in to_do(plan(resources, present)):
        assert not FIXED.get(action.resource.kind, frozenset()) & set(action.attributes)

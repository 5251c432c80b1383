"""Every rule accepts its passing cases and blocks its failing cases.

Unknown parts of a resource never let a failing case pass.
"""

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from policy_packs import catalogue
from policy_packs.kernel.cases import Case
from policy_packs.kernel.registry import Level, Pack
from policy_packs.kernel.values import WHOLE_WORD_BELOW
from policy_packs.kernel.verdict import Deferral, Verdict, Violation
from pulumi_wire.markers import SECRET, SIGNATURE, UNKNOWN_SENTINELS

Judge = Callable[..., list[Verdict]]
UNKNOWN = min(UNKNOWN_SENTINELS)


def test_a_sound_resource_passes(passing: Case, verdicts: Judge) -> None:
    assert verdicts(passing) == []


def test_an_unsound_resource_is_a_violation_at_preview_and_at_update(failing: Case, verdicts: Judge) -> None:
    for dry_run in (True, False):
        results = verdicts(failing, dry_run=dry_run)
        assert results
        assert all(isinstance(verdict, Violation) for verdict in results)
        assert any(isinstance(verdict, Violation) and str(failing.message) in verdict.message for verdict in results)


def test_an_unsound_resource_of_secrets_is_a_violation_that_shows_none_of_them(
    failing_resource: Case, verdicts: Judge
) -> None:
    properties = failing_resource.properties
    results = verdicts(failing_resource, {key: _secret(value) for key, value in properties.items()}, dry_run=False)
    assert results
    texts = [text for text in _texts(properties) if len(text) >= WHOLE_WORD_BELOW]
    for verdict in results:
        finding, _, _ = verdict.message.partition("\nwhy: ")
        assert not any(text in finding for text in texts)


def test_every_rule_has_a_case_that_passes_and_one_that_fails(packs: Mapping[str, Pack]) -> None:
    names = {policy.name for pack in packs.values() for policy in pack.policies}
    assert {case.rule for case in catalogue.cases() if not case.message} == names
    assert {case.rule for case in catalogue.cases() if case.message} == names


def test_every_rule_is_mandatory_where_students_data_are_and_says_why(packs: Mapping[str, Pack]) -> None:
    for pack in packs.values():
        for policy in pack.policies:
            assert policy.levels.preprod is policy.levels.prod is Level.MANDATORY
            assert policy.rationale.endswith(".")


def test_rule_names_are_unique_across_packs(packs: Mapping[str, Pack]) -> None:
    names = [policy.name for pack in packs.values() for policy in pack.policies]
    assert len(names) == len(set(names))


@given(data=st.data())
def test_hiding_any_part_of_an_unsound_resource_never_lets_it_pass(data: st.DataObject, verdicts: Judge) -> None:
    case = data.draw(st.sampled_from([case for case in catalogue.cases() if case.type and case.message]))
    properties = data.draw(_partly_hidden(case.properties))
    assert verdicts(case, properties, dry_run=True)
    assert any(isinstance(verdict, Violation) for verdict in verdicts(case, properties, dry_run=False))


@given(data=st.data())
def test_hiding_any_part_of_a_sound_resource_defers_at_most(data: st.DataObject, verdicts: Judge) -> None:
    case = data.draw(st.sampled_from([case for case in catalogue.cases() if case.type and not case.message]))
    results = verdicts(case, data.draw(_partly_hidden(case.properties)), dry_run=True)
    assert all(isinstance(verdict, Deferral) for verdict in results)


def _partly_hidden(properties: Mapping[str, Any]) -> st.SearchStrategy[Mapping[str, Any]]:
    """Draw the same properties with some of them unknown."""
    places = list(_places(properties))
    if not places:
        return st.just(properties)
    return st.lists(st.sampled_from(places), unique_by=repr).map(lambda hidden: _hide(properties, hidden))


def _secret(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _secret(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_secret(item) for item in value]
    return {SIGNATURE: SECRET, "value": value}


def _texts(value: Any) -> Iterator[str]:
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(item)
    if isinstance(value, str):
        yield value


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield (*path, key)
        yield from _places(child, (*path, key))


def _hide(properties: Mapping[str, Any], places: list[tuple[Any, ...]]) -> Mapping[str, Any]:
    hidden = copy.deepcopy(dict(properties))
    for *parents, last in sorted(places, key=len, reverse=True):
        holder: Any = hidden
        for key in parents:
            holder = holder[key]
        holder[last] = UNKNOWN
    return hidden

"""Property tests: the kernel answers for resources of every shape.

No answer reveals a secret.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format, struct_pb2
from hypothesis import given, settings
from hypothesis import strategies as st
from pulumi.runtime.proto import analyzer_pb2 as pb

from policy_packs import catalogue
from policy_packs.kernel.analyzer import Analyzer
from policy_packs.kernel.cases import Case
from policy_packs.kernel.context import Context, Environment
from policy_packs.kernel.exemptions import Exemptions
from policy_packs.kernel.registry import Stack
from policy_packs.kernel.resource import Resource
from policy_packs.kernel.values import WHOLE_WORD_BELOW, decode
from policy_packs.kernel.verdict import judge, judge_stack
from pulumi_wire.markers import OUTPUT, SIGNATURE, UNKNOWN_SENTINELS
from tests.integers import integers
from tests.policy_packs.sdk_types import WORDS, kinds, leaves, properties, registry, secret


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _names(item)


def _case_properties(case: Case) -> list[Mapping[str, Any]]:
    return [case.properties, *(resource.get("properties", {}) for resource in case.resources)]


# Property names that rules read, from their cases. With random names, no rule would get past its first line.
NAMES = sorted(
    {name for case in catalogue.cases() for properties in _case_properties(case) for name in _names(properties)}
)
IN_STACKS = sorted({resource["type"] for case in catalogue.cases() for resource in case.resources})

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**40), 2**40),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from(WORDS),
    st.sampled_from(sorted(UNKNOWN_SENTINELS)),
)
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(st.sampled_from(NAMES), st.text(max_size=5)), inner, max_size=5),
        inner.map(secret),
        inner.map(lambda value: {SIGNATURE: OUTPUT, "value": value, "secret": True}),
    ),
    max_leaves=20,
)
any_properties = st.dictionaries(st.sampled_from(NAMES), anything, max_size=8)
environments = st.sampled_from([*Environment, "pr-12"])


def struct(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    message = struct_pb2.Struct()
    message.update(dict(properties))
    return message


def resource(kind: str, properties: Mapping[str, Any], name: str = "it") -> Resource:
    return Resource.from_properties(kind, struct(properties), urn=f"urn:{name}", name=name)


def judged_by_all(subject: Resource, stack: str, *, dry_run: bool) -> list[str]:
    return [
        verdict.message
        for rule in registry.rules_for(subject.type)
        for verdict in judge(rule, subject, Context(stack, dry_run).with_settings(rule.settings, {}))
    ]


@settings(max_examples=300, deadline=None)
@given(given_properties=any_properties)
def test_a_message_is_decoded_as_protobuf_decodes_it_and_then_marked(given_properties: dict[str, Any]) -> None:
    message = struct(given_properties)
    assert decode(message) == decode(integers(json_format.MessageToDict(message)))


@settings(max_examples=150, deadline=None)
@given(kind=st.sampled_from(sorted(registry.resource_types)), given_properties=any_properties)
def test_no_rule_crashes_on_any_properties(kind: str, given_properties: dict[str, Any]) -> None:
    for message in judged_by_all(resource(kind, given_properties), "dev", dry_run=True):
        assert "itself failed" not in message


@settings(max_examples=300, deadline=None)
@given(data=st.data(), stack=environments, dry_run=st.booleans())
def test_no_rule_crashes_on_a_resource_as_the_sdk_declares_it(data: st.DataObject, stack: str, dry_run: bool) -> None:  # noqa: FBT001  # drawn
    kind = data.draw(st.sampled_from(kinds()))
    for message in judged_by_all(resource(kind, data.draw(properties(kind))), stack, dry_run=dry_run):
        assert "itself failed" not in message


@settings(max_examples=200, deadline=None)
@given(data=st.data(), stack=environments, dry_run=st.booleans())
def test_no_rule_crashes_on_any_stack(data: st.DataObject, stack: str, dry_run: bool) -> None:  # noqa: FBT001  # drawn
    drawn = data.draw(st.lists(st.sampled_from(IN_STACKS), max_size=5))
    named = [(kind, f"r{number}") for number, kind in enumerate(drawn)]
    urns = st.frozensets(st.sampled_from([f"urn:{name}" for _, name in named] or ["urn:none"]), max_size=2)
    resources = [
        Resource.from_properties(
            kind,
            struct(data.draw(properties(kind))),
            urn=f"urn:{name}",
            name=name,
            property_dependencies=data.draw(st.dictionaries(st.sampled_from(NAMES), urns, max_size=3)),
        )
        for kind, name in named
    ]
    for rule in registry.stack_rules:
        context = Context(stack, dry_run).with_settings(rule.settings, {})
        for verdict in judge_stack(rule, Stack(resources), context):
            assert "itself failed" not in verdict.message


@settings(deadline=None)
@given(hidden=st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=12, max_size=20))
def test_no_message_contains_a_secret(hidden: str) -> None:
    tags = {"environment": secret(hidden), "data-classification": secret(hidden), "owner": secret(f"{hidden} ")}
    messages = judged_by_all(resource("aws:s3/bucket:Bucket", {"tags": tags}), "dev", dry_run=True)
    assert any("[secret]" in message for message in messages)
    assert not any(hidden in message for message in messages)


@pytest.fixture
def suite(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[[list[pb.AnalyzerResource]], str]:
    """Return a function that judges resources with all packs in one analyzer.

    The function returns everything that the analyzer says, in responses, notes and report.
    """

    def said(resources: list[pb.AnalyzerResource]) -> str:
        analyzer = Analyzer(catalogue.SUITE, catalogue.PACKS, lambda: None, lambda _: Exemptions(), tmp_path)
        analyzer.ConfigureStack(pb.AnalyzerStackConfigureRequest(stack="dev", dry_run=True))
        requests = [pb.AnalyzeRequest(type=each.type, urn=each.urn, properties=each.properties) for each in resources]
        answers = [analyzer.Analyze(request) for request in requests]
        answers.append(analyzer.AnalyzeStack(pb.AnalyzeStackRequest(resources=resources)))
        report = (tmp_path / f"{catalogue.SUITE.name}.json").read_text()
        texts = [diagnostic.message for answer in answers for diagnostic in answer.diagnostics]
        texts += [waiting.reason for answer in answers for waiting in answer.not_applicable]
        text = "".join(texts) + capsys.readouterr().err + "".join(_messages(report))
        for policy in registry.policies:
            text = text.replace(policy.rationale, "")
        return text

    return said


def _messages(report: str) -> Iterator[str]:
    verdicts = json.loads(report)
    yield from (entry["message"] for key in ("findings", "deferred", "exempted") for entry in verdicts[key])


def test_nothing_that_the_suite_says_contains_a_secret(suite: Callable[[list[pb.AnalyzerResource]], str]) -> None:
    failing = [case for case in catalogue.cases() if case.message]
    shown = 0
    for case in failing:
        parts = case.resources or [{"type": case.type, "name": "it", "properties": case.properties}]
        resources = [
            pb.AnalyzerResource(
                type=part["type"], urn=f"urn:{part['name']}", properties=struct(_hushed(part.get("properties", {})))
            )
            for part in parts
        ]
        said = suite(resources)
        shown += "[secret]" in said
        for text in leaves([dict(part.get("properties", {})) for part in parts]):
            assert len(text) < WHOLE_WORD_BELOW or text not in said, f"{case}: {text}"
    assert shown


def _hushed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _hushed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_hushed(item) for item in value]
    return secret(value)

"""Whatever a resource looks like, the kernel answers; and no answer gives a secret away."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from google.protobuf import struct_pb2
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_packs.kernel.context import Context
from policy_packs.kernel.registry import Pack, Registry
from policy_packs.kernel.resource import Resource
from policy_packs.kernel.values import OUTPUT, SECRET, SENTINELS, SIGNATURE
from policy_packs.kernel.verdict import Violation, judge


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _names(item)


# Property names that rules read, from the tables of cases: with random names no rule would get past its first line.
NAMES = sorted(
    {
        name
        for file in (Path(__file__).parent / "cases").glob("*.yaml")
        for name in _names(yaml.safe_load(file.read_text(encoding="utf-8")))
    }
)
WORDS = (
    "Allow",
    "*",
    "0.0.0.0/0",
    "tcp",
    "-1",
    "ingress",
    "db.t3.large",
    "m4.large",
    "72h",
    '{"Statement": [1]}',
    "[]",
)


def _wrap(value: Any) -> dict[str, Any]:
    return {SIGNATURE: SECRET, "value": value}


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**40), 2**40),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from(WORDS),
    st.sampled_from(sorted(SENTINELS)),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(st.sampled_from(NAMES), st.text(max_size=5)), inner, max_size=5),
        inner.map(_wrap),
        inner.map(lambda value: {SIGNATURE: OUTPUT, "value": value, "secret": True}),
    ),
    max_leaves=20,
)
properties = st.dictionaries(st.sampled_from(NAMES), values, max_size=8)


@settings(max_examples=150, deadline=None)
@given(data=st.data(), given_properties=properties)
def test_no_rule_crashes_on_any_resource(
    data: st.DataObject, given_properties: dict[str, Any], packs: Mapping[str, Pack]
) -> None:
    registries = [Registry(pack.policies) for pack in packs.values()]
    kinds = sorted({kind for registry in registries for kind in registry.kinds})
    kind = data.draw(st.sampled_from(kinds))
    struct = struct_pb2.Struct()
    struct.update(given_properties)
    resource = Resource.of(kind, struct, urn="urn:it", name="it")
    for registry in registries:
        for rule in registry.rules(kind):
            context = Context("dev", dry_run=True).with_settings(rule.settings, {})
            for verdict in judge(rule, resource, context):
                assert "itself failed" not in verdict.message


@settings(deadline=None)
@given(secret=st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=12, max_size=20))
def test_no_message_contains_a_secret(secret: str, packs: Mapping[str, Pack]) -> None:
    registry = Registry(packs["tagging"].policies)
    resource = Resource.of(
        "aws:s3/bucket:Bucket",
        {"tags": {"environment": _wrap(secret), "data-classification": _wrap(secret), "owner": _wrap(f"{secret} ")}},
    )
    found = [
        verdict
        for rule in registry.rules("aws:s3/bucket:Bucket")
        for verdict in judge(rule, resource, Context("dev", dry_run=True))
    ]
    assert any(isinstance(verdict, Violation) and "[secret]" in verdict.message for verdict in found)
    assert not any(secret in verdict.message for verdict in found)

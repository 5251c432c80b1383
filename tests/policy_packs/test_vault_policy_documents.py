"""Vault policies are read as Vault reads them, in HCL and JSON alike."""

import json
import re
from collections.abc import Callable, Mapping
from itertools import chain
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_packs.kernel.errors import InvalidValue
from policy_packs.kernel.resource import Resource
from policy_packs.security.hcl import UnsupportedHCL, parse
from policy_packs.security.vault_policy_documents import CAPABILITIES, POLICIES, Stanza, stanzas

LONGEST_REFUSAL = 150
OTHER_KEYS = ("allowed_parameters", "comment", "control_group", "denied_parameters", "required_parameters")
TEXTS = st.text(st.sampled_from("abz09/*+-_ .,:;#={}[]$é'"), max_size=12).filter(lambda text: "${" not in text)
SCALARS = TEXTS | st.integers(-99, 99) | st.booleans()
NESTED_KEYS = st.sampled_from(("capabilities", "policy", "path", *OTHER_KEYS)) | TEXTS
VALUES = st.recursive(
    SCALARS,
    lambda values: (
        st.dictionaries(NESTED_KEYS, values, max_size=3)
        | st.lists(SCALARS | st.dictionaries(NESTED_KEYS, values, max_size=2), max_size=3)
    ),
    max_leaves=6,
)
GRANTS = st.fixed_dictionaries(
    {"capabilities": st.lists(st.sampled_from(sorted(CAPABILITIES)), max_size=4)},
    optional={"policy": st.sampled_from(sorted(POLICIES))},
) | st.fixed_dictionaries({"policy": st.sampled_from(sorted(POLICIES))})
BODIES = st.tuples(GRANTS, st.dictionaries(st.sampled_from(OTHER_KEYS), VALUES, max_size=3)).flatmap(
    lambda parts: st.permutations([*parts[0].items(), *parts[1].items()]).map(dict)
)
POLICY = st.dictionaries(TEXTS, BODIES, min_size=1, max_size=3)
GAPS = st.sampled_from((" ", "\n", "\t", "\r\n", ' # "}\n', ' // path "x" {\n', ' /* } "\n*/ '))

Draw = Callable[[st.SearchStrategy[str]], str]


def policy(text: str) -> Resource:
    return Resource.from_properties("vault:index/policy:Policy", {"policy": text})


def hcl(document: Mapping[str, Mapping[str, Any]], draw: Draw) -> str:
    """Return a policy in HCL, with comments and commas wherever they are allowed."""
    return "".join(
        f'{draw(GAPS)}path{draw(GAPS)}"{path}"{draw(GAPS)}{_value(body, draw)}{_separator(draw)}'
        for path, body in document.items()
    )


def _value(value: Any, draw: Draw) -> str:
    if isinstance(value, Mapping):
        items = (f"{_key(key, draw)}{_assign(each, draw)}{_value(each, draw)}" for key, each in value.items())
        return "{" + "".join(chain.from_iterable((draw(GAPS), item, _separator(draw)) for item in items)) + "}"
    if isinstance(value, list):
        return f"[{draw(GAPS)}" + f",{draw(GAPS)}".join(_value(each, draw) for each in value) + "]"
    return f'"{value}"' if isinstance(value, str) else json.dumps(value)


def _key(key: str, draw: Draw) -> str:
    return draw(st.sampled_from((key, f'"{key}"'))) if key.isidentifier() and key.isascii() else f'"{key}"'


def _assign(value: Any, draw: Draw) -> str:
    signs = ("=", " = ", " ") if isinstance(value, Mapping) else ("=", " = ")
    return draw(st.sampled_from(signs))


def _separator(draw: Draw) -> str:
    return draw(st.sampled_from(("\n", ",", " , ")))


@given(document=POLICY, data=st.data())
def test_hcl_and_json_give_the_same_stanzas(document: Mapping[str, Mapping[str, Any]], data: st.DataObject) -> None:
    expected = [
        Stanza(path, frozenset(body.get("capabilities", ())) | POLICIES.get(body.get("policy", ""), frozenset()))
        for path, body in document.items()
    ]
    name = data.draw(st.sampled_from(({}, {"name": "x"})))
    text = hcl(document, data.draw) + "".join(f'{key} = "{value}"' for key, value in name.items())
    assert list(stanzas(policy(text))) == expected
    indent = data.draw(st.sampled_from((None, 2)))
    assert list(stanzas(policy(json.dumps({**name, "path": document}, indent=indent)))) == expected


@given(path=TEXTS, wrapper=NESTED_KEYS, body=BODIES)
def test_an_object_around_the_capabilities_is_refused(path: str, wrapper: str, body: Mapping[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        list(stanzas(policy(json.dumps({"path": {path: {wrapper: body}}}))))
    with pytest.raises(InvalidValue):
        list(stanzas(policy(f'path "{path}" {{ "{wrapper}" {{ policy = "sudo" }} }}')))


@given(text=st.text(st.sampled_from('ab"\\${}[]=,#/* \n<0.-')))
def test_any_text_is_parsed_or_refused_with_its_line(text: str) -> None:
    assert len(_refusal(text)) < LONGEST_REFUSAL
    assert not _refusal(text) or re.match(r"line \d+ (has|is) ", _refusal(text))


def _refusal(text: str) -> str:
    """Return the message of the refusal, or nothing if a text is parsed."""
    try:
        parse(text)
    except UnsupportedHCL as refusal:
        return str(refusal)
    return ""


@pytest.mark.parametrize("text", ['path "a" ' + "{a " * 100_000, '{"a":' * 100_000, '{"path":' + "[" * 100_000])
def test_deep_nesting_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match="nested too deeply"):
        list(stanzas(policy(text)))


def test_a_long_path_is_shortened_in_findings() -> None:
    assert Stanza("a" * 80, frozenset()).label == f'Path "{"a" * 80}"'
    assert Stanza("a" * 81, frozenset()).label == f'Path "{"a" * 80}…"'

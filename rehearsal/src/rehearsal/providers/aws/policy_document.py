"""`iam.getPolicyDocument`: a policy as JSON text, letter for letter as the real provider writes it. Pure."""

import json
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from rehearsal.providers.protocol import ProviderError
from rehearsal.providers.values import Properties

DEFAULT_VERSION = "2012-10-17"

_PLAIN = (
    ("actions", "Action"),
    ("notActions", "NotAction"),
    ("resources", "Resource"),
    ("notResources", "NotResource"),
)
_HTML = {"&": "\\u0026", "<": "\\u003c", ">": "\\u003e"}
"""Go's JSON writer makes these harmless, and the real provider is written in Go."""


def policy_document(args: Properties) -> Properties:
    """Outputs of the function. Raises ProviderError for statements that clash or text that isn't a policy."""
    sources = [_parsed(one) for one in args.get("sourcePolicyDocuments") or []]
    overrides = [_parsed(one) for one in args.get("overridePolicyDocuments") or []]
    _refuse_duplicates(sources)
    version = args.get("version") or DEFAULT_VERSION
    own: dict[str, Any] = {"Version": version}
    if args.get("policyId"):
        own["Id"] = args["policyId"]
    own["Statement"] = [_statement(one, version) for one in args.get("statements") or []]
    _refuse_duplicates([own])
    document: dict[str, Any] = {}
    for part in [*sources, own, *overrides]:
        document = _merged(document, part)
    text = _text(document, indent=2)
    return {
        **args,
        "id": str(zlib.crc32(text.encode())),
        "json": text,
        "minifiedJson": _text(document, indent=None),
        "version": version,
    }


def _statement(one: Properties, version: str) -> dict[str, Any]:
    statement: dict[str, Any] = {"Sid": one["sid"]} if one.get("sid") else {}
    statement["Effect"] = one.get("effect") or "Allow"
    for name, member in _PLAIN:
        if one.get(name):
            statement[member] = _several([_variables(text, version) for text in one[name]])
    for name, member in (("principals", "Principal"), ("notPrincipals", "NotPrincipal")):
        if one.get(name):
            statement[member] = _principals(one[name], version)
    if one.get("conditions"):
        statement["Condition"] = _conditions(one["conditions"], version)
    return statement


def _several(values: list[str]) -> str | list[str]:
    """One value stands alone; more are a list in falling order."""
    return values[0] if len(values) == 1 else sorted(values, reverse=True)


def _principals(principals: Iterable[Properties], version: str) -> str | dict[str, Any]:
    found: dict[str, list[str]] = {}
    for one in principals:
        identifiers = sorted((_variables(text, version) for text in one["identifiers"]), reverse=True)
        found.setdefault(one["type"], []).extend(identifiers)
    if found == {"*": ["*"]}:
        return "*"
    return {kind: names[0] if len(names) == 1 else names for kind, names in sorted(found.items())}


def _conditions(conditions: Iterable[Properties], version: str) -> dict[str, Any]:
    found: dict[str, dict[str, list[str]]] = {}
    for one in conditions:
        values = [_variables(text, version) for text in one["values"]]
        found.setdefault(one["test"], {}).setdefault(_variables(one["variable"], version), []).extend(values)
    return {
        test: {name: values[0] if len(values) == 1 else values for name, values in sorted(variables.items())}
        for test, variables in sorted(found.items())
    }


def _variables(text: str, version: str) -> str:
    """`&{aws:username}` is how a program writes a policy variable. Raises ProviderError where there are none."""
    if "&{" in text and version == "2008-10-17":
        raise ProviderError(f"policy variables such as {text} need version 2012-10-17")
    return text.replace("&{", "${")


def _parsed(text: str) -> dict[str, Any]:
    if not text:
        return {}
    try:
        document = json.loads(text)
    except ValueError as error:
        raise ProviderError(f"a source or override policy document is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise ProviderError("a source or override policy document is not a JSON object")
    statements = document.get("Statement", [])
    return {**document, "Statement": statements if isinstance(statements, list) else [statements]}


def _refuse_duplicates(documents: Iterable[Mapping[str, Any]]) -> None:
    seen = set()
    for statement in (one for document in documents for one in document.get("Statement", [])):
        sid = statement.get("Sid")
        if sid and sid in seen:
            raise ProviderError(f'duplicate Sid "{sid}": statements of one policy document need Sids of their own')
        seen.add(sid)


def _merged(base: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """The other document over the base: statements with a known Sid take its place, others follow."""
    merged = {**base, **{name: value for name, value in other.items() if name != "Statement"}}
    statements = list(base.get("Statement", []))
    places = {one["Sid"]: place for place, one in enumerate(statements) if one.get("Sid")}
    for statement in other.get("Statement", []):
        if statement.get("Sid") in places:
            statements[places[statement["Sid"]]] = statement
        else:
            statements.append(statement)
    merged.pop("Statement", None)
    return {**merged, "Statement": statements}


def _text(document: Mapping[str, Any], indent: int | None) -> str:
    body = {name: value for name, value in document.items() if name != "Statement" or value}
    text = json.dumps(body, indent=indent, separators=None if indent else (",", ":"), ensure_ascii=False)
    for letter, escape in _HTML.items():
        text = text.replace(letter, escape)
    return text

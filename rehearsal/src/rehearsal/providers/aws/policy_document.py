"""The function `iam.getPolicyDocument`.

The JSON text is identical to that of the real provider. The code in this module is pure.
"""

import json
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from rehearsal.providers.protocol import ProviderError
from rehearsal.providers.values import Properties

DEFAULT_VERSION = "2012-10-17"

_LIST_ELEMENTS = (
    ("actions", "Action"),
    ("notActions", "NotAction"),
    ("resources", "Resource"),
    ("notResources", "NotResource"),
)
_HTML_ESCAPES = {"&": "\\u0026", "<": "\\u003c", ">": "\\u003e"}
"""Characters that Go's JSON encoder escapes. The real provider is written in Go."""


def policy_document(args: Properties) -> Properties:
    """Run `iam.getPolicyDocument`. Raises ProviderError for invalid documents."""
    sources = [_parse(text) for text in args.get("sourcePolicyDocuments") or []]
    overrides = [_parse(text) for text in args.get("overridePolicyDocuments") or []]
    _reject_duplicate_sids(sources)
    version = args.get("version") or DEFAULT_VERSION
    own: dict[str, Any] = {"Version": version}
    if args.get("policyId"):
        own["Id"] = args["policyId"]
    own["Statement"] = [_statement(statement, version) for statement in args.get("statements") or []]
    _reject_duplicate_sids([own])
    document: dict[str, Any] = {}
    for other in [*sources, own, *overrides]:
        document = _merge(document, other)
    text = _to_json(document, indent=2)
    return {
        **args,
        "id": str(zlib.crc32(text.encode())),
        "json": text,
        "minifiedJson": _to_json(document, indent=None),
        "version": version,
    }


def _statement(inputs: Properties, version: str) -> dict[str, Any]:
    statement: dict[str, Any] = {"Sid": inputs["sid"]} if inputs.get("sid") else {}
    statement["Effect"] = inputs.get("effect") or "Allow"
    for name, element in _LIST_ELEMENTS:
        if inputs.get(name):
            statement[element] = _one_or_list([_policy_variables(text, version) for text in inputs[name]])
    for name, element in (("principals", "Principal"), ("notPrincipals", "NotPrincipal")):
        if inputs.get(name):
            statement[element] = _principals(inputs[name], version)
    if inputs.get("conditions"):
        statement["Condition"] = _conditions(inputs["conditions"], version)
    return statement


def _one_or_list(values: list[str]) -> str | list[str]:
    """Return a single value as text, and several values as a list in descending order."""
    return values[0] if len(values) == 1 else sorted(values, reverse=True)


def _principals(principals: Iterable[Properties], version: str) -> str | dict[str, Any]:
    by_type: dict[str, list[str]] = {}
    for principal in principals:
        identifiers = sorted((_policy_variables(text, version) for text in principal["identifiers"]), reverse=True)
        by_type.setdefault(principal["type"], []).extend(identifiers)
    if by_type == {"*": ["*"]}:
        return "*"
    return {
        principal_type: identifiers[0] if len(identifiers) == 1 else identifiers
        for principal_type, identifiers in sorted(by_type.items())
    }


def _conditions(conditions: Iterable[Properties], version: str) -> dict[str, Any]:
    by_test: dict[str, dict[str, list[str]]] = {}
    for condition in conditions:
        values = [_policy_variables(text, version) for text in condition["values"]]
        variable = _policy_variables(condition["variable"], version)
        by_test.setdefault(condition["test"], {}).setdefault(variable, []).extend(values)
    return {
        test: {name: values[0] if len(values) == 1 else values for name, values in sorted(variables.items())}
        for test, variables in sorted(by_test.items())
    }


def _policy_variables(text: str, version: str) -> str:
    """Convert policy variables, which programs write as `&{aws:username}`.

    Raises ProviderError if the policy version does not support variables.
    """
    if "&{" in text and version == "2008-10-17":
        raise ProviderError(f"policy variables such as {text} require policy version 2012-10-17")
    return text.replace("&{", "${")


def _parse(text: str) -> dict[str, Any]:
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


def _reject_duplicate_sids(documents: Iterable[Mapping[str, Any]]) -> None:
    seen = set()
    for statement in (statement for document in documents for statement in document.get("Statement", [])):
        sid = statement.get("Sid")
        if sid and sid in seen:
            raise ProviderError(f'duplicate Sid "{sid}": each statement of a policy document needs its own Sid')
        seen.add(sid)


def _merge(base: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Merge a document into the base.

    A statement replaces the base's statement with the same Sid. All other statements are appended.
    """
    merged = {**base, **{name: value for name, value in other.items() if name != "Statement"}}
    statements = list(base.get("Statement", []))
    indexes = {statement["Sid"]: index for index, statement in enumerate(statements) if statement.get("Sid")}
    for statement in other.get("Statement", []):
        if statement.get("Sid") in indexes:
            statements[indexes[statement["Sid"]]] = statement
        else:
            statements.append(statement)
    merged.pop("Statement", None)
    return {**merged, "Statement": statements}


def _to_json(document: Mapping[str, Any], indent: int | None) -> str:
    body = {name: value for name, value in document.items() if name != "Statement" or value}
    text = json.dumps(body, indent=indent, separators=None if indent else (",", ":"), ensure_ascii=False)
    for letter, escape in _HTML_ESCAPES.items():
        text = text.replace(letter, escape)
    return text

"""Condition operators of IAM.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators" and "Set operators for multivalued context
keys".
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from ipaddress import ip_address, ip_network
from typing import Any, Final

from operations.errors import OperationsError
from operations.iam.documents import listed
from operations.iam.patterns import Context, matches, matches_arn, matches_exactly

FOR_ALL, FOR_ANY, IF_EXISTS = "forallvalues:", "foranyvalue:", "ifexists"
Test = Callable[[str, str, Context], bool]
"""Function that compares a value of the policy with a value of the request."""


class UnsupportedPolicyError(OperationsError):
    """A policy uses an element that the evaluator does not know.

    Guessing its meaning could hide an attack.
    """


def condition_holds(condition: Mapping[str, Any], context: Context) -> bool:
    """Return True if every operator of a Condition holds for every key.

    Raises:
        UnsupportedPolicyError: the condition has an operator that IAM doesn't define.
    """
    return all(
        _operator_holds(operator, str(key).lower(), _values(values), context)
        for operator, keys in condition.items()
        for key, values in keys.items()
    )


def _operator_holds(operator: str, key: str, wanted: tuple[str, ...], context: Context) -> bool:
    name = operator.lower()
    actual = context.get(key, ())
    if name == "null":
        return all((value.lower() == "true") == (not actual) for value in wanted)
    for_all, for_any = name.startswith(FOR_ALL), name.startswith(FOR_ANY)
    name = name.removeprefix(FOR_ALL).removeprefix(FOR_ANY)
    if name.endswith(IF_EXISTS):
        name = name.removesuffix(IF_EXISTS)
        if not actual:
            return True
    negated, test = _test(name, operator)

    def value_holds(value: str) -> bool:
        return any(test(each, value, context) for each in wanted) != negated

    if for_all:
        return all(map(value_holds, actual))
    if for_any:
        return any(map(value_holds, actual))
    if not actual:
        return negated
    return all(map(value_holds, actual)) if negated else any(map(value_holds, actual))


def _test(name: str, operator: str) -> tuple[bool, Test]:
    """Return whether the operator negates its test, and the test."""
    if name in _TESTS:
        return False, _TESTS[name]
    positive = _NEGATED.get(name)
    if positive is None:
        raise UnsupportedPolicyError(f"{operator} is not a condition operator of IAM")
    return True, _TESTS[positive]


def _values(value: Any) -> tuple[str, ...]:
    return tuple(str(item).lower() if isinstance(item, bool) else str(item) for item in listed(value))


def _equals(wanted: str, actual: str, context: Context) -> bool:
    return matches_exactly(wanted, actual, context)


def _equals_ignoring_case(wanted: str, actual: str, context: Context) -> bool:
    return matches_exactly(wanted.lower(), actual.lower(), context)


def _like(wanted: str, actual: str, context: Context) -> bool:
    return matches(wanted, actual, context)


def _bool(wanted: str, actual: str, _: Context) -> bool:
    return wanted.lower() == actual.lower()


def _in_network(wanted: str, actual: str, _: Context) -> bool:
    try:
        return ip_address(actual) in ip_network(wanted, strict=False)
    except ValueError:
        return False


def _numeric(compare: Callable[[Decimal, Decimal], bool]) -> Test:
    def test(wanted: str, actual: str, _: Context) -> bool:
        try:
            return compare(Decimal(actual), Decimal(wanted))
        except InvalidOperation:
            return False

    return test


def _date(compare: Callable[[datetime, datetime], bool]) -> Test:
    def test(wanted: str, actual: str, _: Context) -> bool:
        try:
            return compare(_time(actual), _time(wanted))
        except ValueError:
            return False

    return test


def _time(text: str) -> datetime:
    """Parse ISO 8601 or seconds since 1970."""
    if text.isdecimal():
        return datetime.fromtimestamp(int(text), UTC)
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=UTC)


_TESTS: Final[Mapping[str, Test]] = {
    "stringequals": _equals,
    "stringequalsignorecase": _equals_ignoring_case,
    "stringlike": _like,
    "binaryequals": _equals,
    "bool": _bool,
    "arnequals": matches_arn,  # AWS defines ArnEquals and ArnLike alike
    "arnlike": matches_arn,
    "ipaddress": _in_network,
    "numericequals": _numeric(lambda actual, wanted: actual == wanted),
    "numericlessthan": _numeric(lambda actual, wanted: actual < wanted),
    "numericlessthanequals": _numeric(lambda actual, wanted: actual <= wanted),
    "numericgreaterthan": _numeric(lambda actual, wanted: actual > wanted),
    "numericgreaterthanequals": _numeric(lambda actual, wanted: actual >= wanted),
    "dateequals": _date(lambda actual, wanted: actual == wanted),
    "datelessthan": _date(lambda actual, wanted: actual < wanted),
    "datelessthanequals": _date(lambda actual, wanted: actual <= wanted),
    "dategreaterthan": _date(lambda actual, wanted: actual > wanted),
    "dategreaterthanequals": _date(lambda actual, wanted: actual >= wanted),
}
_NEGATED: Final[Mapping[str, str]] = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "arnnotequals": "arnequals",
    "arnnotlike": "arnlike",
    "notipaddress": "ipaddress",
    "numericnotequals": "numericequals",
    "datenotequals": "dateequals",
}

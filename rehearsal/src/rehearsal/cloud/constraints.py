r"""Constraints of requests in botocore's service models.

These are enums, patterns, lengths and ranges. AWS checks them before it checks anything else. botocore checks only
minimums, and moto checks nothing. Requests of the emulated provider are checked before they are sent
(`rehearsal.providers.aws.calls`). Requests of all clients are checked when moto receives them, except those to S3
(`rehearsal.cloud.moto_patches.core`). The messages are those of AWS, for example::

    1 validation error detected: Value 'a b' at 'roleName' failed to satisfy constraint:
    Member must satisfy regular expression pattern: [\w+=,.@-]+
"""

import functools
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.model import OperationModel, Shape

from rehearsal.cloud.sensitive import is_sensitive

log = logging.getLogger(__name__)

EXCEPTIONS: Mapping[tuple[str, str], str] = {}
"""(service, shape name) → reason why values of this shape are not checked."""

_CODES = {
    "ec2": "InvalidParameterValue",
    "eks": "InvalidParameterException",
    "elasticache": "InvalidParameterValue",
    "lambda": "InvalidParameterValueException",
    "rds": "InvalidParameterValue",
    "route53": "InvalidInput",
    "sns": "InvalidParameter",
}
"""Error codes of the services that do not use the default code of their protocol."""
_PROTOCOL_CODES = {"query": "ValidationError", "rest-xml": "InvalidArgument"}
_DEFAULT_CODE = "ValidationException"
_JAVA_CLASSES = {
    r"\p{L}": r"\w",
    r"\p{M}": r"\w",
    r"\p{N}": r"\d",
    r"\p{Z}": r"\s",
    r"\p{Zs}": r"\s",
    r"\p{P}": "!-#%-*,-/:;?@\\[-\\]_{}\u00a1-\U0010ffff",
    r"\p{S}": "$+<->^`|~\u00a2-\U0010ffff",
    r"\p{IsAlphabetic}": r"\w",
    r"\p{Alnum}": "A-Za-z0-9",
    r"\p{Alpha}": "A-Za-z",
    r"\p{ASCII}": r"\x00-\x7f",
    r"\p{Graph}": r"\x21-\x7e",
    r"\p{Print}": r"\x20-\x7e",
}
"""Character classes of Java → classes of Python that match at least the same characters."""
_SURROGATES = re.compile("\\\\uD800\\\\uDC00-\\\\uDBFF\\\\uDFFF|\ud800\udc00-\udbff\udfff|\U00010000-\U0010ffff", re.I)
_LITERAL_HYPHEN = re.compile(r"(\\[wds])-(?!\])")
"""Hyphen after a class such as `\\w`. Java takes it literally; Python rejects it as a range without a start."""
_FLAG_IN_THE_MIDDLE = re.compile(r"\|\(\?i\)([^()|]*)\)")
"""Flag before the last alternative of a group, as in `(a|(?i)b)`. Python requires `(a|(?i:b))` instead."""
_LONGEST_VALUE = 200
"""Maximum number of characters of a value that an error message shows."""


@dataclass(frozen=True)
class Violation:
    """A member of a request that breaks a constraint of the service model."""

    path: str
    """Path of the member, such as `tags.1.member.key`."""
    value: str
    """The value as text, or `***` if the member is sensitive."""
    constraint: str
    """Constraint in AWS's words, such as "Member must have length less than or equal to 64"."""

    def __str__(self) -> str:
        return f"Value '{self.value}' at '{self.path}' failed to satisfy constraint: {self.constraint}"


def check(model: OperationModel, arguments: Mapping[str, Any]) -> tuple[Violation, ...]:
    """Return every violation in the arguments of an operation."""
    service, shape = model.service_model.service_name, model.input_shape
    return () if shape is None else tuple(_violations(service, shape, arguments, ""))


def error_code(model: OperationModel) -> str:
    """Return the service's error code for a request that breaks a constraint."""
    service = model.service_model
    protocol = str(service.metadata.get("protocol", ""))
    return _CODES.get(service.service_name) or _PROTOCOL_CODES.get(protocol, _DEFAULT_CODE)


def message(violations: tuple[Violation, ...]) -> str:
    """Return AWS's message about violations."""
    plural = "" if len(violations) == 1 else "s"
    return f"{len(violations)} validation error{plural} detected: {'; '.join(map(str, violations))}"


def _violations(service: str, shape: Shape, value: Any, path: str) -> Iterator[Violation]:
    for constraint in _broken(service, shape, value):
        name = path.rpartition(".")[2]
        text = "***" if is_sensitive(shape, name) else str(value)[:_LONGEST_VALUE]
        yield Violation(path, text, constraint)
    if isinstance(value, Mapping):
        members: Mapping[str, Shape] | None = getattr(shape, "members", None)
        for key, item in value.items():
            if members is not None:
                if key in members:
                    yield from _violations(service, members[key], item, _joined(path, key))
            elif shape.type_name == "map":
                yield from _violations(service, getattr(shape, "key"), key, _joined(path, "key"))  # noqa: B009  # the stubs of Shape lack `key`
                yield from _violations(service, getattr(shape, "value"), item, _joined(path, f"{key}.value"))  # noqa: B009  # the same
    elif isinstance(value, list | tuple) and shape.type_name == "list":
        item_shape: Shape = getattr(shape, "member")  # noqa: B009  # the stubs of Shape lack `member`
        for number, item in enumerate(value, 1):
            yield from _violations(service, item_shape, item, _joined(path, f"{number}.member"))


def _joined(path: str, name: str) -> str:
    if path:
        return f"{path}.{name[:1].lower()}{name[1:]}"
    return f"{name[:1].lower()}{name[1:]}"


_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "list": (list, tuple),
    "map": Mapping,
    "integer": int,
    "long": int,
    "float": (int, float),
    "double": (int, float),
    "blob": (bytes, bytearray, str),
}
Constraint = tuple[str, Callable[[Any], bool]]
"""Constraint in AWS's words, and a function that returns True if a value satisfies it."""
_constraints: dict[tuple[str, str], tuple[Constraint, ...]] = {}


def _broken(service: str, shape: Shape, value: Any) -> Iterator[str]:
    if not isinstance(value, _TYPES.get(shape.type_name, object)):
        return  # botocore reports values of a wrong type
    key = (service, shape.name)
    constraints = _constraints.get(key)
    if constraints is None:
        constraints = _constraints[key] = () if key in EXCEPTIONS else tuple(_compile(shape))
    for words, satisfied in constraints:
        if not satisfied(value):
            yield words


def _compile(shape: Shape) -> Iterator[Constraint]:
    metadata: Mapping[str, Any] = shape.metadata
    if shape.type_name == "string":
        enum, pattern = metadata.get("enum"), metadata.get("pattern")
        if enum:
            allowed = frozenset(enum)
            yield f"Member must satisfy enum value set: [{', '.join(enum)}]", allowed.__contains__
        compiled = compiled_pattern(pattern) if pattern else None
        if pattern and compiled is None:
            log.warning(
                "values of %s are not checked, because Python can't express the pattern %s", shape.name, pattern
            )
        if compiled is not None:
            yield f"Member must satisfy regular expression pattern: {pattern}", _matches(compiled)
    yield from _bounds(shape.type_name, metadata.get("min"), metadata.get("max"))


def _bounds(type_name: str, minimum: float | None, maximum: float | None) -> Iterator[Constraint]:
    if type_name in ("string", "list", "map", "blob"):
        noun, measure = "length", len
    elif type_name in ("integer", "long", "float", "double"):
        noun, measure = "value", _itself
    else:
        return
    if minimum is not None:
        yield f"Member must have {noun} greater than or equal to {minimum}", lambda value: measure(value) >= minimum
    if maximum is not None:
        yield f"Member must have {noun} less than or equal to {maximum}", lambda value: measure(value) <= maximum


def _itself(value: Any) -> Any:
    return value


def _matches(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: pattern.fullmatch(value) is not None


@functools.cache
def compiled_pattern(pattern: str) -> re.Pattern[str] | None:
    """Compile a pattern of a service model, or return None if Python can't express it.

    AWS's services match whole values with Java's regular expressions.
    """
    translated = _SURROGATES.sub("\U00010000-\U0010ffff", pattern)
    for java, python in _JAVA_CLASSES.items():
        translated = translated.replace(java, python)
    translated = _LITERAL_HYPHEN.sub(r"\1\\-", translated)
    translated = _FLAG_IN_THE_MIDDLE.sub(r"|(?i:\1))", translated)
    if r"\p{" in translated or "&&" in translated:
        return None
    try:
        return re.compile(translated, 0 if r"\p{" in pattern else re.ASCII)
    except re.error:
        return None

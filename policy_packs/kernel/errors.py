"""Exceptions of the policy packs.

PolicyError
├── RefusalError             a request can't be answered; the engine shows the message
│   └── InvalidInputError    input to the packs has mistakes
│       ├── ConfigurationError   a policy configuration has mistakes
│       └── ExemptionError       the list of exemptions has mistakes
├── DataError                a data file of a pack has mistakes
├── RuleStoppedError         a rule can't be decided for this resource
│   ├── UnknownValue         the rule read a value that is known only at update
│   ├── UnexpectedValue      the rule read a value of another type than it expects
│   └── InvalidValue         the rule read a value of the expected type, but with invalid contents
└── Unpriced                 a price is unknown (cost pack)
"""

from collections.abc import Sequence

_TYPE_NAMES = {
    bool: "true or false",
    str: "text",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "an object",
}


class PolicyError(Exception):
    """Root of all exceptions of the policy packs."""


class RefusalError(PolicyError):
    """A request can't be answered. The engine shows the message."""


class InvalidInputError(RefusalError):
    """Input to the packs has mistakes, which the message lists."""

    def __init__(self, subject: str, lines: Sequence[str]) -> None:
        count = "1 mistake" if len(lines) == 1 else f"{len(lines)} mistakes"
        super().__init__("\n".join((f"{subject}: {count}; nothing was judged", *lines)))


class RuleStoppedError(PolicyError):
    """A rule can't be decided for a resource."""


class UnknownValue(RuleStoppedError):  # noqa: N818  # names a state of a resource, not a failure
    """A rule read a value that is known only at update. Only the kernel catches it."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class UnexpectedValue(RuleStoppedError):  # noqa: N818  # names a state of a resource, not a failure
    """A property has another type than the rule expects.

    The kernel reports an undecided violation, which blocks.
    """

    def __init__(self, path: str, expected: str, value: object) -> None:
        actual = _TYPE_NAMES.get(type(value), type(value).__name__)
        super().__init__(f"`{path}` is {actual}, expected {expected}")


class InvalidValue(RuleStoppedError):  # noqa: N818  # names a state of a resource, not a failure
    """A property has the expected type, but its contents are invalid.

    The kernel reports an undecided violation, which blocks.
    """

    def __init__(self, path: str, expected: str, reason: str) -> None:
        super().__init__(f"`{path}` is not a valid {expected}: {reason}")

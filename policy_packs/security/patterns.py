"""Wildcard patterns of AWS policies: literal parts and coverage.

`*` stands for any text and `?` for one character. Other characters, such as `[`, stand for themselves.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from policy_packs.security.arn_prefixes import NAME, SERVICES, hexadecimal_ids, id_prefixes, path_words, prefixes
from policy_packs.security.pattern_remainders import remainders

_ARN_PARTS = 6
_SERVICE = 2
"""Index of the service among the parts of an ARN."""
_VARIABLE = re.compile(r"\$\{([^}]*)\}")
# Policy variables with values that only AWS sets. Principals can choose others, such as the tags of their session.
_IDENTITY_VARIABLES = frozenset({"aws:username", "aws:userid", "aws:principalaccount"})
_WILDCARD = re.compile(r"[*?]")
_LITERALS = re.compile(r"[A-Za-z0-9]+")
# Resource type at the start of an ARN's last part, such as `role/` or `log-group:`. It may have wildcards.
_TYPE = re.compile(r"([^/:]*)([/:]?)")
_NAMED_TYPE = re.compile(r"[A-Za-z-]+[/:]")
_SEGMENT = re.compile(r"([^/:]*)[/:]")
# Services with ARNs whose last part starts with the name of the resource instead of its type.
_WITHOUT_TYPE = frozenset({"codecommit", "codepipeline", "execute-api", "s3", "sns", "sqs"})
_LITERALS_OF_A_NAME = 3
"""Number of consecutive letters or digits after a wildcard that count as a name."""
_SHORT_ID = re.compile(r"[0-9a-f]{0,7}")
"""Start of a random ID. Eight digits or more are taken for the author's choice of one resource."""


def matches(pattern: str, text: str) -> bool:
    """Return True if a text matches a pattern. Case is ignored."""
    return bool(_compiled(pattern).fullmatch(text))


def overlap(one: str, other: str) -> bool:
    """Return True if some text matches both patterns. Case is ignored."""
    one, other = one.lower(), other.lower()
    # Each entry tells whether the rest of `one` and the rest of `other` at that position overlap.
    following = [set(other[position:]) <= {"*"} for position in range(len(other) + 1)]
    for start in range(len(one) - 1, -1, -1):
        current = [set(one[start:]) <= {"*"}]
        for position in range(len(other) - 1, -1, -1):
            here, there = one[start], other[position]
            if here == "*" or there == "*":
                skips_one, skips_other = following[position], current[0]
                current.insert(0, skips_one or skips_other)
            else:
                current.insert(0, following[position + 1] and (here == there or "?" in here + there))
        following = current
    return following[0]


def is_fixed(value: str) -> bool:
    """Return True if a value has neither wildcards nor policy variables.

    An empty value is not fixed.
    """
    return bool(value.strip()) and not _WILDCARD.search(value) and "${" not in value


def has_fixed_account(arn: str, *, is_arn_test: bool) -> bool:
    """Return True if an ARN pattern matches ARNs of one account only.

    A wildcard of an ARN test such as ArnLike stays within its part of the ARN. A wildcard of a text test such as
    StringLike does not, so no wildcard may precede the account.
    """
    parts = arn.split(":", _ARN_PARTS - 1)
    if len(parts) < _ARN_PARTS or "${" in arn:
        return False
    before_account = parts[:4]
    return is_fixed(parts[4]) and (is_arn_test or not _WILDCARD.search(":".join(before_account)))


def covers_every_name(pattern: str) -> bool:
    """Return True if a pattern has a wildcard and no part that counts as a name.

    A name is literal text at the start of the pattern, or three or more letters or digits in a row after a wildcard.
    """
    if not _WILDCARD.search(pattern):
        return False
    runs = _LITERALS.findall(pattern)
    return not _LITERALS.search(_before_wildcard(pattern)) and all(len(run) < _LITERALS_OF_A_NAME for run in runs)


def covers_every_resource(pattern: str) -> bool:
    """Return True if a pattern covers all resources of a type, account or service.

    AWS completes an ARN of fewer than six parts with `*`.
    """
    pattern = without_variables(pattern)
    parts = pattern.split(":", _ARN_PARTS - 1)
    if not matches(parts[0], "arn"):
        return False
    if len(parts) < _ARN_PARTS:
        return True
    service, _region, account, resource = parts[2:]
    names = _names(service, account, resource)
    return any(_covers_every_name_of(service, name) for name in names) or _covers_random_ids(service, resource)


def leaves_name_open(pattern: str, service: str, resource_type: str) -> bool:
    """Return True if a pattern matches several names of a type.

    An ARN of fewer than six parts counts, because AWS completes it with `*`.
    """
    parts = without_variables(pattern).split(":", _ARN_PARTS - 1)
    if len(parts) < _ARN_PARTS:
        return True
    name = parts[-1]
    return matches(parts[_SERVICE], service) and bool(_WILDCARD.search(name)) and overlap(name, f"{resource_type}/*")


def is_type_in_one_region(pattern: str) -> bool:
    """Return True if a pattern names a region and a type of resource in it."""
    parts = without_variables(pattern).split(":", _ARN_PARTS - 1)
    return len(parts) == _ARN_PARTS and is_fixed(parts[3]) and bool(_NAMED_TYPE.match(parts[5]))


def is_on_one_service(pattern: str) -> bool:
    """Return True if the service in a resource pattern has no wildcard or variable."""
    parts = pattern.split(":")
    return len(parts) > _SERVICE and is_fixed(parts[_SERVICE])


def names_service(action: str) -> bool:
    """Return True if an action pattern names one service."""
    return not _WILDCARD.search(action.partition(":")[0])


def covers_a_service(pattern: str) -> bool:
    """Return True if a pattern covers all actions of a service, or of several."""
    service, colon, name = pattern.partition(":")
    return covers_every_name(name) if colon else bool(_WILDCARD.search(service))


def before_name(pattern: str) -> str:
    """Return the part of an ARN pattern that precedes the name of the resource.

    It is empty if the pattern has no name.
    """
    parts = pattern.split(":", _ARN_PARTS - 1)
    if len(parts) < _ARN_PARTS:
        return ""
    *outer, resource = parts
    service = outer[_SERVICE].lower()
    end = 0 if _is_without_type(service, outer[4]) else len(_TYPE.match(resource)[0])  # type: ignore[index]  # matches ""
    position = end
    while segment := _SEGMENT.match(resource, position):
        position = segment.end()
        if any(matches(segment[1], word) for word in path_words(service)):
            end = position
        elif segment[1].strip("*?"):
            break
    end = len(resource) - len(resource[end:].lstrip("/:"))
    rest = resource[end:].lower()
    end += max((len(each) for each in id_prefixes(service) if rest.startswith(each)), default=0)
    return ":".join((*outer, resource[:end]))


def _names(service: str, account: str, resource: str) -> tuple[str, ...]:
    """Return the patterns of the name in the last part of an ARN, without the type.

    There are two if the type has a wildcard, because the wildcard may also cover the start of the name.
    """
    if _is_without_type(service.lower(), account):
        return (resource,)
    kind, separator = _TYPE.match(resource).groups()  # type: ignore[union-attr]  # matches ""
    name = resource[len(kind + separator) :]
    return (name, f"*{separator}{name}") if _WILDCARD.search(kind) else (name,)


def _covers_every_name_of(service: str, pattern: str) -> bool:
    """Return True if a name with a wildcard has no literal text at its start.

    Text after a wildcard does not count: all databases may have a user `postgres`, and all queues of a kind end with
    `.fifo`. Neither does text before the name that all resources of the service share.
    """
    if not _WILDCARD.search(pattern):
        return False
    pattern = pattern.lstrip("/:")
    befores = {text for each in SERVICES if matches(service, each) for text in prefixes(each)}
    if named := [text.replace(NAME, "") for text in befores if text.startswith(NAME)]:
        pattern = _after_id(pattern, named)
    rests = [pattern, *(each for text in befores for each in remainders([pattern], text))]
    return any(_WILDCARD.search(each) and not _LITERALS.search(_before_wildcard(each)) for each in rests)


def _after_id(pattern: str, words: Iterable[str]) -> str:
    """Return the part of a name that follows an ID and one of the words."""
    ends = [pattern.lower().find(word) + len(word) for word in words if word in pattern.lower()]
    return pattern[min(ends) :] if ends else pattern


def _covers_random_ids(service: str, resource: str) -> bool:
    """Return True if the start of a random ID is all that a pattern has.

    Such a pattern selects resources at random, so it does not name those that its author means.
    """
    kind = "" if service.lower() == "kms" else _TYPE.match(resource)[0]  # type: ignore[index]  # matches ""
    befores = {text for each in SERVICES if matches(service, each) for text in hexadecimal_ids(each)}
    rests = {rest for text in befores for rest in remainders([resource[len(kind) :]], text)}
    return any(_WILDCARD.search(rest) and _SHORT_ID.fullmatch(_before_wildcard(rest)) for rest in rests)


def _before_wildcard(pattern: str) -> str:
    return _WILDCARD.split(pattern)[0]


def _is_without_type(service: str, account: str) -> bool:
    """Return True if the last part of an ARN starts with a name, not with a type.

    In S3, an ARN with an account, such as that of an access point, has a type. The ARN of a bucket has neither.
    """
    return service in _WITHOUT_TYPE and not (service == "s3" and account)


def without_variables(pattern: str) -> str:
    """Replace policy variables.

    Variables that identify the principal become a name, all others a wildcard.
    """
    return _VARIABLE.sub(lambda each: "variable" if each[1].lower() in _IDENTITY_VARIABLES else "*", pattern)


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(expression, re.DOTALL | re.IGNORECASE)

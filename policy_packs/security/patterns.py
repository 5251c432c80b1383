"""Wildcard patterns of AWS policies: literal parts and coverage.

`*` stands for any text and `?` for one character. Other characters, such as `[`, stand for themselves.
"""

import re
from functools import lru_cache

_ARN_PARTS = 6
_SERVICE = 2
"""Index of the service among the parts of an ARN."""
_VARIABLE = re.compile(r"\$\{([^}]*)\}")
# Policy variables with values that only AWS sets. Principals can choose others, such as the tags of their session.
_IDENTITY_VARIABLES = frozenset({"aws:username", "aws:userid", "aws:principalaccount"})
_WILDCARD = re.compile(r"[*?]")
_LITERALS = re.compile(r"[A-Za-z0-9]+")
_SEPARATOR = re.compile(r"[/:]")
# Resource type at the start of an ARN's last part, such as `role/`, `parameter/` or `log-group:`.
_TYPE = re.compile(r"[^/:*?]*[/:]?")
_NAMED_TYPE = re.compile(r"[A-Za-z-]+[/:]")
# AWS gives these prefixes to all IDs of a type, such as i-0123, so they do not name a resource.
_ID_PREFIX = re.compile(
    r"(acl|ami|cgw|dopt|eipalloc|eni|fs|fsap|i|igw|lt|mrk|nat|pcx|pl|rtb|sg|snap|subnet|tgw|vgw|vol|vpc|vpce)-"
)
_SEGMENT = re.compile(r"([^/:]*)[/:]")
# Services with ARNs whose last part starts with the name of the resource instead of its type.
_WITHOUT_TYPE = frozenset({"codecommit", "codepipeline", "execute-api", "s3", "sns", "sqs"})
# Words inside an ARN that name a type or kind rather than a resource.
_WORDS = {
    "apigateway": frozenset({"apis", "domainnames", "restapis", "v2", "vpclinks"}),
    "autoscaling": frozenset({"autoscalinggroupname", "launchconfigurationname", "policyname", "scheduledactionname"}),
    "dynamodb": frozenset({"backup", "export", "index", "stream"}),
    "elasticloadbalancing": frozenset({"app", "gwy", "net"}),
    "logs": frozenset({"log-stream"}),
    "wafv2": frozenset({"ipset", "managedruleset", "regexpatternset", "rulegroup", "webacl"}),
}
_LITERALS_OF_A_NAME = 3
"""Number of consecutive letters or digits after a wildcard that count as a name."""


def matches(pattern: str, text: str) -> bool:
    """Return True if a text matches a pattern. Case is ignored."""
    return bool(_compiled(pattern).fullmatch(text))


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
    text = pattern.lstrip("/:")
    generated = _ID_PREFIX.match(text)
    if generated and _WILDCARD.match(text, generated.end()):
        text = text[generated.end() :]
    prefix = _WILDCARD.split(text, maxsplit=1)[0]
    return not _LITERALS.search(prefix) and all(len(run) < _LITERALS_OF_A_NAME for run in _LITERALS.findall(text))


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
    return covers_every_name(_name(*parts[2:]))


def is_type_in_one_region(pattern: str) -> bool:
    """Return True if a pattern names a region and a type of resource in it."""
    parts = without_variables(pattern).split(":", _ARN_PARTS - 1)
    return len(parts) == _ARN_PARTS and is_fixed(parts[3]) and bool(_NAMED_TYPE.match(parts[5]))


def is_on_one_service(pattern: str) -> bool:
    """Return True if a resource pattern names a service."""
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
        if segment[1].lower() in _WORDS.get(service, ()):
            end = position
        elif segment[1].strip("*?"):
            break
    end = len(resource) - len(resource[end:].lstrip("/:"))
    if generated := _ID_PREFIX.match(resource, end):
        end = generated.end()
    return ":".join((*outer, resource[:end]))


def _name(service: str, _region: str, account: str, resource: str) -> str:
    """Return the resource's name, without its type, from the last part of an ARN."""
    service = service.lower()
    if not _is_without_type(service, account):
        resource = _TYPE.sub("", resource, count=1)
    words = _WORDS.get(service, frozenset())
    return "/".join(each for each in _SEPARATOR.split(resource) if each.lower() not in words)


def _is_without_type(service: str, account: str) -> bool:
    """Return True if an ARN has no type.

    The ARN of a bucket has no account, that of an access point has one.
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

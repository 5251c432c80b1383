"""Wildcard patterns of AWS policies: literal parts and coverage.

`*` stands for any text and `?` for one character. Other characters, such as `[`, stand for themselves.
"""

import re
from functools import lru_cache

_ARN_PARTS = 6
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
    r"(acl|ami|cgw|dopt|eipalloc|eni|fs|fsap|i|igw|lt|mrk|nat|pcx|pl|rtb|sg|snap|subnet|tgw|vgw|vol|vpc|vpce)-(?=[*?])"
)
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
    if generated := _ID_PREFIX.match(text):
        text = text[generated.end() :]
    prefix = _WILDCARD.split(text, maxsplit=1)[0]
    return not _LITERALS.search(prefix) and all(len(run) < _LITERALS_OF_A_NAME for run in _LITERALS.findall(text))


def covers_every_resource(pattern: str) -> bool:
    """Return True if a pattern covers all resources of a type, account or service.

    AWS completes an ARN of fewer than six parts with `*`.
    """
    pattern = _without_variables(pattern)
    parts = pattern.split(":", _ARN_PARTS - 1)
    if not matches(parts[0], "arn"):
        return False
    if len(parts) < _ARN_PARTS:
        return True
    return covers_every_name(_name(*parts[2:]))


def covers_every_region(pattern: str) -> bool:
    """Return True if a pattern covers every resource, in all regions or of all types."""
    if not covers_every_resource(pattern):
        return False
    parts = _without_variables(pattern).split(":", _ARN_PARTS - 1)
    return len(parts) < _ARN_PARTS or not is_fixed(parts[3]) or not _NAMED_TYPE.match(parts[5])


def covers_every_action(pattern: str) -> bool:
    """Return True if a pattern covers all actions of several services."""
    service, colon, name = pattern.partition(":")
    return bool(_WILDCARD.search(service)) and (not colon or covers_every_name(name))


def covers_a_service(pattern: str) -> bool:
    """Return True if a pattern covers all actions of a service, or of several."""
    service, colon, name = pattern.partition(":")
    return covers_every_name(name) if colon else bool(_WILDCARD.search(service))


def _name(service: str, _region: str, account: str, resource: str) -> str:
    """Return the resource's name, without its type, from the last part of an ARN."""
    service = service.lower()
    # The ARN of a bucket has no account, that of an access point has one.
    if service not in _WITHOUT_TYPE or (service == "s3" and account):
        resource = _TYPE.sub("", resource, count=1)
    words = _WORDS.get(service, frozenset())
    return "/".join(each for each in _SEPARATOR.split(resource) if each.lower() not in words)


def _without_variables(pattern: str) -> str:
    """Replace policy variables.

    Variables that identify the principal become a name, all others a wildcard.
    """
    return _VARIABLE.sub(lambda each: "variable" if each[1].lower() in _IDENTITY_VARIABLES else "*", pattern)


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(expression, re.DOTALL | re.IGNORECASE)

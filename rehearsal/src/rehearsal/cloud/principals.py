"""Principals of policies, and those that AWS refuses.

AWS checks the `AWS` principals of a policy when the policy is written. A role or user of the same account must exist
then. A policy keeps the unique ID of its principals, so a wildcard in an ARN is refused too.
"""

import json
import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from typing import Any

_ACCOUNT = re.compile(r"\d{12}")
_ENTITY = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):(?P<service>iam|sts)::(?P<account>\d{12}):"
    r"(?P<kind>root$|role/|user/|assumed-role/|federated-user/)(?P<name>[\w+=,.@/-]*)"
)
"""ARN of a principal. It contains no wildcard."""
_RESERVED = "aws-reserved/"
"""Path of the roles of IAM Identity Center, which no program creates."""


def aws_principals(document: str | None) -> Iterator[str]:
    """Yield the `AWS` principals of a policy.

    Yields nothing if the document is not JSON, because other checks report that.
    """
    try:
        statements = policy_statements(document)
    except (ValueError, AttributeError):
        return
    for statement in statements:
        for element in ("Principal", "NotPrincipal"):
            principal = statement.get(element) if isinstance(statement, dict) else None
            if isinstance(principal, str):
                yield principal
            elif isinstance(principal, dict):
                yield from map(str, as_list(principal.get("AWS")))


def invalid_principal(document: str | None, account: str, exists: Callable[[str], bool]) -> str | None:
    """Return the first `AWS` principal that makes AWS refuse the policy, or None.

    `exists` takes an ARN and returns True if a role or user of the account has it. Principals of other accounts are
    accepted if they have the right form, because a rehearsal does not know those accounts.
    """
    return next((value for value in aws_principals(document) if not _is_valid(value, account, exists)), None)


def _is_valid(principal: str, account: str, exists: Callable[[str], bool]) -> bool:
    if principal == "*" or _ACCOUNT.fullmatch(principal):
        return True
    entity = _ENTITY.fullmatch(principal)
    if entity is None:
        return False
    checked = entity["service"] == "iam" and entity["kind"] in ("role/", "user/") and entity["account"] == account
    return not checked or entity["name"].startswith(_RESERVED) or exists(principal)


def trusts_service(document: str | None, service: str) -> bool:
    """Return True if a trust policy allows a service to assume the role.

    A service is named like `ec2.amazonaws.com`. Conditions of Allow statements count as met, and conditions of Deny
    statements as not met.
    """
    concerned = [each for each in policy_statements(document) if _concerns(each, service)]
    return any(each.get("Effect") == "Allow" for each in concerned) and not any(map(always_denies, concerned))


def _concerns(statement: Any, service: str) -> bool:
    """Return True if a statement is about a service that assumes a role."""
    if not covers_action(statement, "sts:AssumeRole"):
        return False
    if "NotPrincipal" in statement:
        return not names_service({"Principal": statement["NotPrincipal"]}, service)
    return names_service(statement, service)


def key_administrators(document: str | None, account: str) -> frozenset[str]:
    """Return the principals that a key policy always allows to change the policy.

    They are the account's principals in Allow statements without a condition, except those in Deny statements without
    a condition.
    """
    statements = [each for each in policy_statements(document) if covers_action(each, "kms:PutKeyPolicy")]
    allowed = {
        principal
        for statement in statements
        if statement.get("Effect") == "Allow" and not statement.get("Condition") and "Principal" in statement
        for principal in _principals(statement["Principal"])
        if principal == "*" or _account(principal) == account
    }
    denials = list(filter(always_denies, statements))
    return frozenset(each for each in allowed if not any(_denies(denial, each) for denial in denials))


def _denies(denial: Any, principal: str) -> bool:
    """Return True if a Deny statement applies to a principal.

    A statement that names an account applies to all of its principals.
    """
    if "NotPrincipal" in denial:
        return principal not in _principals(denial["NotPrincipal"])
    named = _principals(denial.get("Principal"))
    accounts = {_account(each) for each in named if _ACCOUNT.fullmatch(each) or each.endswith(":root")}
    return "*" in named or principal in named or _account(principal) in accounts


def _principals(element: Any) -> list[str]:
    return list(map(str, as_list(element.get("AWS") if isinstance(element, dict) else element)))


def _account(principal: str) -> str:
    """Return the account of a principal, or an empty text if it has none."""
    entity = _ENTITY.fullmatch(principal)
    return principal if _ACCOUNT.fullmatch(principal) else entity["account"] if entity else ""


def always_denies(statement: Any) -> bool:
    """Return True for a Deny statement without a condition."""
    return statement.get("Effect") == "Deny" and not statement.get("Condition")


def covers_action(statement: Any, action: str) -> bool:
    """Return True if a statement is about an action. Case is ignored."""

    def matches(element: str) -> bool:
        return any(fnmatchcase(action.lower(), str(each).lower()) for each in as_list(statement.get(element)))

    return matches("Action") if "Action" in statement else not matches("NotAction")


def policy_statements(document: str | None) -> list[Any]:
    """Return the statements of a policy; an empty list if there is no document.

    Raises:
        ValueError: the document is not JSON.
        AttributeError: it is not an object.
    """
    return as_list(json.loads(document or "{}").get("Statement"))


def names_service(statement: Any, service: str) -> bool:
    """Return True if the principal of a statement is a service or everybody."""
    principal = statement.get("Principal")
    services = as_list(principal.get("Service")) if isinstance(principal, dict) else as_list(principal)
    return bool({service, "*"} & set(services))


def as_list(value: Any) -> list[Any]:
    """Return a policy element as a list, because JSON allows a single value too."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]

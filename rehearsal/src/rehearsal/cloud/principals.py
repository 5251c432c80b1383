"""Principals of policies, and those that AWS refuses.

AWS checks the `AWS` principals of a policy when the policy is written. A role or user of the same account must exist
then. A policy keeps the unique ID of its principals, so a wildcard in an ARN is refused too.
"""

import json
import re
from collections.abc import Callable, Iterator
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

    A service is named like `ec2.amazonaws.com`. Conditions are ignored.
    """
    return any(_trusts(statement, service) for statement in policy_statements(document))


def _trusts(statement: Any, service: str) -> bool:
    actions = {str(action).lower() for action in as_list(statement.get("Action"))}
    assumes = bool(actions & {"sts:assumerole", "sts:*", "*"})
    return statement.get("Effect") == "Allow" and assumes and names_service(statement, service)


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

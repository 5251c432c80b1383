"""Parts of IAM policy documents."""

from collections.abc import Sequence
from typing import Any

Document = dict[str, Any]


def statement(sid: str, actions: Sequence[str], resources: Sequence[str] | str = "*", **more: Any) -> Document:
    """Return one statement; `more` holds Condition, Principal or another Effect."""
    return {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": resources, **more}


def document(*statements: Document) -> Document:
    """Return a policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}

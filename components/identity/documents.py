"""IAM policy documents: statements to JSON, with Pulumi outputs allowed anywhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi

VERSION = "2012-10-17"


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement of a policy document; empty elements are omitted."""

    actions: Sequence[str]
    resources: Sequence[pulumi.Input[str]] = ()
    effect: str = "Allow"
    sid: str = ""
    principals: Mapping[str, Sequence[str] | str] | str = ""
    conditions: Mapping[str, Mapping[str, pulumi.Input[Any]]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the statement in IAM's JSON form."""
        parts = {
            "Sid": self.sid,
            "Effect": self.effect,
            "Principal": self.principals,
            "Action": list(self.actions),
            "Resource": list(self.resources),
            "Condition": dict(self.conditions),
        }
        return {key: value for key, value in parts.items() if value}


def policy(*statements: Statement) -> pulumi.Output[str]:
    """Return a policy document as JSON, known at preview if all its inputs are."""
    document = {"Version": VERSION, "Statement": [statement.as_dict() for statement in statements]}
    return pulumi.Output.json_dumps(document)


def deny_plain_http(actions: Sequence[str], resources: Sequence[pulumi.Input[str]], sid: str = "TlsOnly") -> Statement:
    """Deny these actions over plain HTTP to everyone."""
    return Statement(
        sid=sid,
        effect="Deny",
        principals={"AWS": "*"},
        actions=actions,
        resources=resources,
        conditions={"Bool": {"aws:SecureTransport": "false"}},
    )


ASSUME = ("sts:AssumeRole",)


def trust(service: str, keys: Mapping[str, pulumi.Input[str]], actions: Sequence[str] = ASSUME) -> pulumi.Output[str]:
    """Return the trust policy for a service such as `eks.amazonaws.com`.

    `keys` are condition keys and values.
    """
    conditions = {"StringEquals": keys} if keys else {}
    return policy(Statement(actions=actions, principals={"Service": service}, conditions=conditions))

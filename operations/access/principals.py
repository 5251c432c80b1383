"""Principals of an environment: people, the pipeline, pods and AWS services."""

import re
from dataclasses import dataclass
from enum import IntEnum


class PrincipalKind(IntEnum):
    """Type of a principal, in the order of the access matrix page."""

    PEOPLE = 1
    PIPELINE = 2
    PODS = 3
    AWS = 4
    UNKNOWN = 5
    """Principal that a policy or binding names, but that has none of the other types; always a mistake."""

    @property
    def title(self) -> str:
        """Name of the type on the access matrix page."""
        return self.name.lower() if self is not PrincipalKind.AWS else "AWS"


@dataclass(frozen=True, order=True)
class Principal:
    """One principal.

    Pods are named after their service account, `namespace/account`, in any cluster.
    """

    kind: PrincipalKind
    name: str

    def __str__(self) -> str:
        """Return the principal's text on the access matrix page, e.g. `people: on-call`."""
        return f"{self.kind.title}: {self.name}"


def pods(namespace: str, account: str) -> Principal:
    """Return the principal of a service account's pods."""
    return Principal(PrincipalKind.PODS, f"{namespace}/{account}")


def role_name(arn: str) -> str:
    """Return the name of the IAM role with this ARN."""
    return re.sub(r"^arn:aws:iam::\d+:role/", "", arn)

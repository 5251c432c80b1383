"""Everybody who is anybody in an environment: jobs of people, the pipeline, pods, AWS itself."""

import re
from dataclasses import dataclass
from enum import IntEnum


class Kind(IntEnum):
    """What somebody is, in the order of the page."""

    PEOPLE = 1
    PIPELINE = 2
    PODS = 3
    AWS = 4
    STRANGER = 5
    """Named by a rule, and let in by nothing: a mistake wherever it appears."""

    @property
    def title(self) -> str:
        """What the page calls it."""
        return self.name.lower() if self is not Kind.AWS else "AWS"


@dataclass(frozen=True, order=True)
class Who:
    """One of them. Pods are those of one service account, `namespace/account`, in whichever cluster."""

    kind: Kind
    name: str

    def __str__(self) -> str:
        """As the page says it, e.g. `people: on-call`."""
        return f"{self.kind.title}: {self.name}"


def pods(namespace: str, account: str) -> Who:
    """The pods of a service account."""
    return Who(Kind.PODS, f"{namespace}/{account}")


def role_name(arn: str) -> str:
    """Name of the IAM role with this ARN."""
    return re.sub(r"^arn:aws:iam::\d+:role/", "", arn)

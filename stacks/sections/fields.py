"""Types of single keys, and the base class of all groups of keys."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from components.network.plan import QUARTERS

LOG_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
"""Retentions that CloudWatch Logs accepts, in days. The long retentions are whole years."""
INSIGHTS_DAYS = (7, *(31 * months for months in range(1, 24)), 731)

PRIVATE_BLOCKS = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")))
"""Private ranges: RFC 1918, and RFC 6598, which AWS recommends for pods.

A VPC also accepts public ranges, but hosts in the VPC could then not reach the real owners of these addresses.
"""


@dataclass(frozen=True)
class Matching:
    """Validator that matches a whole text; `meaning` completes the message "… is not"."""

    pattern: str
    meaning: str

    def __call__(self, text: str) -> str:
        """Return the text. Raises ValueError if it does not match."""
        if not re.fullmatch(self.pattern, text):
            raise ValueError(f"{text!r} is not {self.meaning}")
        return text


@dataclass(frozen=True)
class OneOf:
    """Validator that allows only certain numbers; the message names the nearest one."""

    allowed: tuple[int, ...]
    meaning: str

    def __call__(self, value: int) -> int:
        """Return the number. Raises ValueError if it is not allowed."""
        if value not in self.allowed:
            nearest = min(self.allowed, key=lambda other: abs(other - value))
            raise ValueError(f"{value} is not {self.meaning}; the nearest is {nearest}")
        return value


def matching(pattern: str, meaning: str) -> AfterValidator:
    """Return a validator for text; its pattern is also in the JSON Schema."""
    return AfterValidator(Matching(pattern, meaning))


def one_of(allowed: tuple[int, ...], meaning: str) -> AfterValidator:
    """Return a validator that allows only these numbers."""
    return AfterValidator(OneOf(allowed, meaning))


def _private(network: IPv4Network) -> IPv4Network:
    if not any(network.subnet_of(block) for block in PRIVATE_BLOCKS):
        blocks = ", ".join(map(str, PRIVATE_BLOCKS))
        raise ValueError(f"{network} is a public range; use one inside {blocks}")
    return network


def _pinned(image: str) -> str:
    version = image.partition("/")[2].partition(":")[2]
    if not version or version == "latest":
        raise ValueError(f"{image} is not pinned; use a version (:1.4.0) or a digest (@sha256:…), never latest")
    return image


Text = Annotated[str, Field(min_length=1)]
Flag = Annotated[bool, Field(strict=True)]
Whole = Annotated[int, Field(strict=True)]
Count = Annotated[Whole, Field(ge=0)]
Positive = Annotated[Whole, Field(ge=1)]
PrivateNetwork = Annotated[IPv4Network, AfterValidator(_private)]
Account = Annotated[str, matching(r"\d{12}", "an AWS account id (12 digits)")]
Region = Annotated[str, matching(r"[a-z]{2}(-[a-z]+)+-\d", "an AWS region, such as us-east-1")]
Email = Annotated[str, matching(r"[^@\s]+@[^@\s]+\.[^@\s]+", "an e-mail address")]
DnsName = Annotated[str, matching(r"([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z]{2,}", "a domain name")]
Label = Annotated[str, matching(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?", "a name of lower-case letters, digits and hyphens")]
Zone = Annotated[str, matching(f"[{QUARTERS}]", f"a zone letter ({', '.join(QUARTERS)})")]
Zones = Annotated[tuple[Zone, ...], Field(min_length=1)]
Cpu = Annotated[str, matching(r"[1-9]\d*m?", "an amount of CPU, such as 500m")]
Memory = Annotated[str, matching(r"[1-9]\d*[MG]i", "an amount of memory, such as 512Mi")]
HttpsUrl = Annotated[str, matching(r"https://[^/\s]+", "an https:// address without a path")]
Snapshot = Annotated[
    str,
    matching(
        r"(arn:aws:rds:[-a-z0-9]+:\d{12}:snapshot:)?(rds:)?[a-z]([-a-z0-9]*[a-z0-9])?",
        "an RDS snapshot: campus-<environment>-… or its ARN",
    ),
]
LogDays = Annotated[Whole, one_of(LOG_DAYS, "a retention that CloudWatch Logs accepts")]
InsightsDays = Annotated[Whole, one_of(INSIGHTS_DAYS, "a retention that Performance Insights accepts")]
Repository = Annotated[
    str,
    matching(
        r"\d{12}\.dkr\.ecr\.[-a-z0-9]+\.amazonaws\.com/([^:@,\s/]+/)+",
        "a repository of our own registry that ends with a slash (<account>.dkr.ecr.<region>.amazonaws.com/…/)",
    ),
]
Image = Annotated[
    str,
    matching(
        r"\d{12}\.dkr\.ecr\.[-a-z0-9]+\.amazonaws\.com/[^:@\s]+((:|@sha256:)[^:@\s]+)?",
        "an image of our own registry (<account>.dkr.ecr.<region>.amazonaws.com/…)",
    ),
    AfterValidator(_pinned),
]


class Section(BaseModel):
    """Base class of a group of keys. Unknown keys are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, use_attribute_docstrings=True)

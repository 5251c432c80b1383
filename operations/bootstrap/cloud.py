"""The way to an AWS account, and what kinds of pieces have in common when they are looked at and made there.

Exceptions::

    BootstrapError    the account cannot be looked at or changed; the message says why and what to do
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.exceptions import ClientError

from operations.bootstrap.plan import Aspects, Piece

WORLDWIDE_REGION = "us-east-1"
"""Where services without regions are called."""
MISSING = ("NotFound", "NoSuch", "404")


class BootstrapError(Exception):
    """The account cannot be looked at or changed."""


@dataclass
class Cloud:
    """Clients of one account, made when first asked for, with the credentials of whoever runs this."""

    account: str
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict)

    def client(self, service: str, region: str = "") -> Any:
        """A client of a service, in a region where it has one; untyped, for services are chosen by data."""
        key = (service, region or WORLDWIDE_REGION)
        if key not in self._clients:
            untyped: Any = boto3.client
            self._clients[key] = untyped(key[0], region_name=key[1])
        return self._clients[key]

    def check_account(self, environment: str) -> None:
        """Refuse credentials of any account but the environment's own. Raises BootstrapError."""
        caller = self.client("sts").get_caller_identity()
        if caller["Account"] != self.account:
            raise BootstrapError(
                f"These credentials are for account {caller['Account']} ({caller['Arn']}), but {environment} is "
                f"account {self.account} (Pulumi.{environment}.yaml); sign in to that one. Nothing was changed."
            )


@dataclass(frozen=True)
class Handler:
    """How pieces of one kind are looked at and made."""

    find: Callable[[Cloud, Piece], Aspects | None]
    """Aspects as they are; None when the piece isn't there."""
    create: Callable[[Cloud, Piece], None]
    """Make the bare piece: `setters` do the rest, and may be tried again when they failed."""
    setters: Mapping[str, Callable[[Cloud, Piece], None]]
    """By aspect: make it what the piece says. What cannot be changed has none, for `create` does it."""


def ask(call: Callable[..., Any], *missing: str, **args: Any) -> Any:
    """AWS's answer; None when it says that there is no such thing, by one of these error codes too."""
    try:
        return call(**args)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in missing or any(word in code for word in MISSING):
            return None
        raise


def tag_list(piece: Piece) -> list[dict[str, str]]:
    """A piece's tags as most services take them."""
    return [{"Key": key, "Value": value} for key, value in piece.aspects["tags"].items()]


def wanted_tags(piece: Piece, live: Mapping[str, str]) -> dict[str, str]:
    """Live tags, without those that somebody added to ours."""
    return {key: value for key, value in live.items() if key in piece.aspects["tags"]}


def pairs(tags: list[Mapping[str, str]]) -> dict[str, str]:
    """Tags by key, out of a list of `Key` and `Value`."""
    return {tag["Key"]: tag["Value"] for tag in tags}


def text(document: Any) -> str:
    """A policy document as AWS takes it."""
    return json.dumps(document, separators=(",", ":"))


def parsed(document: Any) -> Any:
    """A policy document as AWS shows it: text, or parsed already."""
    return json.loads(document) if isinstance(document, str) else document

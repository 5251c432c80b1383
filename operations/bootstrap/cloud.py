"""Clients of an AWS account, and functions that the resource types share.

Exceptions::

    BootstrapError    the account cannot be read or changed; the message says why and what to do
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.exceptions import ClientError

from operations.bootstrap.plan import Attributes, Resource
from operations.errors import OperationsError

WORLDWIDE_REGION = "us-east-1"
"""Region in which global services are called."""
MISSING = ("NotFound", "NoSuch", "404")


class BootstrapError(OperationsError):
    """The account cannot be read or changed."""


@dataclass
class AwsClients:
    """Clients of one account with the caller's credentials, created on first use."""

    account: str
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict)

    def client(self, service: str, region: str = "") -> Any:
        """Return the client of a service; its type is Any because the service varies."""
        key = (service, region or WORLDWIDE_REGION)
        if key not in self._clients:
            untyped: Any = boto3.client
            self._clients[key] = untyped(key[0], region_name=key[1])
        return self._clients[key]

    def check_account(self, environment: str) -> None:
        """Check that the credentials are for the environment's account.

        Raises BootstrapError otherwise.
        """
        caller = self.client("sts").get_caller_identity()
        if caller["Account"] != self.account:
            raise BootstrapError(
                f"These credentials are for account {caller['Account']} ({caller['Arn']}), but {environment} is "
                f"account {self.account} (Pulumi.{environment}.yaml); use credentials for account {self.account}. "
                "Nothing was changed."
            )


@dataclass(frozen=True)
class ResourceHandler:
    """Functions that read, create and change resources of one type."""

    find: Callable[[AwsClients, Resource], Attributes | None]
    """Present attributes; None for a missing resource."""
    create: Callable[[AwsClients, Resource], None]
    """Create the bare resource; `setters` do the rest and can be repeated after a failure."""
    setters: Mapping[str, Callable[[AwsClients, Resource], None]]
    """Setter by attribute. Attributes that AWS cannot change have no setter; `create` sets them."""


def call_or_none(call: Callable[..., Any], *missing: str, **args: Any) -> Any:
    """Return AWS's response, or None if the resource does not exist.

    `missing` lists additional error codes that mean that the resource does not exist.
    """
    try:
        return call(**args)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in missing or any(word in code for word in MISSING):
            return None
        raise


def tag_list(resource: Resource) -> list[dict[str, str]]:
    """Return a resource's tags as a list of `Key` and `Value`."""
    return [{"Key": key, "Value": value} for key, value in resource.attributes["tags"].items()]


def managed_tags(resource: Resource, live: Mapping[str, str]) -> dict[str, str]:
    """Return the live tags that the desired resource also has, without other tags."""
    return {key: value for key, value in live.items() if key in resource.attributes["tags"]}


def tags_by_key(tags: list[Mapping[str, str]]) -> dict[str, str]:
    """Return tags by key from a list of `Key` and `Value`."""
    return {tag["Key"]: tag["Value"] for tag in tags}


def compact_json(document: Any) -> str:
    """Return a policy document as compact JSON."""
    return json.dumps(document, separators=(",", ":"))


def parse_document(document: Any) -> Any:
    """Return a policy document as a mapping; boto3 returns some as JSON text."""
    return json.loads(document) if isinstance(document, str) else document

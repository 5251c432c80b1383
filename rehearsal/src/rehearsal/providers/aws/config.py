"""Configuration of the `aws` provider (`aws.Provider(...)`)."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rehearsal.providers.aws.tags import TagRules
from rehearsal.providers.protocol import CheckFailure, CheckResult, ProviderError
from rehearsal.providers.values import UNKNOWN, Properties


@dataclass(frozen=True)
class AssumedRole:
    """Role that the provider assumes before it calls AWS."""

    arn: str
    session: str = ""
    external_id: str = ""


@dataclass(frozen=True)
class ProviderConfig:
    """Settings that the emulated provider uses.

    Profiles, access keys and endpoints are accepted but ignored, so that no call ever reaches a real account.
    """

    region: str
    tags: TagRules = field(default_factory=TagRules)
    roles: tuple[AssumedRole, ...] = ()
    allowed_accounts: tuple[str, ...] = ()
    forbidden_accounts: tuple[str, ...] = ()


def check(config: Properties) -> CheckResult:
    """Reject a configuration without a region, unless the environment sets one."""
    if config.get("region") or _default_region():
        return CheckResult(config)
    reason = "no region: set region on the provider, aws:region in the stack's configuration, or AWS_REGION"
    return CheckResult(config, (CheckFailure("region", reason),))


def parse(config: Properties) -> ProviderConfig:
    """Parse the decoded inputs of the provider. Raises ProviderError without a region."""
    region = config.get("region") or _default_region()
    if not region or region == UNKNOWN:
        raise ProviderError("the aws provider has no region: set aws:region, or region on the provider")
    ignore_tags = _mapping(config.get("ignoreTags"))
    default_tags = _mapping(_mapping(config.get("defaultTags")).get("tags"))
    return ProviderConfig(
        region=str(region),
        tags=TagRules(
            defaults={str(key): str(value) for key, value in default_tags.items()},
            ignored_keys=frozenset(ignore_tags.get("keys") or ()),
            ignored_prefixes=tuple(ignore_tags.get("keyPrefixes") or ()),
        ),
        roles=tuple(_roles(config.get("assumeRoles") or config.get("assumeRole"))),
        allowed_accounts=tuple(str(account) for account in config.get("allowedAccountIds") or ()),
        forbidden_accounts=tuple(str(account) for account in config.get("forbiddenAccountIds") or ()),
    )


def check_account(config: ProviderConfig, account: str) -> None:
    """Raise ProviderError if the configuration does not allow this account."""
    if config.allowed_accounts and account not in config.allowed_accounts:
        allowed = ", ".join(config.allowed_accounts)
        raise ProviderError(f"AWS account {account} is not among the provider's allowedAccountIds ({allowed})")
    if account in config.forbidden_accounts:
        raise ProviderError(f"AWS account {account} is among the provider's forbiddenAccountIds")


def _default_region() -> str:
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or ""


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _roles(value: Any) -> Iterator[AssumedRole]:
    roles = value if isinstance(value, list) else [value] if value else []
    for role in roles:
        if isinstance(role, Mapping) and role.get("roleArn"):
            yield AssumedRole(
                str(role["roleArn"]), str(role.get("sessionName") or ""), str(role.get("externalId") or "")
            )

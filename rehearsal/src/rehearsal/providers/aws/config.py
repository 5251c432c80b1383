"""A provider's own configuration (`aws.Provider(...)`), as far as it means something without a cloud account."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rehearsal.providers.aws.tags import TagRules
from rehearsal.providers.protocol import CheckFailure, CheckResult, ProviderError
from rehearsal.providers.values import UNKNOWN, Properties


@dataclass(frozen=True)
class Role:
    """A role to take on before calling AWS."""

    arn: str
    session: str = ""
    external_id: str = ""


@dataclass(frozen=True)
class Config:
    """What of the configuration counts.

    Profile, keys and endpoints are accepted and not used, so that no real account is ever reached.
    """

    region: str
    tags: TagRules = field(default_factory=TagRules)
    roles: tuple[Role, ...] = ()
    allowed_accounts: tuple[str, ...] = ()
    forbidden_accounts: tuple[str, ...] = ()


def check(config: Properties) -> CheckResult:
    """Refuse a configuration without a region, here and in the environment."""
    if config.get("region") or _default_region():
        return CheckResult(config)
    reason = "no region: set region on the provider, aws:region in the stack's configuration, or AWS_REGION"
    return CheckResult(config, (CheckFailure("region", reason),))


def parse(config: Properties) -> Config:
    """The configuration out of decoded provider inputs. Raises ProviderError when there is no region."""
    region = config.get("region") or _default_region()
    if not region or region == UNKNOWN:
        raise ProviderError("the aws provider has no region: set aws:region, or region on the provider")
    ignored = _mapping(config.get("ignoreTags"))
    return Config(
        region=str(region),
        tags=TagRules(
            defaults={str(k): str(v) for k, v in _mapping(_mapping(config.get("defaultTags")).get("tags")).items()},
            ignored_keys=frozenset(ignored.get("keys") or ()),
            ignored_prefixes=tuple(ignored.get("keyPrefixes") or ()),
        ),
        roles=tuple(_roles(config.get("assumeRoles") or config.get("assumeRole"))),
        allowed_accounts=tuple(str(one) for one in config.get("allowedAccountIds") or ()),
        forbidden_accounts=tuple(str(one) for one in config.get("forbiddenAccountIds") or ()),
    )


def refuse_wrong_account(config: Config, account: str) -> None:
    """Raise ProviderError when the configuration doesn't allow this account."""
    if config.allowed_accounts and account not in config.allowed_accounts:
        allowed = ", ".join(config.allowed_accounts)
        raise ProviderError(f"AWS account {account} is not among the provider's allowedAccountIds ({allowed})")
    if account in config.forbidden_accounts:
        raise ProviderError(f"AWS account {account} is among the provider's forbiddenAccountIds")


def _default_region() -> str:
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or ""


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _roles(given: Any) -> list[Role]:
    roles = given if isinstance(given, list) else [given] if given else []
    return [
        Role(str(role["roleArn"]), str(role.get("sessionName") or ""), str(role.get("externalId") or ""))
        for role in roles
        if isinstance(role, Mapping) and role.get("roleArn")
    ]

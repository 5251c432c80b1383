"""AWS accounts: those of the program, those that it trusts, and accounts in ARNs."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

from pydantic import StringConstraints

from policy_packs.kernel.context import Context, Setting, additional_entries
from policy_packs.kernel.data import Data, Text, read
from policy_packs.kernel.resource import Resource

FILE: Final = Path(__file__).with_name("known_accounts.yaml")
ACCOUNT: Final = re.compile(r"\d{12}")
CONFIG_KEY: Final = "account"
"""Key of the stack's configuration with the ID of its account."""
TRUSTED_ID: Final = r"^(\d{12}|o-[a-z0-9]{10,32})$"
"""Pattern of the ID of an account or an organization."""
TRUSTED_ACCOUNTS: Final[Mapping[str, Setting]] = {
    "trustedAccounts": additional_entries(
        "IDs of further accounts and organizations that may have access, each with the reason", TRUSTED_ID
    )
}
_PARTS, _ACCOUNT = 6, 4


class AccountOfAws(Data):
    """Account that AWS owns, with the only actions that it may be allowed."""

    owner: Text
    actions: list[Text]
    source: Text


class KnownAccounts(Data):
    """Content of known_accounts.yaml."""

    trusted: Mapping[Annotated[str, StringConstraints(pattern=TRUSTED_ID)], Text]
    aws: Mapping[Annotated[str, StringConstraints(pattern=ACCOUNT.pattern)], AccountOfAws]


def _read(file: Path) -> tuple[KnownAccounts, tuple[str, ...]]:
    content, mistakes = read(file, KnownAccounts)
    return content or KnownAccounts(trusted={}, aws={}), mistakes


KNOWN, MISTAKES = _read(FILE)
"""Reviewed accounts, and the mistakes in the file. The kernel refuses to judge while there are any."""


def own_accounts(resource: Resource, context: Context) -> frozenset[str]:
    """Return the IDs of the accounts that belong to the program.

    It is the account in the stack's configuration, or otherwise the accounts to which the resource's provider is
    limited. The set is empty if neither is set. The engine sends lists in a provider's inputs as JSON text.
    """
    configured = context.stack_config[context.config_key(CONFIG_KEY)]
    if isinstance(configured, str) and ACCOUNT.fullmatch(configured):
        return frozenset({configured})
    provider = resource.provider
    if provider is None:
        return frozenset()
    listed = provider["allowedAccountIds"]
    if not isinstance(listed, str):
        return frozenset(provider.texts("allowedAccountIds"))
    try:
        parsed = json.loads(listed)
    except ValueError:
        return frozenset()
    return frozenset(each for each in parsed if isinstance(each, str)) if isinstance(parsed, list) else frozenset()


def known_accounts(resource: Resource, context: Context) -> frozenset[str]:
    """Return the IDs of the accounts and organizations that may have access.

    A rule that calls this has the settings `TRUSTED_ACCOUNTS`. Accounts of AWS are not among them.
    """
    return own_accounts(resource, context).union(KNOWN.trusted, context.settings["trustedAccounts"])


def account_of_principal(principal: str) -> str:
    """Return the account of a principal: an account ID or an ARN.

    The text is empty for anything else.
    """
    return principal if ACCOUNT.fullmatch(principal) else account_of(principal)


def account_of(arn: str) -> str:
    """Return the account in an ARN, or an empty text for anything else."""
    parts = arn.split(":", _PARTS - 1)
    return parts[_ACCOUNT] if len(parts) == _PARTS and parts[0] == "arn" else ""

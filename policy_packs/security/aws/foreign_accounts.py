"""Foreign AWS accounts in policies and in other properties."""

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass

from policy_packs.kernel.context import Context
from policy_packs.kernel.registry import ANY_TYPE, Findings, Severity, rule
from policy_packs.kernel.resource import Fields, Resource
from policy_packs.security.account_conditions import (
    limits_callers,
    limits_endpoint,
    unknown_sources,
    unknown_to_endpoint,
)
from policy_packs.security.accounts import (
    FILE,
    KNOWN,
    TRUSTED_ACCOUNTS,
    account_of,
    account_of_principal,
    known_accounts,
    own_accounts,
)
from policy_packs.security.aws.resource_policies import ENDPOINT_POLICIES
from policy_packs.security.patterns import is_fixed
from policy_packs.security.property_texts import AWS_TYPES, statements_with_principals, texts
from policy_packs.security.statements import label, principals

# The account or organization must stand alone: neither part of a longer number, a name, a UUID nor a telephone number.
NAMED = re.compile(r"(?<![\w.+-])(\d{12}|o-[a-z0-9]{10,32})(?![\w-])")
# Snapshots that are restored. Data comes in, and `rds-must-not-restore-from-above` judges from where.
RESTORED = {
    ("aws:rds/instance:Instance", "snapshotIdentifier"),
    ("aws:rds/cluster:Cluster", "snapshotIdentifier"),
}


@dataclass(frozen=True)
class Accounts:
    """Accounts of the program, and all that it may give access to."""

    own: Set[str]
    known: Set[str]

    @property
    def advice(self) -> str:
        """Sentences for the end of a finding."""
        if not self.own:
            return (
                "The program's own account is not known, so every account counts as foreign. Set `account` in the "
                "stack's configuration, or allowed_account_ids on the provider."
            )
        return (
            f"Name account {', '.join(sorted(self.own))}, or, if a review shows that another account may have access, "
            f"add it with the reason to policy_packs/security/{FILE.name}. A policy configuration may add it to the "
            "setting `trustedAccounts` of this rule in dev and staging only."
        )


def _accounts(resource: Resource, context: Context) -> Accounts:
    return Accounts(own_accounts(resource, context), known_accounts(resource, context))


@rule(
    "policy-must-not-trust-foreign-accounts",
    on=ANY_TYPE,
    severity=Severity.CRITICAL,
    settings=TRUSTED_ACCOUNTS,
)
def foreign_trust(resource: Resource, context: Context) -> Findings:
    """The owner of another account decides who can act as its principals, and no rule sees that account.

    The rule applies to every Allow statement with principals: in trust policies, in key policies and in all other
    resource policies.
    """
    if not resource.type.startswith(AWS_TYPES):
        return
    accounts = _accounts(resource, context)
    is_endpoint = resource.type in ENDPOINT_POLICIES
    for statement in statements_with_principals(resource):
        if statement["Effect"] == "Allow":
            found = _of_endpoint(statement, accounts.known) if is_endpoint else _of_policy(statement, accounts.known)
            for finding in found:
                yield f"{label(statement)} {finding}. {accounts.advice}"


@rule("aws-accounts-must-be-known", on=ANY_TYPE, severity=Severity.CRITICAL, settings=TRUSTED_ACCOUNTS)
def known_names(resource: Resource, context: Context) -> Findings:
    """A snapshot, grant, target or role in a foreign account takes data to where no rule can follow it.

    The rule applies to every property of AWS resources, except principals and conditions of resource policies, which
    have a rule of their own.
    """
    if not resource.type.startswith(AWS_TYPES):
        return
    accounts = _accounts(resource, context)
    reported: set[str] = set()
    for found in texts(resource):
        if (resource.type, found.property) in RESTORED:
            continue
        for named in NAMED.findall(found.text):
            if named not in accounts.known | reported:
                reported.add(named)
                yield f"`{found.path}` names {_kind(named)} {named}, which is not known. {accounts.advice}"


def _of_endpoint(statement: Fields, known: Set[str]) -> Iterator[str]:
    """Yield predicates of findings on unknown accounts that an endpoint lets pass."""
    if named := unknown_to_endpoint(statement, known):
        yield f"lets requests of {_listed(named)} pass"
    for principal in principals(statement, "AWS"):
        if not set(principal) & {"*", "?"} and account_of_principal(principal) not in known:
            yield f"lets requests of {principal} pass, which is not in a known account"
    if not limits_endpoint(statement, known):
        for resource in statement.texts("Resource"):
            account = account_of(resource)
            if is_fixed(account) and account not in known:
                yield f"lets requests for {resource} pass, which is not in a known account"


def _of_policy(statement: Fields, known: Set[str]) -> Iterator[str]:
    """Yield the predicate of a finding for each unknown account that is admitted."""
    principal = statement["Principal"]
    if not isinstance(principal, Fields):
        yield from _of_everyone(statement, known)
        return
    for kind in principal:
        values = principal.texts(kind)
        if kind == "Service":
            if values and (named := unknown_sources(statement, known)):
                yield f"lets {', '.join(values)} act for {_listed(named)}"
        else:
            for value in values:
                yield from _of_principal(kind, value, statement, known)


def _of_principal(kind: str, value: str, statement: Fields, known: Set[str]) -> Iterator[str]:
    if kind == "Federated" and ":" not in value:
        return  # a public identity provider, which belongs to no account
    if set(value) & {"*", "?"}:
        yield from _of_everyone(statement, known)
        return
    account = account_of_principal(value)
    if account not in known and not _is_of_aws(account, statement):
        yield f"trusts {value}, which is not in a known account"


def _of_everyone(statement: Fields, known: Set[str]) -> Iterator[str]:
    if not limits_callers(statement, known):
        yield "admits principals of every account that meet its conditions. Add a condition on aws:PrincipalAccount"


def _is_of_aws(account: str, statement: Fields) -> bool:
    """Return True if an account of AWS is allowed only the actions that it needs."""
    owned = KNOWN.aws.get(account)
    actions = statement.texts("Action")
    return owned is not None and bool(actions) and set(actions) <= set(owned.actions)


def _kind(named: str) -> str:
    return "account" if named.isdecimal() else "organization"


def _listed(named: tuple[str, ...]) -> str:
    return ", ".join(f"{_kind(each)} {each}" if each else "a source without a fixed account" for each in named)

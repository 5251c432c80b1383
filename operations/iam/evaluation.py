"""IAM's policy evaluation for requests of a role within its own account.

Source: IAM User Guide, "How AWS enforcement code logic evaluates requests" and "Permissions boundaries for IAM
entities". Service and resource control policies, session policies and requests across accounts are not covered.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from operations.iam.conditions import UnsupportedPolicyError, condition_holds
from operations.iam.documents import listed
from operations.iam.patterns import Context, matches, matches_arn

Document = Mapping[str, Any]
_ELEMENTS = frozenset({"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition", "Principal"})


class Verdict(StrEnum):
    """Outcome of a request, with the kind of policy that decided it."""

    ALLOWED = "allowed"
    EXPLICITLY_DENIED = "explicitly denied"
    NOT_GRANTED = "not granted by an identity policy"
    OUTSIDE_BOUNDARY = "not granted by the permissions boundary"
    NOT_TRUSTED = "not granted by the resource policy"


@dataclass(frozen=True)
class Request:
    """Request of a role's session.

    `resource` is an ARN, or `*` for an action without a resource. `context` holds the values of condition keys.
    """

    role_arn: str
    action: str
    resource: str
    context: Context = field(default_factory=dict)
    session: str = "session"

    @property
    def session_arn(self) -> str:
        """ARN that STS assigns to the role's session."""
        account, name = self.role_arn.split(":")[4], self.role_arn.rpartition("/")[2]
        return f"arn:aws:sts::{account}:assumed-role/{name}/{self.session}"

    @property
    def keys(self) -> Context:
        """Values of all condition keys.

        IAM sets `aws:PrincipalArn` and `aws:PrincipalAccount` for every session of a role. Values in `context` override
        them.
        """
        own = {key.lower(): values for key, values in self.context.items()}
        account = self.role_arn.split(":")[4]
        return {"aws:principalarn": (self.role_arn,), "aws:principalaccount": (account,), **own}


@dataclass(frozen=True)
class PolicySet:
    """Policies that apply to a request."""

    identity: tuple[Document, ...]
    boundary: Document | None = None
    resource: Document | None = None
    requires_resource_policy: bool = False
    """True if identity policies have no effect unless the resource policy also allows the request, as in the case of
    trust policies and key policies."""


@dataclass(frozen=True)
class Decision:
    """Verdict of a request and the statement that decided it, if one did."""

    verdict: Verdict
    statement: str = ""

    @property
    def is_allowed(self) -> bool:
        """True if AWS would carry out the request."""
        return self.verdict is Verdict.ALLOWED

    def __str__(self) -> str:
        return f"{self.verdict} by {self.statement}" if self.statement else str(self.verdict)


class Grant(StrEnum):
    """Strongest grant that a resource policy gives to a request."""

    NONE = "none"
    ACCOUNT = "account"
    """Granted to the account: the role's identity policies decide."""
    ROLE = "role"
    """Granted to the role: only the permissions boundary limits the grant."""
    SESSION = "session"
    """Granted to the session: no implicit denial limits the grant."""


def evaluate(request: Request, policies: PolicySet) -> Decision:
    """Decide a request.

    Raises:
        UnsupportedPolicyError: a policy has an element that is not covered.
    """
    every = (*policies.identity, *(each for each in (policies.boundary, policies.resource) if each is not None))
    for statement in _matching(every, request, "Deny"):
        return Decision(Verdict.EXPLICITLY_DENIED, str(statement.get("Sid", "an unnamed statement")))
    grant = _grant(request, policies.resource)
    if grant is Grant.SESSION:
        return Decision(Verdict.ALLOWED, "the resource policy")
    if policies.requires_resource_policy and grant is Grant.NONE:
        return Decision(Verdict.NOT_TRUSTED)
    granting = next(_matching(policies.identity, request, "Allow"), None)
    if granting is None and grant is not Grant.ROLE:
        return Decision(Verdict.NOT_GRANTED)
    if policies.boundary is not None and not any(_matching([policies.boundary], request, "Allow")):
        return Decision(Verdict.OUTSIDE_BOUNDARY)
    return Decision(Verdict.ALLOWED, str(granting.get("Sid", "")) if granting else "the resource policy")


def _grant(request: Request, document: Document | None) -> Grant:
    grants = [_grant_of(request, each) for each in _matching([document] if document else [], request, "Allow")]
    return max(grants, key=list(Grant).index, default=Grant.NONE)


def _grant_of(request: Request, statement: Document) -> Grant:
    principals = _principals(statement)
    if request.session_arn in principals or "*" in principals:
        return Grant.SESSION
    if request.role_arn in principals:
        return Grant.ROLE
    return Grant.ACCOUNT


def _matching(documents: Iterable[Document], request: Request, effect: str) -> Iterator[Document]:
    """Yield the statements of one effect that apply to a request."""
    for document in documents:
        for statement in listed(document["Statement"]):
            if unknown := set(statement) - _ELEMENTS:
                raise UnsupportedPolicyError(f"the evaluator does not support {', '.join(sorted(unknown))}")
            if statement["Effect"] == effect and _applies(statement, request):
                yield statement


def _applies(statement: Document, request: Request) -> bool:
    return (
        covers_action(statement, request.action)
        and _covers_resource(statement, request)
        and _covers_principal(statement, request)
        and condition_holds(statement.get("Condition", {}), request.keys)
    )


def covers_action(statement: Document, action: str) -> bool:
    """Return True if a statement's Action or NotAction covers an action."""
    element = "NotAction" if "NotAction" in statement else "Action"
    covered = any(matches(each, action, {}, ignore_case=True) for each in listed(statement[element]))
    return covered != (element == "NotAction")


def _covers_resource(statement: Document, request: Request) -> bool:
    if "Resource" not in statement and "NotResource" not in statement:  # a trust policy
        return True
    element = "NotResource" if "NotResource" in statement else "Resource"
    covered = any(matches_arn(each, request.resource, request.keys) for each in listed(statement[element]))
    return covered != (element == "NotResource")


def _covers_principal(statement: Document, request: Request) -> bool:
    """Return True if a statement's Principal includes the requester, or is absent.

    Identity policies have no Principal.
    """
    if "Principal" not in statement:
        return True
    includes = {*whole_account(request.role_arn), request.role_arn, request.session_arn}
    return bool(includes.intersection(_principals(statement)))


def whole_account(arn: str) -> frozenset[str]:
    """Return the Principal values that include everyone in the ARN's account."""
    account = arn.split(":")[4]
    return frozenset({"*", account, f"arn:aws:iam::{account}:root"})


def _principals(statement: Document) -> tuple[str, ...]:
    principal = statement.get("Principal", ())
    if isinstance(principal, Mapping):
        return listed(principal.get("AWS", ()))
    return listed(principal)

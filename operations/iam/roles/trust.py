"""Requests to assume a role: by its users, and by others who must be denied."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from operations.iam.conditions import UnsupportedPolicyError, condition_holds
from operations.iam.documents import listed
from operations.iam.evaluation import Document, covers_action, whole_account
from operations.iam.patterns import Context
from operations.iam.roles.entries import Entry
from operations.iam.roles.recorded import RecordedRole

ASSUME, TAG = "sts:AssumeRole", "sts:TagSession"
PODS: Final = "pods.eks.amazonaws.com"
INSTANCES: Final = "ec2.amazonaws.com"
POD_TAGS: Final = ("eks-cluster-name", "kubernetes-namespace", "kubernetes-service-account")
_ELEMENTS = frozenset({"Sid", "Effect", "Action", "Principal", "Condition"})


@dataclass(frozen=True)
class Assumption:
    """Request to assume a role, and the answer that it must get."""

    role: RecordedRole
    text: str
    principal: tuple[str, str]
    """Kind and value of the principal, e.g. `("Service", "ec2.amazonaws.com")`."""
    action: str
    context: Context
    expected: bool

    @property
    def is_wrong(self) -> bool:
        """True if the trust policy does not give the expected answer."""
        return trusts(self.role.trust, self.principal, self.action, self.context) != self.expected

    def __str__(self) -> str:
        return f"{self.role.name}: {self.action} by {self.principal[1]} ({self.text})"


def trusts(trust: Document, principal: tuple[str, str], action: str, context: Context) -> bool:
    """Return True if a trust policy lets a principal make a request.

    Raises:
        UnsupportedPolicyError: the policy has an element that is not covered.
    """
    effects = {each["Effect"] for each in trust["Statement"] if _covers(each, principal, action, context)}
    return effects == {"Allow"}


def _covers(statement: Document, principal: tuple[str, str], action: str, context: Context) -> bool:
    if unknown := set(statement) - _ELEMENTS:
        raise UnsupportedPolicyError(f"the evaluator does not support {', '.join(sorted(unknown))} in a trust policy")
    return (
        covers_action(statement, action)
        and _includes(statement["Principal"], principal)
        and condition_holds(statement.get("Condition", {}), {key.lower(): value for key, value in context.items()})
    )


def _includes(declared: Any, principal: tuple[str, str]) -> bool:
    """Return True if a Principal element includes a principal.

    An account's root includes every principal of the account.
    """
    if declared == "*":
        return True
    kind, value = principal
    includes = {value, *(whole_account(value) if kind == "AWS" else ())}
    return bool(includes.intersection(listed(declared.get(kind, ()))))


def assumptions(role: RecordedRole, entry: Entry, names: Mapping[str, str]) -> Iterator[Assumption]:
    """Yield requests to assume a role, each with the expected answer.

    Requests of the role's users must be allowed. Variants of these requests, and requests of other principals, must be
    denied.
    """
    (kind, user), *_ = entry.assumed_by.items()
    for own in _USERS[kind](user, names, entry):
        for action in own.actions:
            yield Assumption(role, "its user", own.principal, action, own.context, expected=True)
            for text, change in own.changes.items():
                context = {key: value for key, value in {**own.context, **change}.items() if value}
                yield Assumption(role, text, own.principal, action, context, expected=False)
            for principal in _others(names, own):
                if principal != own.principal:
                    yield Assumption(role, "another principal", principal, action, own.context, expected=False)


@dataclass(frozen=True)
class _User:
    """Principal that uses a role, with variants of its request that must be denied."""

    principal: tuple[str, str]
    context: Context
    changes: Mapping[str, Context]
    """Condition keys to change, by description of the variant; an empty value removes the key."""
    actions: tuple[str, ...] = (ASSUME,)


def _pods(user: str, names: Mapping[str, str], _: Entry) -> tuple[_User, ...]:
    namespace, account = user.split("/")
    values = dict(zip(POD_TAGS, (names["cluster"], namespace, account), strict=True))
    context = {"aws:SourceAccount": (names["account"],)} | {
        f"aws:RequestTag/{tag}": (value,) for tag, value in values.items()
    }
    wrong = {
        "another account": {"aws:SourceAccount": (names["other"],)},
        "pods of another cluster": {"aws:RequestTag/eks-cluster-name": (names["other_cluster"],)},
        "pods of another namespace": {"aws:RequestTag/kubernetes-namespace": ("default",)},
        "pods of a namespace with a longer name": {"aws:RequestTag/kubernetes-namespace": (f"{namespace}-x",)},
        "pods of another service account": {"aws:RequestTag/kubernetes-service-account": ("default",)},
        "pods of a service account in capitals": {"aws:RequestTag/kubernetes-service-account": (account.upper(),)},
    }
    missing: dict[str, Context] = {f"a session without {key}": {key: ()} for key in context}
    return (_User(("Service", PODS), context, wrong | missing, (ASSUME, TAG)),)


def _service(user: str, names: Mapping[str, str], entry: Entry) -> tuple[_User, ...]:
    """Return the AWS service that uses a role.

    EC2 sends no `aws:SourceAccount`: it assumes a role only for instances of the role's account.
    """
    if user == INSTANCES:
        return (_User(("Service", user), {}, {}),)
    context = {"aws:SourceAccount": (names["account"],)}
    changes: dict[str, Context] = {
        "another account's resource": {"aws:SourceAccount": (names["other"],)},
        "a request without a source account": {"aws:SourceAccount": ()},
    }
    if "source" in entry.assumed_by:
        context["aws:SourceArn"] = (entry.assumed_by["source"].format_map(names),)
        changes["another resource of the service"] = {"aws:SourceArn": (f"{context['aws:SourceArn'][0]}-x",)}
    return (_User(("Service", user), context, changes),)


def _persona(user: str, names: Mapping[str, str], _: Entry) -> tuple[_User, ...]:
    """Return two people with this persona.

    One has an MFA device. The other passed MFA at the identity provider.
    """
    person = ("AWS", f"arn:aws:sts::{names['account']}:assumed-role/people/somebody")
    persona, claim = "aws:PrincipalTag/campus-persona", "aws:PrincipalTag/campus-mfa"
    device = "aws:MultiFactorAuthPresent"
    users = []
    for proof in (device, claim):
        changes: dict[str, Context] = {
            "another persona": {persona: ("intern",)},
            "a person without a persona": {persona: ()},
            "a session without MFA": {proof: ("false",)},
            "a session that says nothing about MFA": {proof: ()},
        }
        users.append(_User(person, {persona: (user,), proof: ("true",)}, changes))
    return tuple(users)


_USERS: Final[Mapping[str, Callable[[str, Mapping[str, str], Entry], tuple[_User, ...]]]] = {
    "pods": _pods,
    "service": _service,
    "persona": _persona,
}


def _others(names: Mapping[str, str], own: _User) -> Iterator[tuple[str, str]]:
    """Yield principals that do not use the role.

    For the role of a persona, principals of the account are left out, because a session tag makes each of them a user.
    """
    yield from (("Service", service) for service in (PODS, INSTANCES, "lambda.amazonaws.com", "eks.amazonaws.com"))
    if own.principal[0] == "Service":
        yield ("AWS", f"arn:aws:iam::{names['account']}:role/x")
    yield ("AWS", f"arn:aws:iam::{names['other']}:role/x")
    yield ("Federated", f"arn:aws:iam::{names['account']}:oidc-provider/oidc.eks.{names['region']}.amazonaws.com/id/1")

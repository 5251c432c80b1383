"""Permissions: what one stolen credential could do with them, found behind wildcards and in combination."""

from collections.abc import Iterable

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource
from policy_packs.kernel.verdict import some
from policy_packs.security.conditions import demands
from policy_packs.security.dangers import (
    CREDENTIALS,
    DATA,
    DECRYPTION,
    ESCALATIONS,
    PASS_ROLE,
    READING,
    SHARING,
    SILENCING,
    UNBINDABLE,
)
from policy_packs.security.permissions import CARRIERS, granted, in_every_region, on_everything, permitted, unbounded
from policy_packs.security.statements import label

SHOWN = 4
"""So many actions are named in one sentence."""


@rule("iam-must-name-actions", on=CARRIERS, covers=["CKV_AWS_49", "CKV_AWS_63"], severity=Severity.CRITICAL)
def every_action(resource: Resource) -> Findings:
    """Every action includes those that AWS has not invented yet, whatever they are allowed on."""
    for statement in permitted(resource):
        if {"*", "*:*"} & set(statement.texts("Action")):
            yield f"{label(statement)} allows the action *; name the actions"


@rule("iam-must-not-allow-whole-services", on=CARRIERS, covers=["CKV2_AWS_40"])
def whole_services(resource: Resource) -> Findings:
    """Everything that a service can do, on everything that it has, is that service's administrator."""
    for statement in unbounded(resource):
        whole = [action for action in statement.texts("Action") if action.endswith(":*") and action not in UNBINDABLE]
        if whole:
            yield f"{label(statement)} allows {some(whole, SHOWN)} on everything; name the actions or the resources"


@rule("iam-must-not-allow-by-exclusion", on=CARRIERS)
def exclusion(resource: Resource) -> Findings:
    """Allowing all but something allows what nobody has thought of."""
    for statement in permitted(resource):
        for key in ("NotAction", "NotResource"):
            if key in statement:
                yield f"{label(statement)} allows by {key}; name what is allowed, and deny in a statement of its own"


@rule("iam-must-not-escalate", on=CARRIERS, covers=["CKV_AWS_110", "CKV_AWS_286"], severity=Severity.CRITICAL)
def escalation(resource: Resource) -> Findings:
    """Some permissions together are all permissions: who has them can give themselves the rest."""
    statements = list(unbounded(resource))
    for path in ESCALATIONS:
        if all(any(granted(statement, [action]) for statement in statements) for action in path):
            yield f"{' with '.join(path)} on everything leads to every permission; name the resources"


@rule("iam-must-not-expose-credentials", on=CARRIERS, covers=["CKV_AWS_107", "CKV_AWS_287"])
def credentials(resource: Resource) -> Findings:
    """Who can fetch anybody's credentials is anybody."""
    yield from _without_bounds(resource, CREDENTIALS, "gives out credentials of anybody")


@rule(
    "iam-must-not-read-everything",
    on=CARRIERS,
    covers=["CKV_AWS_108", "CKV_AWS_288", "CKV_AWS_355", "CKV_AWS_356"],
)
def reading(resource: Resource) -> Findings:
    """Students' records leave through what may read every bucket, table, secret or log."""
    yield from _without_bounds(resource, DATA, "carries out any data")


@rule("iam-must-not-decrypt-with-every-key", on=CARRIERS)
def decryption(resource: Resource) -> Findings:
    """Each kind of data has its own key so that who reads one kind can't read the others."""
    yield from _without_bounds(resource, DECRYPTION, "opens what any key has closed")


@rule("iam-must-not-manage-every-permission", on=CARRIERS, covers=["CKV_AWS_109", "CKV_AWS_289"])
def sharing(resource: Resource) -> Findings:
    """Who may open any resource to others need not read it themselves."""
    yield from _without_bounds(resource, SHARING, "changes who may reach anything")


@rule("iam-must-not-silence-the-audit", on=CARRIERS, severity=Severity.CRITICAL)
def silencing(resource: Resource) -> Findings:
    """The first thing that an intruder does is to switch off what would tell of the second."""
    yield from _without_bounds(resource, SILENCING, "switches off what watches the account")


@rule(
    "iam-must-not-write-to-everything",
    on=CARRIERS,
    covers=["CKV_AWS_111", "CKV_AWS_290", "CKV_AWS_355", "CKV_AWS_356"],
)
def writing(resource: Resource) -> Findings:
    """A change that is allowed everywhere reaches what the change was never meant for."""
    for statement in filter(in_every_region, unbounded(resource)):
        if changing := [action for action in statement.texts("Action") if _changes(action)]:
            what = some(changing, SHOWN)
            yield f"{label(statement)} allows {what} on everything; name the resources, or add a condition"


@rule("iam-must-bound-pass-role", on=CARRIERS)
def passing(resource: Resource) -> Findings:
    """Who passes any role to any service can have whatever any role can."""
    for statement in permitted(resource):
        bounded = not on_everything(statement) or "iam:passedtoservice" in demands(statement)
        if granted(statement, [PASS_ROLE]) and not bounded:
            yield f"{label(statement)} passes every role to every service; name the roles, or iam:PassedToService"


def _without_bounds(resource: Resource, actions: Iterable[str], what: str) -> Findings:
    for statement in unbounded(resource):
        if found := granted(statement, actions):
            yield f"{label(statement)} allows {some(found, SHOWN)} on everything, which {what}; name the resources"


def _changes(action: str) -> bool:
    """Whether an action, or one behind its wildcard, may change something that could be named."""
    verb = action.lower().partition(":")[2]
    return not verb.startswith(READING) and action.lower() not in UNBINDABLE

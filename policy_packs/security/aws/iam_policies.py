"""IAM permission policies: which permissions one stolen credential would give."""

import re
from collections.abc import Iterable

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource
from policy_packs.kernel.verdict import some
from policy_packs.security.iam_actions import (
    ACTIONS_WITHOUT_RESOURCE,
    AUDIT_DISABLING_ACTIONS,
    CREDENTIAL_ACTIONS,
    DATA_ACTIONS,
    DECRYPTION_ACTIONS,
    ESCALATION_PATHS,
    PASS_ROLE,
    PERMISSION_ACTIONS,
    READ_VERBS,
)
from policy_packs.security.iam_permissions import (
    PERMISSION_POLICIES,
    ROLE,
    attached_policy_arns,
    covers_every_region,
    covers_every_resource,
    granted_actions,
    permission_statements,
    unrestricted_statements,
)
from policy_packs.security.statements import allows_everything, conditions_by_key, label

ATTACHMENTS = (
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
    "aws:iam/policyAttachment:PolicyAttachment",
)
MAX_SHOWN = 4
"""So many actions are named in one sentence."""
WHOLE_SERVICE = re.compile(r"arn:[^:]*:iam::aws:policy/(.*/)?(\w+FullAccess|PowerUserAccess)")


@rule(
    "iam-must-not-allow-everything",
    on=PERMISSION_POLICIES,
    covers=["CKV_AWS_62", "CIS-AWS 1.15"],
    severity=Severity.CRITICAL,
)
def every_action_on_every_resource(resource: Resource) -> Findings:
    """Every action on every resource is the whole account: no service and no person needs that."""
    for statement in permission_statements(resource):
        if allows_everything(statement):
            yield f"{label(statement)} allows * on *; name the actions and the resources"


@rule(
    "iam-must-not-attach-administrator",
    on=(*ATTACHMENTS, ROLE),
    covers=["CKV_AWS_274", "CKV_AWS_275"],
    severity=Severity.CRITICAL,
)
def attached_administrator(resource: Resource) -> Findings:
    """AdministratorAccess is every action on every resource under another name."""
    for arn in attached_policy_arns(resource):
        if arn.endswith(":policy/AdministratorAccess"):
            yield "attaches AdministratorAccess; write a policy with what is needed"


@rule("iam-must-not-attach-full-access", on=(*ATTACHMENTS, ROLE), covers=["CKV2_AWS_56"])
def attached_full_access(resource: Resource) -> Findings:
    """AWS's FullAccess policies are whole services; IAM's is the whole account."""
    for arn in attached_policy_arns(resource):
        if WHOLE_SERVICE.fullmatch(arn):
            yield f"attaches {arn.rpartition('/')[2]}; write a policy with what is needed"


@rule("iam-must-name-actions", on=PERMISSION_POLICIES, covers=["CKV_AWS_49", "CKV_AWS_63"], severity=Severity.CRITICAL)
def every_action(resource: Resource) -> Findings:
    """Every action includes those that AWS has not invented yet, whatever they are allowed on."""
    for statement in permission_statements(resource):
        if {"*", "*:*"} & set(statement.texts("Action")):
            yield f"{label(statement)} allows the action *; name the actions"


@rule("iam-must-not-allow-whole-services", on=PERMISSION_POLICIES, covers=["CKV2_AWS_40"])
def whole_services(resource: Resource) -> Findings:
    """Everything that a service can do, on everything that it has, is that service's administrator."""
    for statement in unrestricted_statements(resource):
        whole = [
            action
            for action in statement.texts("Action")
            if action.endswith(":*") and action not in ACTIONS_WITHOUT_RESOURCE
        ]
        if whole:
            yield f"{label(statement)} allows {some(whole, MAX_SHOWN)} on everything; name the actions or the resources"


@rule("iam-must-not-allow-by-exclusion", on=PERMISSION_POLICIES)
def allowed_by_exclusion(resource: Resource) -> Findings:
    """Allowing all but something allows what nobody has thought of."""
    for statement in permission_statements(resource):
        for key in ("NotAction", "NotResource"):
            if key in statement:
                yield f"{label(statement)} allows by {key}; name what is allowed, and deny in a statement of its own"


@rule(
    "iam-must-not-escalate", on=PERMISSION_POLICIES, covers=["CKV_AWS_110", "CKV_AWS_286"], severity=Severity.CRITICAL
)
def escalation(resource: Resource) -> Findings:
    """Some permissions together are all permissions: who has them can give themselves the rest."""
    statements = list(unrestricted_statements(resource))
    for path in ESCALATION_PATHS:
        if all(any(granted_actions(statement, [action]) for statement in statements) for action in path):
            yield f"{' with '.join(path)} on everything leads to every permission; name the resources"


@rule("iam-must-not-expose-credentials", on=PERMISSION_POLICIES, covers=["CKV_AWS_107", "CKV_AWS_287"])
def credentials(resource: Resource) -> Findings:
    """Who can fetch anybody's credentials is anybody."""
    yield from _unrestricted_findings(resource, CREDENTIAL_ACTIONS, "gives out credentials of anybody")


@rule(
    "iam-must-not-read-everything",
    on=PERMISSION_POLICIES,
    covers=["CKV_AWS_108", "CKV_AWS_288", "CKV_AWS_355", "CKV_AWS_356"],
)
def reading(resource: Resource) -> Findings:
    """Students' records leave through what may read every bucket, table, secret or log."""
    yield from _unrestricted_findings(resource, DATA_ACTIONS, "carries out any data")


@rule("iam-must-not-decrypt-with-every-key", on=PERMISSION_POLICIES)
def decryption(resource: Resource) -> Findings:
    """Each kind of data has its own key so that who reads one kind can't read the others."""
    yield from _unrestricted_findings(resource, DECRYPTION_ACTIONS, "opens what any key has closed")


@rule("iam-must-not-manage-every-permission", on=PERMISSION_POLICIES, covers=["CKV_AWS_109", "CKV_AWS_289"])
def sharing(resource: Resource) -> Findings:
    """Who may open any resource to others need not read it themselves."""
    yield from _unrestricted_findings(resource, PERMISSION_ACTIONS, "changes who may reach anything")


@rule("iam-must-not-silence-the-audit", on=PERMISSION_POLICIES, severity=Severity.CRITICAL)
def silencing(resource: Resource) -> Findings:
    """The first thing that an intruder does is to switch off what would tell of the second."""
    yield from _unrestricted_findings(resource, AUDIT_DISABLING_ACTIONS, "switches off what watches the account")


@rule(
    "iam-must-not-write-to-everything",
    on=PERMISSION_POLICIES,
    covers=["CKV_AWS_111", "CKV_AWS_290", "CKV_AWS_355", "CKV_AWS_356"],
)
def writing(resource: Resource) -> Findings:
    """A change that is allowed everywhere reaches what the change was never meant for."""
    for statement in filter(covers_every_region, unrestricted_statements(resource)):
        if changing := [action for action in statement.texts("Action") if _is_write(action)]:
            what = some(changing, MAX_SHOWN)
            yield f"{label(statement)} allows {what} on everything; name the resources, or add a condition"


@rule("iam-must-bound-pass-role", on=PERMISSION_POLICIES)
def pass_role(resource: Resource) -> Findings:
    """Who passes any role to any service can have whatever any role can."""
    for statement in permission_statements(resource):
        bounded = not covers_every_resource(statement) or "iam:passedtoservice" in conditions_by_key(statement)
        if granted_actions(statement, [PASS_ROLE]) and not bounded:
            yield f"{label(statement)} passes every role to every service; name the roles, or iam:PassedToService"


def _unrestricted_findings(resource: Resource, actions: Iterable[str], what: str) -> Findings:
    for statement in unrestricted_statements(resource):
        if found := granted_actions(statement, actions):
            yield f"{label(statement)} allows {some(found, MAX_SHOWN)} on everything, which {what}; name the resources"


def _is_write(action: str) -> bool:
    """Whether an action, or one behind its wildcard, may change something that could be named."""
    verb = action.lower().partition(":")[2]
    return not verb.startswith(READ_VERBS) and action.lower() not in ACTIONS_WITHOUT_RESOURCE

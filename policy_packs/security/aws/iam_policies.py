"""IAM permission policies: limits on what one stolen credential can do."""

import re
from collections.abc import Iterable
from itertools import chain

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Fields, Resource
from policy_packs.kernel.verdict import shorten
from policy_packs.security.conditions import fixed_values, names_new_resource, narrows_resource
from policy_packs.security.iam_access_levels import READ_VERBS
from policy_packs.security.iam_actions import (
    AUDIT_DISABLING_ACTIONS,
    BOUNDED_ACTIONS,
    CREDENTIAL_ACTIONS,
    DECRYPTION_ACTIONS,
    DESTRUCTIVE_ACTIONS,
    ESCALATING_TYPES,
    ESCALATION_PATHS,
    PASS_ROLE,
    PERMISSION_ACTIONS,
    accepts_no_resource,
)
from policy_packs.security.iam_data_actions import DATA_ACTIONS, DATA_ACTIONS_WITHOUT_RESOURCE
from policy_packs.security.iam_permissions import (
    PERMISSION_POLICIES,
    ROLE,
    attached_policy_arns,
    covers_every_region,
    covers_every_resource,
    granted_actions,
    has_open_name,
    joined_statements,
    permission_statements,
    roles_of_any_account,
    unrestricted_statements,
)
from policy_packs.security.pattern_unions import covering_actions
from policy_packs.security.statements import (
    MAX_SHOWN,
    allows_everything,
    allows_several_services,
    joined_actions,
    label,
)

ATTACHMENTS = (
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
    "aws:iam/policyAttachment:PolicyAttachment",
)
ASSUME_ROLE = "sts:AssumeRole"
BOUNDARY = "iam:PermissionsBoundary"
PASSED_TO_SERVICE = "iam:PassedToService"
CREATION_VERBS = ("allocate", "create", "import", "register", "request", "run")
"""Name prefixes of actions that make a new resource."""
WHOLE_SERVICE = re.compile(r"arn:[^:]*:iam::aws:policy/(.*/)?(\w+FullAccess|PowerUserAccess)")


@rule(
    "iam-must-not-allow-everything",
    on=PERMISSION_POLICIES,
    covers=["CKV_AWS_62", "CIS-AWS 1.15"],
    severity=Severity.CRITICAL,
)
def every_action_on_every_resource(resource: Resource) -> Findings:
    """Every action on every resource means full control of the account, which no service or person needs."""
    for statement in permission_statements(resource):
        if allows_everything(statement):
            yield f"{label(statement)} allows * on *. List the actions and the resources that are needed."


@rule(
    "iam-must-not-attach-administrator",
    on=(*ATTACHMENTS, ROLE),
    covers=["CKV_AWS_274", "CKV_AWS_275"],
    severity=Severity.CRITICAL,
)
def attached_administrator(resource: Resource) -> Findings:
    """AdministratorAccess allows every action on every resource, so one stolen credential controls the account."""
    for arn in attached_policy_arns(resource):
        if arn.endswith(":policy/AdministratorAccess"):
            yield "AdministratorAccess is attached. Write a policy with the permissions that are needed."


@rule("iam-must-not-attach-full-access", on=(*ATTACHMENTS, ROLE), covers=["CKV2_AWS_56"])
def attached_full_access(resource: Resource) -> Findings:
    """A FullAccess policy allows all actions of a service, and IAMFullAccess gives control of the whole account."""
    for arn in attached_policy_arns(resource):
        if WHOLE_SERVICE.fullmatch(arn):
            yield f"{arn.rpartition('/')[2]} is attached. Write a policy with the permissions that are needed."


@rule("iam-must-name-actions", on=PERMISSION_POLICIES, covers=["CKV_AWS_49", "CKV_AWS_63"], severity=Severity.CRITICAL)
def every_action(resource: Resource) -> Findings:
    """A wildcard over services includes actions that AWS has not released yet, so nobody can review what it allows."""
    others = []
    for statement in permission_statements(resource):
        if allows_several_services(statement):
            yield f"{label(statement)} allows all actions of several services. List only the actions that are needed."
        else:
            others.append(statement)
    if allows_several_services(*others):
        yield "The statements together allow all actions of several services. List only the actions that are needed."


@rule("iam-must-not-allow-whole-services", on=PERMISSION_POLICIES, covers=["CKV2_AWS_40"])
def whole_services(resource: Resource) -> Findings:
    """A principal with all actions of a service on all resources is the administrator of that service."""
    others = []
    for statement in unrestricted_statements(resource):
        if wildcards := _whole_services([statement]):
            yield (
                f"{label(statement)} allows {shorten(wildcards, MAX_SHOWN)} on all resources. List only the actions or "
                "the resources that are needed."
            )
        else:
            others.append(statement)
    if wildcards := _whole_services(others):
        yield (
            f"The statements together allow {shorten(wildcards, MAX_SHOWN)} on all resources. List only the actions or "
            "the resources that are needed."
        )


@rule("iam-must-not-allow-by-exclusion", on=PERMISSION_POLICIES)
def allowed_by_exclusion(resource: Resource) -> Findings:
    """A policy that allows everything except a list also allows actions that nobody has considered."""
    for statement in permission_statements(resource):
        for key in ("NotAction", "NotResource"):
            if key in statement:
                yield (
                    f"{label(statement)} has {key}, which allows everything else. List what is needed, and deny "
                    "exceptions in another statement."
                )


@rule(
    "iam-must-not-escalate", on=PERMISSION_POLICIES, covers=["CKV_AWS_110", "CKV_AWS_286"], severity=Severity.CRITICAL
)
def escalation(resource: Resource) -> Findings:
    """Some combinations of permissions let their holder obtain every other permission.

    Roles of one prefix include powerful ones, so a role, user, group or policy must be named in full, unless the
    statement requires a fixed iam:PermissionsBoundary.
    """
    unrestricted = list(unrestricted_statements(resource))
    statements = list(permission_statements(resource))
    for path in ESCALATION_PATHS:
        if all(any(_grants(statement, action, path) for statement in unrestricted) for action in path):
            yield f"{' with '.join(path)} on all resources lets its holder obtain every permission. Name the resources."
        elif all(any(_grants_on_open_name(each, action, path) for each in statements) for action in path):
            yield (
                f"{' with '.join(path)} on a name with a wildcard gives its holder the permissions of every match. "
                f"{_name_in_full(path)}."
            )


@rule("iam-must-not-expose-credentials", on=PERMISSION_POLICIES, covers=["CKV_AWS_107", "CKV_AWS_287"])
def credentials(resource: Resource) -> Findings:
    """A principal that can fetch anyone's credentials can act as anyone."""
    yield from _unrestricted_findings(resource, CREDENTIAL_ACTIONS, "exposes the credentials of every principal")
    for statement in permission_statements(resource):
        if granted_actions(statement, [ASSUME_ROLE]) and not narrows_resource(statement):
            for role in roles_of_any_account(statement):
                yield (
                    f"{label(statement)} allows {ASSUME_ROLE} on {role}, so the role may be in any account. Name the "
                    "account."
                )


@rule(
    "iam-must-not-read-everything",
    on=PERMISSION_POLICIES,
    covers=["CKV_AWS_108", "CKV_AWS_288", "CKV_AWS_355", "CKV_AWS_356"],
)
def reading(resource: Resource) -> Findings:
    """A principal that can read every bucket, table, secret or log can read all student records."""
    yield from _unrestricted_findings(resource, DATA_ACTIONS, "exposes all data")
    for statement in unrestricted_statements(resource):
        if granted := granted_actions(statement, DATA_ACTIONS_WITHOUT_RESOURCE):
            yield (
                f"{label(statement)} allows {shorten(granted, MAX_SHOWN)}, which exposes all data, because the actions "
                "accept no resource. Leave them out."
            )


@rule("iam-must-not-decrypt-with-every-key", on=PERMISSION_POLICIES)
def decryption(resource: Resource) -> Findings:
    """Each class of data has its own key, so that access to one class does not give access to another."""
    yield from _unrestricted_findings(resource, DECRYPTION_ACTIONS, "allows decryption with every key")


@rule("iam-must-not-manage-every-permission", on=PERMISSION_POLICIES, covers=["CKV_AWS_109", "CKV_AWS_289"])
def sharing(resource: Resource) -> Findings:
    """A principal that can change access to any resource can give itself access to all of them."""
    yield from _unrestricted_findings(resource, PERMISSION_ACTIONS, "gives control over access to every resource")


@rule("iam-must-not-silence-the-audit", on=PERMISSION_POLICIES, severity=Severity.CRITICAL)
def silencing(resource: Resource) -> Findings:
    """Attackers first disable the services that would record their next steps."""
    yield from _unrestricted_findings(resource, AUDIT_DISABLING_ACTIONS, "can disable monitoring of the account")


@rule(
    "iam-must-not-write-to-everything",
    on=PERMISSION_POLICIES,
    covers=["CKV_AWS_111", "CKV_AWS_290", "CKV_AWS_355", "CKV_AWS_356"],
)
def writing(resource: Resource) -> Findings:
    """A write permission on all resources reaches resources that it was never meant for."""
    for statement in unrestricted_statements(resource):
        if actions := _broad_writes(statement):
            yield (
                f"{label(statement)} allows {shorten(actions, MAX_SHOWN)} on all resources. Name the resources, or add "
                "a condition."
            )


@rule("iam-must-bound-pass-role", on=PERMISSION_POLICIES)
def pass_role(resource: Resource) -> Findings:
    """A principal that can pass any role to any service can use the permissions of every role."""
    for statement in chain(permission_statements(resource), joined_statements(resource)):
        is_bounded = not covers_every_resource(statement) or fixed_values(statement, PASSED_TO_SERVICE)
        if granted_actions(statement, [PASS_ROLE]) and not is_bounded:
            yield (
                f"{label(statement)} can pass every role to every service. Name the roles, or add a condition on "
                "iam:PassedToService."
            )


def _whole_services(statements: Iterable[Fields]) -> list[str]:
    wildcards = covering_actions(joined_actions(statements))
    return [action for action in wildcards if not accepts_no_resource(action)]


def _unrestricted_findings(resource: Resource, actions: Iterable[str], effect: str) -> Findings:
    for statement in unrestricted_statements(resource):
        if granted := granted_actions(statement, actions):
            yield (
                f"{label(statement)} allows {shorten(granted, MAX_SHOWN)} on all resources, which {effect}. Name the "
                "resources."
            )


def _grants(statement: Fields, action: str, path: Iterable[str]) -> bool:
    """Return True if a statement allows an action of an escalation path.

    PassRole does not count if it is limited to services that the path does not use.
    """
    services = fixed_values(statement, PASSED_TO_SERVICE) if action == PASS_ROLE else ()
    words = {word for service in services for word in re.split(r"[.-]", service.lower())}
    is_usable = not services or any(each.partition(":")[0] in words for each in path if each != PASS_ROLE)
    return is_usable and bool(granted_actions(statement, [action]))


def _grants_on_open_name(statement: Fields, action: str, path: Iterable[str]) -> bool:
    """Return True if a statement allows an action of a path on names with a wildcard.

    Beside PassRole, the other actions of a path count on every resource, because the passed role decides what its
    holder obtains.
    """
    if action not in ESCALATING_TYPES:
        return PASS_ROLE in path and bool(granted_actions(statement, [action]))
    if narrows_resource(statement) or not has_open_name(statement, ESCALATING_TYPES[action]):
        return False
    is_bounded = action in BOUNDED_ACTIONS and fixed_values(statement, BOUNDARY)
    return not is_bounded and _grants(statement, action, path)


def _name_in_full(path: Iterable[str]) -> str:
    advice = (
        f"Name each {', '.join(sorted({ESCALATING_TYPES[each] for each in path if each in ESCALATING_TYPES}))} in full"
    )
    return f"{advice}, or require a fixed {BOUNDARY}" if BOUNDED_ACTIONS.issuperset(path) else advice


def _broad_writes(statement: Fields) -> tuple[str, ...]:
    """Return the write actions that a statement must limit to named resources.

    All resources of one type in one region are accepted, except for actions that destroy keys, secrets or backups.
    """
    if not covers_every_region(statement):
        return granted_actions(statement, DESTRUCTIVE_ACTIONS)
    tags_new = names_new_resource(statement)
    return tuple(
        action for action in statement.texts("Action") if _is_write(action) and not (tags_new and _creates(action))
    )


def _creates(action: str) -> bool:
    """Return True if an action only creates resources.

    A condition on the request's tags limits such an action, because the new resource gets these tags.
    """
    verb = action.lower().partition(":")[2]
    return verb.startswith(CREATION_VERBS) and "tags" not in verb and not set(verb) & {"*", "?"}


def _is_write(action: str) -> bool:
    """Return True if an action may change something and accepts the ARN of a resource.

    A wildcard counts if it may match such an action.
    """
    verb = action.lower().partition(":")[2]
    return not verb.startswith(READ_VERBS) and not accepts_no_resource(action)

"""Attached policies: reviewed AWS-managed policies, or policies of the program."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import StringConstraints

from policy_packs.kernel.context import Context, additional_entries
from policy_packs.kernel.data import Data, Text, read
from policy_packs.kernel.registry import ANY_TYPE, Findings, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Fields, Resource
from policy_packs.security.aws.iam_policies import ATTACHMENTS
from policy_packs.security.iam_permissions import ROLE, attached_policy_arns
from policy_packs.security.property_texts import AWS_TYPES, texts
from policy_packs.security.references import source_urns
from policy_packs.security.statements import allow_statements

FILE = Path(__file__).parents[1] / "reviewed_managed_policies.yaml"
NAME = r"^[\w+=,.@-]+(/[\w+=,.@-]+)*$"
"""Pattern of a policy's name with its path. It has no wildcards, because they would include unreviewed policies."""
AWS_MANAGED = re.compile(r"arn:[^:]*:iam::aws:policy/(.*)", re.IGNORECASE | re.DOTALL)
POLICY = "aws:iam/policy:Policy"
ROLE_ATTACHMENTS = {
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "role",
    "aws:iam/policyAttachment:PolicyAttachment": "roles",
}
"""Property that names the roles, by type of attachment."""


class ReviewedPolicy(Data):
    """The only service whose roles may have a policy, and the reason."""

    service: Text
    reason: Text


class ReviewedPolicies(Data):
    """Content of reviewed_managed_policies.yaml."""

    policies: Mapping[Annotated[str, StringConstraints(pattern=NAME)], ReviewedPolicy]


def _read(file: Path) -> tuple[Mapping[str, ReviewedPolicy], tuple[str, ...]]:
    content, mistakes = read(file, ReviewedPolicies)
    return content.policies if content else {}, mistakes


REVIEWED, MISTAKES = _read(FILE)
"""Reviewed policies by name, and the mistakes in the file. The kernel refuses to judge while there are any."""


@rule(
    "iam-must-attach-reviewed-policies",
    on=ANY_TYPE,
    severity=Severity.CRITICAL,
    settings={
        "reviewedPolicies": additional_entries(
            "Further AWS-managed policies that were reviewed, each with the reason; the name includes the path, such "
            "as service-role/AmazonRDSEnhancedMonitoringRole",
            NAME,
        )
    },
)
def reviewed_policies(resource: Resource, context: Context) -> Findings:
    """Many AWS-managed policies, such as ReadOnlyAccess, read all student records, and AWS changes them at any time.

    The rule applies to every property that names such a policy, such as those of attachments and permissions
    boundaries.
    """
    if not resource.type.startswith(AWS_TYPES):
        return
    for found in texts(resource):
        policy = _managed_policy(found.text)
        if policy and policy not in REVIEWED and policy not in context.settings["reviewedPolicies"]:
            yield (
                f"`{found.path}` names the AWS-managed policy {policy}, which is not in the list of reviewed "
                "policies. Write a policy with the permissions that are needed, or, if a review shows that the policy "
                "is harmless for the roles of one service, add it with the service and the reason to "
                f"policy_packs/security/{FILE.name}. A policy configuration may add it to the setting "
                "`reviewedPolicies` of this rule in dev and staging only."
            )


@stack_rule("iam-reviewed-policies-must-stay-with-their-service", severity=Severity.CRITICAL)
def policies_of_services(stack: Stack) -> StackFindings:
    """Policies for roles of AWS services are broad. They are harmless only while nobody else can assume the role."""
    roles = stack.of_type(ROLE)
    for resource in (*stack.of_type(*ROLE_ATTACHMENTS), *roles):
        for arn in attached_policy_arns(resource):
            policy = REVIEWED.get(_managed_policy(arn))
            if policy is None:
                continue
            holders = [resource] if resource.type == ROLE else _roles_of(resource, roles)
            if not holders:
                yield (
                    resource,
                    (
                        f"{arn} is attached to a role that this program does not define, so its trust policy is "
                        f"unknown. Attach it to a role of the program that only {policy.service} can assume."
                    ),
                )
            for role in holders:
                if others := [each for each in trusted_principals(role) if each != policy.service]:
                    yield (
                        resource,
                        (
                            f"{arn} is for roles of {policy.service}, but {', '.join(others)} can assume {role.name} "
                            "too. Write a policy with the permissions that are needed."
                        ),
                    )


@stack_rule("iam-attachments-must-name-judged-policies", severity=Severity.CRITICAL)
def judged_policies(stack: Stack) -> StackFindings:
    """The rules judge only policies of this program, so an attachment could grant the permissions of any other policy.

    Permissions boundaries may come from elsewhere, because they grant nothing.
    """
    policies = stack.of_type(POLICY)
    for resource in stack.of_type(*ATTACHMENTS, ROLE):
        if source_urns([resource], "policyArn") & {policy.urn for policy in policies}:
            continue
        for arn in attached_policy_arns(resource):
            if not _managed_policy(arn) and not any(_is_policy(arn, policy) for policy in policies):
                yield (
                    resource,
                    f"{resource.name} attaches {arn}, which is not a policy of this program. Define the policy in it.",
                )


def _is_policy(arn: str, policy: Resource) -> bool:
    """Return True if an ARN is that of a policy of the program.

    The name is compared, because the ARN is unknown until AWS has created the policy.
    """
    path = policy.text("path") or "/"
    return arn.partition(":policy")[2] == f"{path}{policy.text('name')}"


def _managed_policy(arn: str) -> str:
    """Return the name of an AWS-managed policy with its path.

    The text is empty for anything else.
    """
    found = AWS_MANAGED.fullmatch(arn)
    return found[1] if found else ""


def _roles_of(attachment: Resource, roles: tuple[Resource, ...]) -> list[Resource]:
    """Return the roles of the program that an attachment names."""
    path = ROLE_ATTACHMENTS[attachment.type]
    if urns := attachment.property_dependencies.get(path):
        return [role for role in roles if role.urn in urns]
    return [role for role in roles if role["name"] in attachment.texts(path)]


def trusted_principals(role: Resource) -> Iterator[str]:
    """Yield the principals that may assume a role."""
    for statement in allow_statements(role, "assumeRolePolicy"):
        principal = statement["Principal"]
        if isinstance(principal, Fields):
            for kind in principal:
                yield from principal.texts(kind)
        else:
            yield "everyone"

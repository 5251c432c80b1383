"""IAM roles: who may assume them."""

import re

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.conditions import names_pod, names_source, narrows_account, tested_texts
from policy_packs.security.iam_permissions import ROLE
from policy_packs.security.patterns import is_fixed
from policy_packs.security.statements import allow_statements, applies_to_everyone, is_public, label, principals

GITHUB = "token.actions.githubusercontent.com"
# GitHub signs tokens for all of its users, so a subject must name the owner of the repository.
GITHUB_SUBJECT = re.compile(r"repo:[^*?$/:]+/.+", re.DOTALL)
TRUST_POLICY = "assumeRolePolicy"
WHOLE_ACCOUNT = re.compile(r"\d{12}|arn:[^:]*:iam::\d{12}:root")
# Services whose guides show aws:SourceAccount or aws:SourceArn in the trust policy of the role that they assume
# ("Cross-service confused deputy prevention"). The guides of EC2 and S3 do not, because these services act for the
# owner of the instance or bucket.
SERVICES_WITH_SOURCE_KEYS = frozenset(
    {
        "backup.amazonaws.com",
        "cloudtrail.amazonaws.com",
        "config.amazonaws.com",
        "eks.amazonaws.com",
        "monitoring.rds.amazonaws.com",
        "scheduler.amazonaws.com",
        "states.amazonaws.com",
        "vpc-flow-logs.amazonaws.com",
    }
)
POD_IDENTITY = "pods.eks.amazonaws.com"
# A subject with a wildcard must name an owner that the provider has verified, as repo:campus/* does.
OWNED_SUBJECT = re.compile(r"(system:serviceaccount:|(?!system:)[a-z_-]+[:/])[^*?$/:]+[:/].*", re.DOTALL)


@rule("iam-role-must-not-trust-everybody", on=ROLE, covers=["CKV_AWS_60"], severity=Severity.CRITICAL)
def open_trust(role: Resource) -> Findings:
    """Anyone who learns the ARN of an open role can assume it."""
    for statement in allow_statements(role, TRUST_POLICY):
        open_types = [each for each in ("Service", "Federated") if "*" in principals(statement, each)]
        if is_public(statement) or open_types:
            yield f"{label(statement)} lets everyone assume the role. Name accounts, services or identity providers."


@rule("iam-role-must-narrow-account-trust", on=ROLE, covers=["CKV_AWS_61"])
def account_trust(role: Resource) -> Findings:
    """Trusting a whole account trusts everyone in it. The policy must name roles or set a condition."""
    for statement in allow_statements(role, TRUST_POLICY):
        if narrows_account(statement) or is_public(statement):  # another rule reports public statements
            continue
        accounts = [each for each in principals(statement, "AWS") if WHOLE_ACCOUNT.fullmatch(each)]
        if applies_to_everyone(statement):
            accounts.append("the accounts in its conditions")
        if accounts:
            yield (
                f"{label(statement)} trusts every principal of {', '.join(accounts)}. Name roles, or add a "
                "condition such as aws:PrincipalTag, aws:PrincipalArn or sts:ExternalId."
            )


@rule("iam-role-must-name-federated-subject", on=ROLE, covers=["CKV_AWS_358"], severity=Severity.CRITICAL)
def federated_subject(role: Resource) -> Findings:
    """An identity provider such as GitHub's signs tokens for everyone, so the trust policy must name the subject."""
    for statement in allow_statements(role, TRUST_POLICY):
        for provider in principals(statement, "Federated"):
            key = "saml:aud" if ":saml-provider/" in provider else f"{provider.rpartition(':oidc-provider/')[2]}:sub"
            tests = tested_texts(statement, key)
            if not tests:
                yield f"{label(statement)} does not restrict the subject of tokens. Add a condition on {key}."
            elif not any(all(_names_subject(value, provider) for value in values) for values in tests):
                yield f"{label(statement)} accepts tokens of every subject. Restrict {key} to a repository or account."


@rule("iam-role-must-know-for-whom-a-service-calls", on=ROLE)
def confused_deputy(role: Resource) -> Findings:
    """A service acts for every AWS customer. Without a condition, another customer can make it use our role."""
    for statement in allow_statements(role, TRUST_POLICY):
        for service in principals(statement, "Service"):
            needs_source = service in SERVICES_WITH_SOURCE_KEYS or (
                service == POD_IDENTITY and not names_pod(statement)
            )
            if needs_source and not names_source(statement):
                yield (
                    f"{label(statement)} lets {service} assume the role for any account. Add a condition on "
                    "aws:SourceAccount."
                )


@rule(
    "iam-role-must-be-managed-in-one-place",
    on=ROLE,
    covers=["AWSGuard iam-role-no-policy-management-conflicts"],
    severity=Severity.MEDIUM,
)
def policies_managed_in_one_place(role: Resource) -> Findings:
    """At each update, a role resource that lists policies removes all policies that were attached elsewhere."""
    # This reads the program's inputs. In the stack's outputs, AWS has added the attachments to the list.
    for key, instead in (("managedPolicyArns", "RolePolicyAttachment"), ("inlinePolicies", "RolePolicy")):
        if role.items(key):
            yield f"{key} lists the role's policies. Attach each of them with a {instead}."


def _names_subject(value: str, provider: str) -> bool:
    """Return True if a subject is a fixed value or a pattern with a fixed owner.

    For GitHub, even a fixed value must name the owner of a repository.
    """
    if f":oidc-provider/{GITHUB}" in provider and not GITHUB_SUBJECT.fullmatch(value):
        return False
    return is_fixed(value) or bool(OWNED_SUBJECT.fullmatch(value) and "${" not in value)

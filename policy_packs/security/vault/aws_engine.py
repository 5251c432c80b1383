"""Vault's AWS secrets engine: sessions of named roles, no long-lived keys."""

import re

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.iam_permissions import VAULT_ROLE

ENGINE = "vault:aws/secretBackend:SecretBackend"
SESSION_TYPES = frozenset({"assumed_role", "federation_token"})
"""Types of credentials that end by themselves and have permissions that the role names.

Source: Vault API documentation, "AWS secrets engine". `iam_user` creates users with keys that AWS never
ends, and `session_token` issues all permissions of Vault itself.
"""
KEY_PROPERTIES = ("accessKey", "secretKey", "secretKeyWo")
ENDPOINT_PROPERTIES = ("iamEndpoint", "stsEndpoint", "stsFallbackEndpoints")
_ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[^*?]+")
_POLICY_ARN = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}|aws):policy/[^*?]+")
_ENDPOINT = re.compile(r"https://([a-z0-9-]+\.)+amazonaws\.com/?")


@rule("vault-aws-roles-must-issue-sessions", on=VAULT_ROLE, severity=Severity.CRITICAL)
def sessions(role: Resource) -> Findings:
    """AWS ends a session by itself, but a user's keys or a copy of Vault's own session outlive what they were for."""
    if role.text("credentialType") not in SESSION_TYPES:
        yield "credential_type issues keys of a user or Vault's own permissions. Set it to assumed_role."


@rule("vault-aws-roles-must-name-permissions", on=VAULT_ROLE, severity=Severity.CRITICAL)
def named_permissions(role: Resource) -> Findings:
    """Nobody can review permissions that come from a group, or from every role or policy that matches a wildcard."""
    if role.texts("iamGroups"):
        yield "iam_groups is set, so a session gets whatever the groups allow. Write a policy_document instead."
    if role.text("credentialType") == "assumed_role" and not role.texts("roleArns"):
        yield "role_arns is not set. Name the roles that Vault assumes."
    for path, form in (("roleArns", _ROLE_ARN), ("policyArns", _POLICY_ARN)):
        if not all(map(form.fullmatch, role.texts(path))):
            yield f"{path} has an entry that is not the full ARN of one IAM entity. Name the account and the entity."


@rule("vault-aws-engine-must-use-its-own-role", on=ENGINE)
def own_role(engine: Resource) -> Findings:
    """Keys of a user do not expire, whereas the credentials of Vault's own role change every few hours."""
    for path in KEY_PROPERTIES:
        if path in engine:
            yield f"{path} is set. Remove it, so that Vault uses the role of its machine or its identity token."


@rule("vault-aws-engine-must-use-aws-endpoints", on=ENGINE, severity=Severity.CRITICAL)
def aws_endpoints(engine: Resource) -> Findings:
    """Vault signs requests with its own credentials, and another server could answer them or pass them on."""
    for path in ENDPOINT_PROPERTIES:
        if not all(map(_ENDPOINT.fullmatch, engine.texts(path))):
            yield f"{path} is not an HTTPS address of AWS. Remove it, or name one such as https://sts.amazonaws.com."

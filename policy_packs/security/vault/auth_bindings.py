"""Bindings of Vault's auth roles: each role names the clients that may sign in."""

import re
from collections.abc import Iterator, Mapping

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Fields, Resource

CERTIFICATE_ROLE = "vault:index/certAuthBackendRole:CertAuthBackendRole"
JWT_ROLE = "vault:jwt/authBackendRole:AuthBackendRole"
KUBERNETES_ROLE = "vault:kubernetes/authBackendRole:AuthBackendRole"
SPIFFE_ROLE = "vault:spiffe/authBackendRole:AuthBackendRole"
ARN_PROPERTIES = ("boundIamInstanceProfileArns", "boundIamPrincipalArns", "boundIamRoleArns")
BINDINGS: Mapping[str, tuple[str, ...]] = {
    # Audiences do not bind, because the caller of an issuer such as GitHub chooses the audience of its token.
    JWT_ROLE: ("boundSubject", "boundClaims"),
    "vault:aws/authBackendRole:AuthBackendRole": (
        "boundAccountIds",
        "boundAmiIds",
        "boundEc2InstanceIds",
        *ARN_PROPERTIES,
        "boundSubnetIds",
        "boundVpcIds",
    ),
    "vault:azure/authBackendRole:AuthBackendRole": (
        "boundGroupIds",
        "boundResourceGroups",
        "boundScaleSets",
        "boundServicePrincipalIds",
        "boundSubscriptionIds",
    ),
    "vault:gcp/authBackendRole:AuthBackendRole": ("boundInstanceGroups", "boundProjects", "boundServiceAccounts"),
    "vault:saml/authBackendRole:AuthBackendRole": ("boundAttributes", "boundSubjects"),
    SPIFFE_ROLE: ("workloadIdPatterns",),
    # A certificate alone does not bind, because an authority signs the certificates of many clients.
    CERTIFICATE_ROLE: (
        "allowedCommonNames",
        "allowedDnsSans",
        "allowedEmailSans",
        "allowedNames",
        "allowedOrganizationalUnits",
        "allowedUriSans",
    ),
}
"""For each type of role, the properties that bind a role to its clients. One of them is enough.

Source: Vault API documentation of each auth method.
"""
POD_BINDINGS = ("boundServiceAccountNames", "boundServiceAccountNamespaces")
"""Properties that a role for pods needs: both, because two namespaces can have accounts of the same name."""
IDENTITY_CLAIMS = frozenset(
    {
        "appid",
        "azp",
        "client_id",
        "email",
        "groups",
        "hd",
        "namespace_id",
        "namespace_path",
        "oid",
        "preferred_username",
        "project_id",
        "project_path",
        "repository",
        "repository_id",
        "repository_owner",
        "repository_owner_id",
        "roles",
        "sub",
        "upn",
        "user_email",
        "user_login",
    }
)
"""Claims whose value the issuer, not the caller, decides.

Others, such as a branch, an environment or an event, have the same value for clients of different owners. Sources:
OpenID Connect Core 1.0; GitHub documentation, "OpenID Connect reference"; GitLab documentation, "ID tokens"; Microsoft
identity platform documentation, "Access token claims reference".
"""
_ARN = re.compile(r"arn:aws[a-z-]*:(iam|sts)::\d{12}:(assumed-role|instance-profile|role|user)/[^*?].*")
# What an issuer puts before every name, such as `repo:` or `spiffe://`.
_KIND = re.compile(r"^(?:system:serviceaccount:|[a-z][\w+.-]*:(?://)?)", re.IGNORECASE)
_STEM = re.compile(r".*\w[-./:@]")
_OWNED_STEM = re.compile(r".*\w[/:]")
_IN_DOMAIN = re.compile(r"\*[.@]([\w-]+\.)+[\w-]+")


@rule(
    "vault-roles-must-not-bind-everybody",
    on=(*BINDINGS, KUBERNETES_ROLE),
    covers=['Vault no bound_* = "*"'],
    severity=Severity.CRITICAL,
)
def not_bound_to_everyone(role: Resource) -> Findings:
    """A pattern without a fixed name accepts clients of others.

    A pattern may end in a wildcard after a fixed name and a separator, such as `repo:campus/*`. ARNs must name the
    account.
    """
    for path in BINDINGS.get(role.type, POD_BINDINGS):
        if not all(_is_fixed(role, path, claim, value) for claim, value in _bound_values(role, path)):
            yield f"{path} has a pattern that also matches clients of others. Name the clients that may sign in."


@rule("vault-roles-must-bind-somebody", on=BINDINGS, severity=Severity.CRITICAL)
def bound(role: Resource) -> Findings:
    """Any identity that the auth method accepts can sign in through a role without bindings."""
    if not any(True for path in BINDINGS[role.type] for _ in _bound_values(role, path)):
        advice = " Claims such as sub, groups and repository identify clients." if role.type == JWT_ROLE else ""
        yield f"The role does not say who may sign in. Set at least one of {', '.join(BINDINGS[role.type])}.{advice}"


@rule("vault-kubernetes-roles-must-bind-account-and-namespace", on=KUBERNETES_ROLE, severity=Severity.CRITICAL)
def account_and_namespace(role: Resource) -> Findings:
    """Without both bindings, service accounts of other pods or other namespaces could sign in."""
    for path in POD_BINDINGS:
        if not any(_bound_values(role, path)):
            yield f"{path} is not set. Name the service accounts and their namespaces."
    if role.text("boundServiceAccountNamespaceSelector"):
        yield (
            "boundServiceAccountNamespaceSelector admits every namespace with its labels. Remove it, and "
            "list the namespaces."
        )


@rule("vault-kubernetes-roles-must-name-audience", on=KUBERNETES_ROLE, severity=Severity.MEDIUM)
def audience(role: Resource) -> Findings:
    """A token that is stolen from another service must not be accepted by Vault."""
    if not role.text("audience"):
        yield "`audience` is not set. Set it to the audience of the tokens that pods request."


def _bound_values(role: Resource, path: str) -> Iterator[tuple[str, str]]:
    """Yield the values to which one property binds a role, each with its claim.

    The property is a string, a list of strings, or an object whose values are either. The provider splits strings in
    an object at commas. Claims that do not identify a client are left out.
    """
    value = role[path]
    if not isinstance(value, Fields):
        yield from (("", text.strip()) for text in role.texts(path) if text.strip())
        return
    for key in value:
        claim = key.rpartition("/")[2]
        if role.type != JWT_ROLE or claim in IDENTITY_CLAIMS:
            parts = (part.strip() for text in value.texts(key) for part in text.split(","))
            yield from ((claim, part) for part in parts if part)


def _is_fixed(role: Resource, path: str, claim: str, value: str) -> bool:
    """Return True if a value matches only clients of one owner."""
    if path in ARN_PROPERTIES:
        return bool(_ARN.fullmatch(value))
    if "*" not in value and not (role.type == SPIFFE_ROLE and "+" in value):
        return True
    if role.type == SPIFFE_ROLE:
        return False
    if (role.type == CERTIFICATE_ROLE or claim == "email") and _IN_DOMAIN.fullmatch(value):
        return True
    stem = _KIND.split(value.partition("*")[0])[-1]
    return bool((_OWNED_STEM if role.type == JWT_ROLE else _STEM).fullmatch(stem))

"""Vault auth methods: roles bound to known clients, and no root policy."""

from collections.abc import Iterator, Mapping

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Fields, Resource

KUBERNETES_ROLE = "vault:kubernetes/authBackendRole:AuthBackendRole"
TOKEN = "vault:index/token:Token"  # noqa: S105  # a type
TOKEN_ROLE = "vault:tokenauth/authBackendRole:AuthBackendRole"  # noqa: S105  # a type
BINDINGS: Mapping[str, tuple[str, ...]] = {
    "vault:jwt/authBackendRole:AuthBackendRole": ("boundAudiences", "boundSubject", "boundClaims"),
    "vault:aws/authBackendRole:AuthBackendRole": (
        "boundAccountIds",
        "boundAmiIds",
        "boundEc2InstanceIds",
        "boundIamInstanceProfileArns",
        "boundIamPrincipalArns",
        "boundIamRoleArns",
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
}
"""For each type of role, the properties that bind a role to its clients. One of them is enough."""
POD_BINDINGS = ("boundServiceAccountNames", "boundServiceAccountNamespaces")
"""Properties that a role for pods needs: both, because two namespaces can have accounts of the same name."""
POLICY_PROPERTIES: Mapping[str, str] = {
    **dict.fromkeys((*BINDINGS, KUBERNETES_ROLE), "tokenPolicies"),
    "vault:appRole/authBackendRole:AuthBackendRole": "tokenPolicies",
    "vault:github/authBackend:AuthBackend": "tokenPolicies",
    "vault:github/team:Team": "policies",
    "vault:github/user:User": "policies",
    "vault:identity/entity:Entity": "policies",
    "vault:identity/entityPolicies:EntityPolicies": "policies",
    "vault:identity/group:Group": "policies",
    "vault:identity/groupPolicies:GroupPolicies": "policies",
    "vault:index/certAuthBackendRole:CertAuthBackendRole": "tokenPolicies",
    "vault:index/userpassAuthBackendUser:UserpassAuthBackendUser": "tokenPolicies",
    "vault:ldap/authBackend:AuthBackend": "tokenPolicies",
    "vault:ldap/authBackendGroup:AuthBackendGroup": "policies",
    "vault:ldap/authBackendUser:AuthBackendUser": "policies",
    "vault:okta/authBackend:AuthBackend": "tokenPolicies",
    TOKEN: "policies",
    TOKEN_ROLE: "allowedPolicies",
}
"""For each resource type, the property with the policies that a client gets when it signs in."""


def _bound_values(role: Resource, path: str) -> Iterator[str]:
    """Yield the values to which one property binds a role.

    The property is a string, a list of strings, or an object whose values are either.
    """
    value = role[path]
    if isinstance(value, Fields):
        for key in value:
            yield from value.texts(key)
    else:
        yield from role.texts(path)


@rule(
    "vault-roles-must-not-bind-everybody",
    on=(*BINDINGS, KUBERNETES_ROLE),
    covers=['Vault no bound_* = "*"'],
    severity=Severity.CRITICAL,
)
def not_bound_to_everyone(role: Resource) -> Findings:
    """A role that is bound to `*` accepts every client of its auth method."""
    for path in BINDINGS.get(role.type, POD_BINDINGS):
        if any(not value.strip("*") for value in _bound_values(role, path)):
            yield f"{path} has '*', which matches everyone. List the clients that may sign in."


@rule("vault-roles-must-bind-somebody", on=BINDINGS, severity=Severity.CRITICAL)
def bound(role: Resource) -> Findings:
    """Any identity that the auth method accepts can sign in through a role without bindings."""
    if not any(True for path in BINDINGS[role.type] for _ in _bound_values(role, path)):
        yield f"The role has no bindings. Set at least one of {', '.join(BINDINGS[role.type])}."


@rule("vault-kubernetes-roles-must-bind-account-and-namespace", on=KUBERNETES_ROLE, severity=Severity.CRITICAL)
def account_and_namespace(role: Resource) -> Findings:
    """Without both bindings, service accounts of other pods or other namespaces could sign in."""
    for path in POD_BINDINGS:
        if not role.texts(path):
            yield f"{path} is not set. Name the service accounts and their namespaces."


@rule("vault-kubernetes-roles-must-name-audience", on=KUBERNETES_ROLE, severity=Severity.MEDIUM)
def audience(role: Resource) -> Findings:
    """A token that is stolen from another service must not be accepted by Vault."""
    if not role.text("audience"):
        yield "`audience` is not set. Set it to the audience of the tokens that pods request."


@rule(
    "vault-must-not-hand-out-root",
    on=POLICY_PROPERTIES,
    covers=["Vault no root token in use"],
    severity=Severity.CRITICAL,
)
def no_root_policy(resource: Resource) -> Findings:
    """The root policy allows everything and cannot be narrowed."""
    policies = resource.texts(POLICY_PROPERTIES[resource.type])
    if "root" in policies:
        yield "The root policy is granted. Grant a policy that names paths."
    if not policies and resource.type in {TOKEN, TOKEN_ROLE}:
        yield (
            "No policies are named, so a token gets the policies of its creator. "
            f"Set {POLICY_PROPERTIES[resource.type]}."
        )


@rule("vault-approle-must-require-secret-id", on="vault:appRole/authBackendRole:AuthBackendRole")
def secret_id(role: Resource) -> Findings:
    """Without a secret ID, the role ID is enough to sign in, and role IDs are kept in configuration files."""
    if role.flag("bindSecretId") is False:
        yield "bind_secret_id is off. Remove the argument, because the default is on."

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
"""By type of role the properties that say who may sign in with it, of which one is enough."""
POD_BINDINGS = ("boundServiceAccountNames", "boundServiceAccountNamespaces")
"""What a role for pods needs both of: accounts of other namespaces may have the same name."""
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
"""The property that names the policies which a resource gives to who signs in."""


def _bound_values(role: Resource, path: str) -> Iterator[str]:
    """What a role is bound to by one property: a text, a list of texts, or an object of either."""
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
    """A role bound to `*` signs in whoever knows its name."""
    for path in BINDINGS.get(role.type, POD_BINDINGS):
        if any(not value.strip("*") for value in _bound_values(role, path)):
            yield f"{path} has '*', which is everybody; name who may sign in"


@rule("vault-roles-must-bind-somebody", on=BINDINGS, severity=Severity.CRITICAL)
def bound(role: Resource) -> Findings:
    """A role that is bound to nothing signs in everyone whom the other side knows."""
    if not any(True for path in BINDINGS[role.type] for _ in _bound_values(role, path)):
        yield f"is bound to nobody in particular; set one of {', '.join(BINDINGS[role.type])}"


@rule("vault-kubernetes-roles-must-bind-account-and-namespace", on=KUBERNETES_ROLE, severity=Severity.CRITICAL)
def account_and_namespace(role: Resource) -> Findings:
    """Whoever may create accounts in any namespace could take a name that is bound without its namespace."""
    for path in POD_BINDINGS:
        if not role.texts(path):
            yield f"{path} is not set; name the accounts, and the namespaces they are in"


@rule("vault-kubernetes-roles-must-name-audience", on=KUBERNETES_ROLE, severity=Severity.MEDIUM)
def audience(role: Resource) -> Findings:
    """A token made for another service that is stolen there must not open Vault."""
    if not role.text("audience"):
        yield "audience is not set; set it to the one for which pods ask for their token"


@rule(
    "vault-must-not-hand-out-root",
    on=POLICY_PROPERTIES,
    covers=["Vault no root token in use"],
    severity=Severity.CRITICAL,
)
def no_root_policy(holder: Resource) -> Findings:
    """The policy root can't be narrowed, and what it does can't be told apart from setting Vault up."""
    given = holder.texts(POLICY_PROPERTIES[holder.type])
    if "root" in given:
        yield "gives the policy root; give one that names paths"
    if not given and holder.type in {TOKEN, TOKEN_ROLE}:
        yield f"names no policies, so that a token gets all of its maker's; set {POLICY_PROPERTIES[holder.type]}"


@rule("vault-approle-must-require-secret-id", on="vault:appRole/authBackendRole:AuthBackendRole")
def secret_id(role: Resource) -> Findings:
    """Without a secret ID the name of a role, which stands in configuration files, is enough to be it."""
    if role.flag("bindSecretId") is False:
        yield "bind_secret_id is off; turn it on"

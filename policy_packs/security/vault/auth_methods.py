"""Vault auth methods and tokens: no root policy, and no check that is left out."""

from collections.abc import Iterator, Mapping

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.vault.auth_bindings import BINDINGS, CERTIFICATE_ROLE, KUBERNETES_ROLE

LDAP = "vault:ldap/authBackend:AuthBackend"
OKTA = "vault:okta/authBackend:AuthBackend"
RADIUS = "vault:radius/authBackend:AuthBackend"
TOKEN = "vault:index/token:Token"  # noqa: S105  # a type
TOKEN_ROLE = "vault:tokenauth/authBackendRole:AuthBackendRole"  # noqa: S105  # a type
POLICY_PROPERTIES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys((*BINDINGS, KUBERNETES_ROLE), ("tokenPolicies",)),
    "vault:appRole/authBackendRole:AuthBackendRole": ("tokenPolicies",),
    "vault:github/authBackend:AuthBackend": ("tokenPolicies",),
    "vault:github/team:Team": ("policies",),
    "vault:github/user:User": ("policies",),
    "vault:identity/entity:Entity": ("policies",),
    "vault:identity/entityPolicies:EntityPolicies": ("policies",),
    "vault:identity/group:Group": ("policies",),
    "vault:identity/groupPolicies:GroupPolicies": ("policies",),
    "vault:index/userpassAuthBackendUser:UserpassAuthBackendUser": ("tokenPolicies",),
    LDAP: ("tokenPolicies",),
    "vault:ldap/authBackendGroup:AuthBackendGroup": ("policies",),
    "vault:ldap/authBackendUser:AuthBackendUser": ("policies",),
    OKTA: ("tokenPolicies",),
    TOKEN: ("policies",),
    TOKEN_ROLE: ("allowedPolicies", "allowedPoliciesGlobs"),
}
"""For each resource type, the properties with the policies that a client gets when it signs in."""
MEMBERS = ("groups", "users")
"""Lists of an Okta method whose entries have policies of their own."""
SKIPPED_CHECKS: Mapping[str, tuple[str, bool, str]] = {
    LDAP: ("denyNullBind", False, "so a directory can accept a user without a password"),
    OKTA: ("bypassOktaMfa", True, "so a password is enough to sign in"),
    CERTIFICATE_ROLE: ("ocspFailOpen", True, "so a revoked certificate is accepted while no responder answers"),
}
"""For each resource type, the switch that leaves out a check, its dangerous position and the effect."""
TOKEN_ROLE_PATTERNS = ("allowedPoliciesGlobs", "allowedEntityAliases")


@rule(
    "vault-must-not-hand-out-root",
    on=POLICY_PROPERTIES,
    covers=["Vault no root token in use"],
    severity=Severity.CRITICAL,
)
def no_root_policy(resource: Resource) -> Findings:
    """The root policy allows everything and cannot be narrowed.

    Vault ignores case and surrounding spaces in the name of a policy (`helper/policyutil` in its source).
    """
    policies = list(_policies(resource))
    if "root" in policies:
        yield "The root policy is granted. Grant a policy that names paths."
    if not policies and resource.type in {TOKEN, TOKEN_ROLE}:
        yield (
            "No policies are named, so a token gets the policies of its creator. "
            f"Set {POLICY_PROPERTIES[resource.type][0]}."
        )


@rule("vault-token-roles-must-name-policies", on=TOKEN_ROLE, severity=Severity.CRITICAL)
def named_policies(role: Resource) -> Findings:
    """A wildcard also covers policies and entities that are added later, such as those of administrators."""
    for path in TOKEN_ROLE_PATTERNS:
        if any("*" in text for text in role.texts(path)):
            yield f"{path} has a wildcard. List the full names."


@rule("vault-auth-methods-must-not-skip-checks", on=(*SKIPPED_CHECKS, RADIUS), severity=Severity.CRITICAL)
def every_check(resource: Resource) -> Findings:
    """A method that leaves out a password, a second factor or a revocation signs in people who are not its users."""
    if resource.type == RADIUS:
        if any(text.strip() for text in resource.texts("unregisteredUserPolicies")):
            yield "unregisteredUserPolicies gives policies to users without a registration. Remove it."
        return
    path, dangerous, effect = SKIPPED_CHECKS[resource.type]
    if resource.flag(path) is dangerous:
        yield f"{path} is {'on' if dangerous else 'off'}, {effect}. Remove it."


@rule("vault-approle-must-require-secret-id", on="vault:appRole/authBackendRole:AuthBackendRole")
def secret_id(role: Resource) -> Findings:
    """Without a secret ID, the role ID is enough to sign in, and role IDs are kept in configuration files."""
    if role.flag("bindSecretId") is False:
        yield "bind_secret_id is off. Remove the argument, because the default is on."


def _policies(resource: Resource) -> Iterator[str]:
    """Yield the names of the policies that a resource grants, as Vault compares them."""
    lists = [resource.texts(path) for path in POLICY_PROPERTIES[resource.type]]
    if resource.type == OKTA:
        lists += [member.texts("policies") for path in MEMBERS for member in resource.each(path)]
    for texts in lists:
        for text in texts:
            yield from (name for part in text.split(",") if (name := part.strip().lower()))

"""RBAC: no wildcards, and no binding to administrators or to everyone."""

from policy_packs.kernel.context import Context, reviewed_names
from policy_packs.kernel.registry import Findings, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.kubernetes.rbac_permissions import DEBUG, SHELL
from policy_packs.security.kubernetes_types import cluster_of, with_patches
from policy_packs.security.rbac_grants import CLUSTER_ROLE, RBAC, ROLES, ROLES_AND_PATCHES, Permission, grants

BINDINGS = (f"kubernetes:{RBAC}/v1:RoleBinding", f"kubernetes:{RBAC}/v1:ClusterRoleBinding")
BINDINGS_AND_PATCHES = with_patches(*BINDINGS)
BINDING_PATCHES = tuple(f"{each}Patch" for each in BINDINGS)
SERVICE_ACCOUNT = "kubernetes:core/v1:ServiceAccount"
ACCOUNT_TOKEN = "kubernetes.io/service-account-token"  # noqa: S105  # a type, not a token
ACCOUNT_ANNOTATION = "kubernetes.io/service-account.name"
BUILT_IN_ADMIN_ROLES = frozenset({"cluster-admin", "admin", "edit"})
"""Built-in Kubernetes roles that can read Secrets and act as any service account of a namespace."""
EVERYONE_GROUPS = frozenset(
    {"system:anonymous", "system:unauthenticated", "system:authenticated", "system:serviceaccounts"}
)
MASTERS = "system:masters"
AGGREGATE_TO = "/aggregate-to-"
"""Part of a label that adds a role to an aggregated role, such as the built-in roles admin, edit and view."""
BUILT_IN_PREFIXES = ("system:", "eks:")
HARMLESS_BUILT_IN_ROLES = frozenset(
    {"system:auth-delegator", "system:basic-user", "system:discovery", "system:public-info-viewer", "view"}
)
"""Built-in roles that only check permissions, or read what contains no secrets."""
EXEC = Permission((*SHELL.verbs, *DEBUG.verbs), SHELL.groups, (*SHELL.resources, *DEBUG.resources), "")
"""Any way into a running pod."""
PROGRAM_PREFIXES = ("system:serviceaccount", "system:node")
"""Name prefixes of users and groups that are not people."""


@rule("k8s-roles-must-not-use-wildcards", on=ROLES_AND_PATCHES, covers=["CKV_K8S_49", "CIS-EKS 4.1.3"])
def wildcards(role: Resource) -> Findings:
    """A `*` also allows the verbs, groups and resources that later versions of Kubernetes add."""
    for grant in role.each("rules"):
        for key in ("verbs", "apiGroups", "resources"):
            if "*" in grant.texts(key):
                yield f"A rule has '*' in {key}. List the {key} that are needed."
        for resource in grant.texts("resources"):
            if resource.startswith("*/"):
                yield f"A rule has {resource}, which is a subresource of everything. List the resources."
        for path in grant.texts("nonResourceURLs"):
            if path in {"*", "/*"}:
                yield f"A rule has {path} in nonResourceURLs. List the paths that are needed."


@rule("k8s-roles-must-list-their-permissions", on=with_patches(CLUSTER_ROLE))
def aggregated_roles(role: Resource) -> Findings:
    """An aggregated role gets the permissions of all roles with a certain label, so its own definition shows none."""
    if "aggregationRule" in role:
        yield "The role has an aggregationRule. List its permissions in rules."
    for name in role.fields("metadata.labels"):
        if AGGREGATE_TO in name:
            yield f"Label {name} adds the role's permissions to another role. Remove it, and bind the role itself."


@rule(
    "k8s-bindings-must-not-grant-admin", on=BINDINGS_AND_PATCHES, covers=["CIS-EKS 4.1.1"], severity=Severity.CRITICAL
)
def administrators(binding: Resource) -> Findings:
    """EKS access entries name the cluster's administrators. Roles for people and pods must list their permissions."""
    role = binding.text("roleRef.name")
    if role in BUILT_IN_ADMIN_ROLES or _is_other_built_in(role):
        yield f"The binding grants the built-in role {role}. Bind a role with the verbs that are needed."
    for subject in binding.each("subjects"):
        if subject.text("name") == MASTERS:
            yield f"The binding names {MASTERS}, whose members bypass RBAC. Bind a group with limited permissions."


def _is_other_built_in(role: str | None) -> bool:
    return (role or "").startswith(BUILT_IN_PREFIXES) and role not in HARMLESS_BUILT_IN_ROLES


@rule("k8s-binding-patches-must-name-the-role", on=BINDING_PATCHES, severity=Severity.CRITICAL)
def named_role(patch: Resource) -> Findings:
    """A patch can add members to any binding, such as the one of the administrators.

    Kubernetes refuses to change the role of a binding, so a patch that names the role applies only to bindings of it.
    Source: Kubernetes documentation, "Using RBAC Authorization".
    """
    if missing := [f"roleRef.{key}" for key in ("kind", "name") if not patch.text(f"roleRef.{key}")]:
        yield f"The patch does not set {' and '.join(missing)}. Name the role of the binding, so that it can be judged."


@stack_rule("k8s-bindings-must-grant-judged-roles", severity=Severity.CRITICAL)
def judged_roles(stack: Stack) -> StackFindings:
    """The rules judge only roles of this program, so a binding could grant the permissions of any other role."""
    for binding in stack.of_type(*BINDINGS_AND_PATCHES):
        name = binding.text("roleRef.name")
        if name not in HARMLESS_BUILT_IN_ROLES and not any(is_bound(role, binding) for role in stack.of_type(*ROLES)):
            yield (
                binding,
                (
                    f"{binding.name} grants {name or 'a role without a name'}, which is not a role of this program in "
                    "the same cluster. Define the role in this program."
                ),
            )


@rule("k8s-bindings-must-not-name-everybody", on=BINDINGS_AND_PATCHES, severity=Severity.CRITICAL)
def bound_to_everybody(binding: Resource) -> Findings:
    """A binding to a group that contains everyone makes its role public."""
    for subject in binding.each("subjects"):
        if subject.text("name") in EVERYONE_GROUPS:
            yield (
                f"The binding names {subject.text('name')}, which contains everyone. Bind a narrower group or a "
                "service account."
            )


@rule("k8s-bindings-must-not-name-default-accounts", on=BINDINGS_AND_PATCHES, covers=["CKV_K8S_42", "CIS-EKS 4.1.5"])
def default_accounts(binding: Resource) -> Findings:
    """Every pod that names no account runs as the default account and gets its permissions."""
    for subject in binding.each("subjects"):
        if subject.text("kind") == "ServiceAccount" and subject.text("name") == "default":
            yield "The binding names a default service account. Bind the workload's own account."


@rule("k8s-service-accounts-must-not-mount-tokens", on=SERVICE_ACCOUNT, covers=["CKV_K8S_41", "CIS-EKS 4.1.6"])
def account_tokens(account: Resource) -> Findings:
    """A pod gets its service account's token unless the account or the pod opts out, and few pods need the token."""
    if account.flag("automountServiceAccountToken") is not False:
        yield "The account's token is mounted into its pods. Set automountServiceAccountToken to false."


@rule(
    "k8s-secrets-must-not-be-account-tokens",
    on="kubernetes:core/v1:Secret",
    settings={
        "accounts": reviewed_names(
            "Namespaces and names of the service accounts that were reviewed, such as `web/ci-cd`",
            ["vault-auth/vault-token-reviewer"],
        )
    },
)
def lasting_tokens(secret: Resource, context: Context) -> Findings:
    """The token in such a Secret never expires, and its holder can act as the service account from anywhere.

    Source: Kubernetes documentation, "Managing Service Accounts".
    """
    if secret.text("type") != ACCOUNT_TOKEN:
        return
    name = secret.fields("metadata.annotations").text(ACCOUNT_ANNOTATION)
    account = f"{secret.text('metadata.namespace') or 'default'}/{name}"
    if account not in context.settings["accounts"]:
        yield (
            f"The Secret is a token of the service account {account} that never expires. Mount a projected token in "
            "the pod, or review the account and add it to this rule's setting `accounts`."
        )


@stack_rule("k8s-service-accounts-must-not-exec", covers=["CKV2_K8S_2"])
def programs_with_exec(stack: Stack) -> StackFindings:
    """A shell in a pod has that pod's identity. People need a shell during an incident, but programs never do."""
    roles = [role for role in stack.of_type(*ROLES_AND_PATCHES) if _grants_exec(role)]
    for binding in stack.of_type(*BINDINGS_AND_PATCHES):
        if _binds_program(binding) and any(is_bound(role, binding) for role in roles):
            yield (
                binding,
                (
                    f"{binding.name} lets a service account or a node open a shell in pods. Bind a role without "
                    f"{', '.join(EXEC.resources)}."
                ),
            )


def _grants_exec(role: Resource) -> bool:
    return any(grants(grant, EXEC) for grant in role.each("rules"))


def _binds_program(binding: Resource) -> bool:
    return any(
        subject.text("kind") == "ServiceAccount" or (subject.text("name") or "").startswith(PROGRAM_PREFIXES)
        for subject in binding.each("subjects")
    )


def is_bound(role: Resource, binding: Resource) -> bool:
    """Return True if a binding refers to a role, or to the role that a patch changes.

    Kind, name and cluster must be equal, and for a Role the namespace too.
    """
    role_kind = role.type.rpartition(":")[2].removesuffix("Patch")
    return (
        cluster_of(role) == cluster_of(binding)
        and binding["roleRef.kind"] == role_kind
        and binding["roleRef.name"] == role["metadata.name"]
        and (role_kind == "ClusterRole" or binding["metadata.namespace"] == role["metadata.namespace"])
    )

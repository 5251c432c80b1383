"""RBAC: no role that leads to other permissions, and no binding to everyone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from policy_packs.kernel.registry import Findings, ResourceRule, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Fields, Resource
from policy_packs.security.kubernetes_types import cluster_of, with_patches

RBAC = "rbac.authorization.k8s.io"
CLUSTER_ROLE = f"kubernetes:{RBAC}/v1:ClusterRole"
ROLES = (f"kubernetes:{RBAC}/v1:Role", CLUSTER_ROLE)
ROLES_AND_PATCHES = (*ROLES, *(f"{role}Patch" for role in ROLES))
BINDINGS = (f"kubernetes:{RBAC}/v1:RoleBinding", f"kubernetes:{RBAC}/v1:ClusterRoleBinding")
BINDINGS_AND_PATCHES = (*BINDINGS, *(f"{binding}Patch" for binding in BINDINGS))
SERVICE_ACCOUNT = "kubernetes:core/v1:ServiceAccount"
BUILT_IN_ADMIN_ROLES = frozenset({"cluster-admin", "admin", "edit"})
"""Built-in Kubernetes roles that can read Secrets and act as any service account of a namespace."""
EVERYONE_GROUPS = frozenset(
    {"system:anonymous", "system:unauthenticated", "system:authenticated", "system:serviceaccounts"}
)
MASTERS = "system:masters"
WRITE_VERBS = ("create", "update", "patch", "delete", "deletecollection")
AGGREGATE_TO = "/aggregate-to-"
"""Part of a label that adds a role to an aggregated role, such as the built-in roles admin, edit and view."""
PROGRAM_PREFIXES = ("system:serviceaccount", "system:node")
"""Name prefixes of users and groups that are not people."""


@dataclass(frozen=True)
class Permission:
    """Permission that a rule forbids: any of the verbs on any of the resources."""

    verbs: Collection[str]
    groups: Collection[str]
    resources: Collection[str]
    alternative: str
    """Advice on what to grant instead, as a sentence."""


def grants(grant: Fields, permission: Permission) -> bool:
    """Return True if one entry of a role's rules grants a permission.

    A `*` stands for everything.
    """
    return (
        _matches_any(grant.texts("verbs"), permission.verbs)
        and _matches_any(grant.texts("apiGroups"), permission.groups)
        and (
            _matches_any(grant.texts("resources"), permission.resources)
            or _matches_subresource(grant.texts("resources"), permission.resources)
            or _matches_user_extra(grant.texts("resources"), permission.resources)
        )
    )


def _matches_any(granted: Sequence[str], names: Collection[str]) -> bool:
    return any(name == "*" or name in names for name in granted)


def _matches_subresource(granted: Sequence[str], names: Collection[str]) -> bool:
    """Return True if a wildcard such as `*/exec` matches one of the names.

    `*/exec` is the subresource `exec` of every resource.
    """
    return any(f"*/{name.partition('/')[2]}" in granted for name in names if "/" in name)


def _matches_user_extra(granted: Sequence[str], names: Collection[str]) -> bool:
    """Return True if a field such as `userextras/scopes` is granted.

    It counts only if `userextras` is among the names.
    """
    return "userextras" in names and any(name.startswith("userextras/") for name in granted)


def granting_entries(role: Resource, permission: Permission) -> Findings:
    """Yield a finding for each entry of a role's rules that grants a permission."""
    for grant in role.each("rules"):
        if grants(grant, permission):
            allowed = f"{', '.join(grant.texts('verbs'))} on {', '.join(grant.texts('resources'))}"
            yield f"A rule allows {allowed}. {permission.alternative}"


def _forbidden_permission(
    name: str, rationale: str, permission: Permission, covers: Sequence[str] = (), severity: Severity = Severity.HIGH
) -> ResourceRule:
    """Return a rule that forbids roles that grant a permission."""

    def check(role: Resource) -> Findings:
        return granting_entries(role, permission)

    check.__doc__ = rationale
    return rule(name, on=ROLES_AND_PATCHES, covers=covers, severity=severity)(check)


EXEC = Permission(("create", "get"), ("",), ("pods/exec", "pods/attach"), "")

reading_secrets = _forbidden_permission(
    "k8s-roles-must-not-read-secrets",
    (
        "Anyone who reads Secrets through the API can act as every application of the namespace. Pods "
        "mount the Secret that they need."
    ),
    Permission(("get", "list", "watch"), ("",), ("secrets",), "Let pods mount the Secret that they need."),
    covers=["CIS-EKS 4.1.2", "CKV2_K8S_5"],
    severity=Severity.CRITICAL,
)
bare_pods = _forbidden_permission(
    "k8s-roles-must-not-create-pods",
    "Anyone who can create pods can run them as any service account of the namespace and mount any of its Secrets.",
    Permission(("create",), ("",), ("pods",), "Allow changes to workloads such as Deployments, which create the pods."),
    covers=["CIS-EKS 4.1.4"],
)
binding_or_escalating = _forbidden_permission(
    "k8s-roles-must-not-bind-or-escalate",
    "The verbs bind and escalate let their holder grant permissions that the holder does not have.",
    Permission(
        ("bind", "escalate"),
        (RBAC,),
        ("roles", "clusterroles", "rolebindings", "clusterrolebindings"),
        "Leave roles to this program.",
    ),
    covers=["CKV_K8S_157", "CKV_K8S_158", "CIS-EKS 4.1.8"],
    severity=Severity.CRITICAL,
)
impersonation = _forbidden_permission(
    "k8s-roles-must-not-impersonate",
    "Impersonation gives access to every identity, and the audit log then names the wrong person.",
    Permission(
        ("impersonate",),
        ("", "authentication.k8s.io"),
        ("users", "groups", "serviceaccounts", "uids", "userextras"),
        "Grant the permissions that the impersonated identity has.",
    ),
    covers=["CKV2_K8S_3", "CIS-EKS 4.1.8"],
    severity=Severity.CRITICAL,
)
role_changes = _forbidden_permission(
    "k8s-roles-must-not-change-roles",
    "This program defines all roles. A change by other means bypasses the program's review.",
    Permission(
        WRITE_VERBS,
        (RBAC,),
        ("roles", "clusterroles", "rolebindings", "clusterrolebindings"),
        "Leave roles to this program.",
    ),
    covers=["CKV2_K8S_1"],
)
changing_admission = _forbidden_permission(
    "k8s-roles-must-not-change-admission",
    "Anyone who can change admission webhooks and policies can read and alter every request to the API server.",
    Permission(
        WRITE_VERBS,
        ("admissionregistration.k8s.io",),
        (
            "validatingwebhookconfigurations",
            "mutatingwebhookconfigurations",
            "validatingadmissionpolicies",
            "validatingadmissionpolicybindings",
        ),
        "Let only this program change admission.",
    ),
    covers=["CKV_K8S_155"],
    severity=Severity.CRITICAL,
)
approving_certificates = _forbidden_permission(
    "k8s-roles-must-not-approve-certificates",
    "Anyone who can approve certificate requests can create an identity with any name and almost any group.",
    Permission(
        ("update", "patch", "approve", "sign"),
        ("certificates.k8s.io",),
        ("certificatesigningrequests/approval", "signers"),
        "Leave approval to the control plane.",
    ),
    covers=["CKV_K8S_156"],
    severity=Severity.CRITICAL,
)
creating_tokens = _forbidden_permission(
    "k8s-roles-must-not-make-tokens",
    "Anyone who holds a service account's token has the account's permissions, even outside the cluster.",
    Permission(("create",), ("",), ("serviceaccounts/token",), "Let pods mount a projected token of their account."),
)
node_proxy = _forbidden_permission(
    "k8s-roles-must-not-proxy-nodes",
    "Through the node proxy, the kubelet runs commands in any pod of its node without a record in the audit log.",
    Permission(("get", "create", *WRITE_VERBS[1:]), ("",), ("nodes/proxy",), "Read metrics through the metrics API."),
    covers=["CKV2_K8S_2"],
    severity=Severity.CRITICAL,
)
service_status = _forbidden_permission(
    "k8s-roles-must-not-change-service-status",
    "A Service intercepts traffic to the addresses in its status (CVE-2020-8554, which will not be fixed).",
    Permission(("update", "patch"), ("",), ("services/status",), "Leave the status to the load balancer's controller."),
    covers=["CKV2_K8S_4"],
)
creating_volumes = _forbidden_permission(
    "k8s-roles-must-not-create-volumes",
    "A persistent volume can be any path of a node, and Pod Security does not check it.",
    Permission(
        ("create",), ("",), ("persistentvolumes",), "Use claims, and let storage classes provision the volumes."
    ),
)


@rule("k8s-roles-must-not-use-wildcards", on=ROLES_AND_PATCHES, covers=["CKV_K8S_49", "CIS-EKS 4.1.3"])
def wildcards(role: Resource) -> Findings:
    """A `*` also allows the verbs, groups and resources that later versions of Kubernetes add."""
    for grant in role.each("rules"):
        for key in ("verbs", "apiGroups", "resources"):
            if "*" in grant.texts(key):
                yield f"A rule has '*' in {key}. List the {key} that are needed."


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
    if role in BUILT_IN_ADMIN_ROLES:
        yield f"The binding grants the built-in role {role}. Bind a role with the verbs that are needed."
    for subject in binding.each("subjects"):
        if subject.text("name") == MASTERS:
            yield f"The binding names {MASTERS}, whose members bypass RBAC. Bind a group with limited permissions."


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


@stack_rule("k8s-service-accounts-must-not-exec", covers=["CKV2_K8S_2"])
def programs_with_exec(stack: Stack) -> StackFindings:
    """A shell in a pod has that pod's identity. People need a shell during an incident, but programs never do."""
    roles = [role for role in stack.of_type(*ROLES) if any(grants(grant, EXEC) for grant in role.each("rules"))]
    for binding in stack.of_type(*BINDINGS):
        if _binds_program(binding) and any(_is_bound(role, binding) for role in roles):
            yield (
                binding,
                (
                    f"{binding.name} lets a service account or a node open a shell in pods. Bind a role without "
                    "pods/exec and pods/attach."
                ),
            )


def _binds_program(binding: Resource) -> bool:
    return any(
        subject.text("kind") == "ServiceAccount" or (subject.text("name") or "").startswith(PROGRAM_PREFIXES)
        for subject in binding.each("subjects")
    )


def _is_bound(role: Resource, binding: Resource) -> bool:
    """Return True if a binding refers to a role.

    Kind, name and cluster must be equal, and for a Role the namespace too.
    """
    role_kind = role.type.rpartition(":")[2]
    return (
        cluster_of(role) == cluster_of(binding)
        and binding["roleRef.kind"] == role_kind
        and binding["roleRef.name"] == role["metadata.name"]
        and (role_kind == "ClusterRole" or binding["metadata.namespace"] == role["metadata.namespace"])
    )

"""RBAC: no role that leads to other roles, and no binding to everybody."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from policy_packs.kernel.registry import Findings, ResourceRule, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Fields, Resource
from policy_packs.security.kubernetes_types import cluster_of

RBAC = "rbac.authorization.k8s.io"
ROLES = (f"kubernetes:{RBAC}/v1:Role", f"kubernetes:{RBAC}/v1:ClusterRole")
ROLES_AND_PATCHES = (*ROLES, *(f"{kind}Patch" for kind in ROLES))
BINDINGS = (f"kubernetes:{RBAC}/v1:RoleBinding", f"kubernetes:{RBAC}/v1:ClusterRoleBinding")
BINDINGS_AND_PATCHES = (*BINDINGS, *(f"{kind}Patch" for kind in BINDINGS))
SERVICE_ACCOUNT = "kubernetes:core/v1:ServiceAccount"
BUILT_IN_ADMIN_ROLES = frozenset({"cluster-admin", "admin", "edit"})
"""Roles that Kubernetes brings along, each of which reads Secrets and acts as any account of its namespace."""
EVERYONE_GROUPS = frozenset(
    {"system:anonymous", "system:unauthenticated", "system:authenticated", "system:serviceaccounts"}
)
MASTERS = "system:masters"
WRITE_VERBS = ("create", "update", "patch", "delete", "deletecollection")
PROGRAM_PREFIXES = ("system:serviceaccount", "system:node")
"""How the names of users and groups begin that are no people."""


@dataclass(frozen=True)
class Permission:
    """Something that a role can allow, of which any one verb on any one resource is enough."""

    verbs: Collection[str]
    groups: Collection[str]
    resources: Collection[str]
    otherwise: str
    """What to do instead."""


def grants(grant: Fields, power: Permission) -> bool:
    """Whether one entry of a role's rules grants a power; a `*` anywhere stands for everything."""
    return (
        _matches_any(grant.texts("verbs"), power.verbs)
        and _matches_any(grant.texts("apiGroups"), power.groups)
        and (
            _matches_any(grant.texts("resources"), power.resources)
            or _matches_subresource(grant.texts("resources"), power.resources)
        )
    )


def _matches_any(given: Sequence[str], wanted: Collection[str]) -> bool:
    return any(each == "*" or each in wanted for each in given)


def _matches_subresource(given: Sequence[str], wanted: Collection[str]) -> bool:
    """`*/exec` is the subresource of every resource."""
    return any(f"*/{each.partition('/')[2]}" in given for each in wanted if "/" in each)


def granting_entries(role: Resource, power: Permission) -> Findings:
    """A sentence for each entry of a role's rules that grants a power."""
    for grant in role.each("rules"):
        if grants(grant, power):
            may = f"{', '.join(grant.texts('verbs'))} on {', '.join(grant.texts('resources'))}"
            yield f"allows {may}; {power.otherwise}"


def _forbidden_permission(
    name: str, why: str, power: Permission, covers: Sequence[str] = (), severity: Severity = Severity.HIGH
) -> ResourceRule:
    """The rule that no role has a power."""

    def check(role: Resource) -> Findings:
        return granting_entries(role, power)

    check.__doc__ = why
    return rule(name, on=ROLES_AND_PATCHES, covers=covers, severity=severity)(check)


EXEC = Permission(("create", "get"), ("",), ("pods/exec", "pods/attach"), "")
reading_secrets = _forbidden_permission(
    "k8s-roles-must-not-read-secrets",
    "Whoever reads Secrets through the API is every application of the namespace; pods mount the one they need.",
    Permission(("get", "list", "watch"), ("",), ("secrets",), "have pods mount the Secret they need"),
    covers=["CIS-EKS 4.1.2", "CKV2_K8S_5"],
    severity=Severity.CRITICAL,
)
bare_pods = _forbidden_permission(
    "k8s-roles-must-not-create-pods",
    "A pod of one's own choosing runs as any account of the namespace and mounts any of its Secrets.",
    Permission(("create",), ("",), ("pods",), "allow to change the workloads that make pods"),
    covers=["CIS-EKS 4.1.4"],
)
binding_or_escalating = _forbidden_permission(
    "k8s-roles-must-not-bind-or-escalate",
    "These two verbs exist to hand out rights that one does not have.",
    Permission(
        ("bind", "escalate"),
        (RBAC,),
        ("roles", "clusterroles", "rolebindings", "clusterrolebindings"),
        "leave roles to this program",
    ),
    covers=["CKV_K8S_157", "CKV_K8S_158", "CIS-EKS 4.1.8"],
    severity=Severity.CRITICAL,
)
impersonation = _forbidden_permission(
    "k8s-roles-must-not-impersonate",
    "Whoever may act as another is everybody, and the audit log names the wrong one.",
    Permission(
        ("impersonate",),
        ("", "authentication.k8s.io"),
        ("users", "groups", "serviceaccounts", "uids", "userextras"),
        "give the right itself",
    ),
    covers=["CKV2_K8S_3", "CIS-EKS 4.1.8"],
    severity=Severity.CRITICAL,
)
role_changes = _forbidden_permission(
    "k8s-roles-must-not-change-roles",
    "Roles are what this program says they are; a second way to change them is a way round its review.",
    Permission(
        WRITE_VERBS,
        (RBAC,),
        ("roles", "clusterroles", "rolebindings", "clusterrolebindings"),
        "leave roles to this program",
    ),
    covers=["CKV2_K8S_1"],
)
changing_admission = _forbidden_permission(
    "k8s-roles-must-not-change-admission",
    "Who changes admission sees and alters everything that is sent to the API server, or lets everything in.",
    Permission(
        WRITE_VERBS,
        ("admissionregistration.k8s.io",),
        (
            "validatingwebhookconfigurations",
            "mutatingwebhookconfigurations",
            "validatingadmissionpolicies",
            "validatingadmissionpolicybindings",
        ),
        "leave admission to this program",
    ),
    covers=["CKV_K8S_155"],
    severity=Severity.CRITICAL,
)
approving_certificates = _forbidden_permission(
    "k8s-roles-must-not-approve-certificates",
    "An approved certificate request is a new identity, of any name and with any group.",
    Permission(
        ("update", "patch", "approve", "sign"),
        ("certificates.k8s.io",),
        ("certificatesigningrequests/approval", "signers"),
        "leave approval to the control plane",
    ),
    covers=["CKV_K8S_156"],
    severity=Severity.CRITICAL,
)
creating_tokens = _forbidden_permission(
    "k8s-roles-must-not-make-tokens",
    "A token of an account is that account, outside the cluster too.",
    Permission(("create",), ("",), ("serviceaccounts/token",), "have pods project a token of their own account"),
)
node_proxy = _forbidden_permission(
    "k8s-roles-must-not-proxy-nodes",
    "The kubelet runs commands in any pod of its node for whoever reaches it, and no audit log sees them.",
    Permission(("get", "create", *WRITE_VERBS[1:]), ("",), ("nodes/proxy",), "read metrics through the metrics API"),
    covers=["CKV2_K8S_2"],
    severity=Severity.CRITICAL,
)
service_status = _forbidden_permission(
    "k8s-roles-must-not-change-service-status",
    "The status of a Service names addresses whose traffic it takes (CVE-2020-8554, which is not going to be mended).",
    Permission(("update", "patch"), ("",), ("services/status",), "leave it to the load balancer's controller"),
    covers=["CKV2_K8S_4"],
)
creating_volumes = _forbidden_permission(
    "k8s-roles-must-not-create-volumes",
    "A persistent volume can be any path of a node, whatever Pod Security says about pods.",
    Permission(("create",), ("",), ("persistentvolumes",), "use claims, which storage classes answer"),
)


@rule("k8s-roles-must-not-use-wildcards", on=ROLES_AND_PATCHES, covers=["CKV_K8S_49", "CIS-EKS 4.1.3"])
def wildcards(role: Resource) -> Findings:
    """A `*` also allows what Kubernetes learns to do next year."""
    for grant in role.each("rules"):
        for key in ("verbs", "apiGroups", "resources"):
            if "*" in grant.texts(key):
                yield f"rules have '*' in {key}; name each one that is needed"


@rule(
    "k8s-bindings-must-not-grant-admin", on=BINDINGS_AND_PATCHES, covers=["CIS-EKS 4.1.1"], severity=Severity.CRITICAL
)
def administrators(binding: Resource) -> Findings:
    """The cluster's administrator is whom EKS's access entries name; roles for people and pods are written out."""
    role = binding.text("roleRef.name")
    if role in BUILT_IN_ADMIN_ROLES:
        yield f"grants the built-in role {role}; bind a role with the verbs that are needed"
    for subject in binding.each("subjects"):
        if subject.text("name") == MASTERS:
            yield f"binds {MASTERS}, whom nothing can be denied; bind a group of people"


@rule("k8s-bindings-must-not-name-everybody", on=BINDINGS_AND_PATCHES, severity=Severity.CRITICAL)
def bound_to_everybody(binding: Resource) -> Findings:
    """Groups that everybody is in turn a role into a public service."""
    for subject in binding.each("subjects"):
        if subject.text("name") in EVERYONE_GROUPS:
            yield f"binds {subject.text('name')}, which is everybody; bind a group or an account"


@rule("k8s-bindings-must-not-name-default-accounts", on=BINDINGS_AND_PATCHES, covers=["CKV_K8S_42", "CIS-EKS 4.1.5"])
def default_accounts(binding: Resource) -> Findings:
    """Every pod that names no account is the default one, and has what that is bound to."""
    for subject in binding.each("subjects"):
        if subject.text("kind") == "ServiceAccount" and subject.text("name") == "default":
            yield "binds a default service account; bind an account of the workload's own"


@rule("k8s-service-accounts-must-not-mount-tokens", on=SERVICE_ACCOUNT, covers=["CKV_K8S_41", "CIS-EKS 4.1.6"])
def account_tokens(account: Resource) -> Findings:
    """An account hands out its token where a pod asks for it, not to every pod that forgot to refuse."""
    if account.flag("automountServiceAccountToken") is not False:
        yield "mounts its token into every pod; set automountServiceAccountToken to false"


@stack_rule("k8s-service-accounts-must-not-exec", covers=["CKV2_K8S_2"])
def programs_with_exec(stack: Stack) -> StackFindings:
    """A shell in any pod is that pod's identity: people have it for an incident, programs never."""
    able = [role for role in stack.of_type(*ROLES) if any(grants(grant, EXEC) for grant in role.each("rules"))]
    for binding in stack.of_type(*BINDINGS):
        if _binds_program(binding) and any(_is_bound(role, binding) for role in able):
            yield (
                binding,
                f"{binding.name} lets an account or a node open a shell in pods; bind a role without pods/exec",
            )


def _binds_program(binding: Resource) -> bool:
    return any(
        subject.text("kind") == "ServiceAccount" or (subject.text("name") or "").startswith(PROGRAM_PREFIXES)
        for subject in binding.each("subjects")
    )


def _is_bound(role: Resource, binding: Resource) -> bool:
    """Whether a binding is to this role: of that kind and name, in the same cluster and, for a Role, namespace."""
    kind = role.type.rpartition(":")[2]
    return (
        cluster_of(role) == cluster_of(binding)
        and binding["roleRef.kind"] == kind
        and binding["roleRef.name"] == role["metadata.name"]
        and (kind == "ClusterRole" or binding["metadata.namespace"] == role["metadata.namespace"])
    )

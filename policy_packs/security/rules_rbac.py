"""Who may do what in a cluster: no role holds the keys to other roles, and nothing is bound to everybody."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from policy_packs.kernel.registry import Findings, Rule, Severity, rule
from policy_packs.kernel.resource import Fields, Resource

RBAC = "rbac.authorization.k8s.io"
WHOLE_ROLES = (f"kubernetes:{RBAC}/v1:Role", f"kubernetes:{RBAC}/v1:ClusterRole")
ROLES = (*WHOLE_ROLES, *(f"{kind}Patch" for kind in WHOLE_ROLES))
WHOLE_BINDINGS = (f"kubernetes:{RBAC}/v1:RoleBinding", f"kubernetes:{RBAC}/v1:ClusterRoleBinding")
BINDINGS = (*WHOLE_BINDINGS, *(f"{kind}Patch" for kind in WHOLE_BINDINGS))
ACCOUNT = "kubernetes:core/v1:ServiceAccount"
CLUSTER = "aws:eks/cluster:Cluster"
ALMIGHTY = frozenset({"cluster-admin", "admin", "edit"})
"""Roles that Kubernetes brings along, each of which reads Secrets and acts as any account of its namespace."""
EVERYBODY = frozenset({"system:anonymous", "system:unauthenticated", "system:authenticated", "system:serviceaccounts"})
MASTERS = "system:masters"
CHANGES = ("create", "update", "patch", "delete", "deletecollection")


@dataclass(frozen=True)
class Power:
    """Something that a role can allow, of which any one verb on any one resource is enough."""

    verbs: Collection[str]
    groups: Collection[str]
    resources: Collection[str]
    otherwise: str
    """What to do instead."""


def allows(grant: Fields, power: Power) -> bool:
    """Whether one entry of a role's rules grants a power; a `*` anywhere stands for everything."""
    return (
        _any(grant.texts("verbs"), power.verbs)
        and _any(grant.texts("apiGroups"), power.groups)
        and (_any(grant.texts("resources"), power.resources) or _any_part(grant.texts("resources"), power.resources))
    )


def _any(given: Sequence[str], wanted: Collection[str]) -> bool:
    return any(each == "*" or each in wanted for each in given)


def _any_part(given: Sequence[str], wanted: Collection[str]) -> bool:
    """`*/exec` is the subresource of every resource."""
    return any(f"*/{each.partition('/')[2]}" in given for each in wanted if "/" in each)


def granting(role: Resource, power: Power) -> Findings:
    """A sentence for each entry of a role's rules that grants a power."""
    for grant in role.each("rules"):
        if allows(grant, power):
            may = f"{', '.join(grant.texts('verbs'))} on {', '.join(grant.texts('resources'))}"
            yield f"allows {may}; {power.otherwise}"


def _never(name: str, why: str, power: Power, covers: Sequence[str] = (), severity: Severity = Severity.HIGH) -> Rule:
    """The rule that no role has a power."""

    def check(role: Resource) -> Findings:
        return granting(role, power)

    check.__doc__ = why
    return rule(name, on=ROLES, covers=covers, severity=severity)(check)


secrets = _never(
    "k8s-roles-must-not-read-secrets",
    "Whoever reads Secrets through the API is every application of the namespace; pods mount the one they need.",
    Power(("get", "list", "watch"), ("",), ("secrets",), "have pods mount the Secret they need"),
    covers=["CIS-EKS 4.1.2", "CKV2_K8S_5"],
    severity=Severity.CRITICAL,
)
bare_pods = _never(
    "k8s-roles-must-not-create-pods",
    "A pod of one's own choosing runs as any account of the namespace and mounts any of its Secrets.",
    Power(("create",), ("",), ("pods",), "allow to change the workloads that make pods"),
    covers=["CIS-EKS 4.1.4"],
)
binding = _never(
    "k8s-roles-must-not-bind-or-escalate",
    "These two verbs exist to hand out rights that one does not have.",
    Power(
        ("bind", "escalate"),
        (RBAC,),
        ("roles", "clusterroles", "rolebindings", "clusterrolebindings"),
        "leave roles to this program",
    ),
    covers=["CKV_K8S_157", "CKV_K8S_158", "CIS-EKS 4.1.8"],
    severity=Severity.CRITICAL,
)
impersonation = _never(
    "k8s-roles-must-not-impersonate",
    "Whoever may act as another is everybody, and the audit log names the wrong one.",
    Power(
        ("impersonate",),
        ("", "authentication.k8s.io"),
        ("users", "groups", "serviceaccounts", "uids", "userextras"),
        "give the right itself",
    ),
    covers=["CKV2_K8S_3", "CIS-EKS 4.1.8"],
    severity=Severity.CRITICAL,
)
role_changes = _never(
    "k8s-roles-must-not-change-roles",
    "Roles are what this program says they are; a second way to change them is a way round its review.",
    Power(
        CHANGES,
        (RBAC,),
        ("roles", "clusterroles", "rolebindings", "clusterrolebindings"),
        "leave roles to this program",
    ),
    covers=["CKV2_K8S_1"],
)
admission = _never(
    "k8s-roles-must-not-change-admission",
    "Who changes admission sees and alters everything that is sent to the API server, or lets everything in.",
    Power(
        CHANGES,
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
certificates = _never(
    "k8s-roles-must-not-approve-certificates",
    "An approved certificate request is a new identity, of any name and with any group.",
    Power(
        ("update", "patch", "approve", "sign"),
        ("certificates.k8s.io",),
        ("certificatesigningrequests/approval", "signers"),
        "leave approval to the control plane",
    ),
    covers=["CKV_K8S_156"],
    severity=Severity.CRITICAL,
)
tokens = _never(
    "k8s-roles-must-not-make-tokens",
    "A token of an account is that account, outside the cluster too.",
    Power(("create",), ("",), ("serviceaccounts/token",), "have pods project a token of their own account"),
)
node_proxy = _never(
    "k8s-roles-must-not-proxy-nodes",
    "The kubelet runs commands in any pod of its node for whoever reaches it, and no audit log sees them.",
    Power(("get", "create", *CHANGES[1:]), ("",), ("nodes/proxy",), "read metrics through the metrics API"),
    covers=["CKV2_K8S_2"],
    severity=Severity.CRITICAL,
)
service_status = _never(
    "k8s-roles-must-not-change-service-status",
    "The status of a Service names addresses whose traffic it takes (CVE-2020-8554, which is not going to be mended).",
    Power(("update", "patch"), ("",), ("services/status",), "leave it to the load balancer's controller"),
    covers=["CKV2_K8S_4"],
)
volumes = _never(
    "k8s-roles-must-not-create-volumes",
    "A persistent volume can be any path of a node, whatever Pod Security says about pods.",
    Power(("create",), ("",), ("persistentvolumes",), "use claims, which storage classes answer"),
)


@rule("k8s-roles-must-not-use-wildcards", on=ROLES, covers=["CKV_K8S_49", "CIS-EKS 4.1.3"])
def wildcards(role: Resource) -> Findings:
    """A `*` also allows what Kubernetes learns to do next year."""
    for grant in role.each("rules"):
        for key in ("verbs", "apiGroups", "resources"):
            if "*" in grant.texts(key):
                yield f"rules have '*' in {key}; name each one that is needed"


@rule("k8s-bindings-must-not-grant-admin", on=BINDINGS, covers=["CIS-EKS 4.1.1"], severity=Severity.CRITICAL)
def administrators(binding: Resource) -> Findings:
    """The cluster's administrator is whom EKS's access entries name; roles for people and pods are written out."""
    role = binding.text("roleRef.name")
    if role in ALMIGHTY:
        yield f"grants the built-in role {role}; bind a role with the verbs that are needed"
    for subject in binding.each("subjects"):
        if subject.text("name") == MASTERS:
            yield f"binds {MASTERS}, whom nothing can be denied; bind a group of people"


@rule("k8s-bindings-must-not-name-everybody", on=BINDINGS, severity=Severity.CRITICAL)
def everybody(binding: Resource) -> Findings:
    """Groups that everybody is in turn a role into a public service."""
    for subject in binding.each("subjects"):
        if subject.text("name") in EVERYBODY:
            yield f"binds {subject.text('name')}, which is everybody; bind a group or an account"


@rule("k8s-bindings-must-not-name-default-accounts", on=BINDINGS, covers=["CKV_K8S_42", "CIS-EKS 4.1.5"])
def default_accounts(binding: Resource) -> Findings:
    """Every pod that names no account is the default one, and has what that is bound to."""
    for subject in binding.each("subjects"):
        if subject.text("kind") == "ServiceAccount" and subject.text("name") == "default":
            yield "binds a default service account; bind an account of the workload's own"


@rule("k8s-service-accounts-must-not-mount-tokens", on=ACCOUNT, covers=["CKV_K8S_41", "CIS-EKS 4.1.6"])
def account_tokens(account: Resource) -> Findings:
    """An account hands out its token where a pod asks for it, not to every pod that forgot to refuse."""
    if account.flag("automountServiceAccountToken") is not False:
        yield "mounts its token into every pod; set automountServiceAccountToken to false"


@rule("eks-must-use-access-entries", on=CLUSTER, covers=["CIS-EKS 4.1.7"])
def access_entries(cluster: Resource) -> Findings:
    """The aws-auth ConfigMap makes an administrator of whoever may edit it, and AWS does not log it."""
    mode = cluster.text("accessConfig.authenticationMode")
    if mode != "API":
        yield f"authentication mode is {mode or 'CONFIG_MAP'}; set access_config.authentication_mode to API"

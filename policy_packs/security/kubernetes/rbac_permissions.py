"""Dangerous permissions of RBAC roles, each with the reason.

Sources: Kubernetes documentation ("Role Based Access Control Good Practices", "Kubelet authentication/authorization")
and the API references of the custom resources.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from policy_packs.kernel.context import NAMES, Context, Tightening, by_environment, reviewed_names
from policy_packs.kernel.registry import Findings, ResourceRule, Severity, rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.rbac_grants import RBAC, ROLES_AND_PATCHES, WRITE_VERBS, Permission, granting_entries

SHELL = Permission(
    ("create", "get"),
    ("",),
    ("pods/exec", "pods/attach", "pods/portforward"),
    "Grant it only to a role of people that the setting `roles` names.",
)
DEBUG = Permission(
    ("update", "patch"),
    ("",),
    ("pods/ephemeralcontainers",),
    "Use a shell in the pod's own container, or an environment without real records.",
)


@dataclass(frozen=True, kw_only=True)
class PermissionRule(ResourceRule):
    """Rule that forbids one permission."""

    permission: Permission


def forbidden_permission(
    name: str, rationale: str, permission: Permission, covers: Sequence[str] = (), severity: Severity = Severity.HIGH
) -> PermissionRule:
    """Return a rule that forbids roles that grant a permission."""

    def check(role: Resource) -> Findings:
        return granting_entries(role, permission)

    check.__doc__ = rationale
    declared = rule(name, on=ROLES_AND_PATCHES, covers=covers, severity=severity)(check)
    return PermissionRule(**vars(declared), permission=permission)


reading_secrets = forbidden_permission(
    "k8s-roles-must-not-read-secrets",
    (
        "Anyone who reads Secrets through the API can act as every application of the namespace. Pods "
        "mount the Secret that they need."
    ),
    Permission(("get", "list", "watch"), ("",), ("secrets",), "Let pods mount the Secret that they need."),
    covers=["CIS-EKS 4.1.2", "CKV2_K8S_5"],
    severity=Severity.CRITICAL,
)
bare_pods = forbidden_permission(
    "k8s-roles-must-not-create-pods",
    "Anyone who can create pods can run them as any service account of the namespace and mount any of its Secrets.",
    Permission(("create",), ("",), ("pods",), "Allow changes to workloads such as Deployments, which create the pods."),
    covers=["CIS-EKS 4.1.4"],
)
binding_or_escalating = forbidden_permission(
    "k8s-roles-must-not-bind-or-escalate",
    "The verbs bind and escalate let their holder grant permissions that the holder does not have.",
    Permission(
        ("bind", "escalate"),
        (RBAC,),
        ("roles", "clusterroles", "rolebindings", "clusterrolebindings"),
        "Leave roles to the Pulumi program.",
    ),
    covers=["CKV_K8S_157", "CKV_K8S_158", "CIS-EKS 4.1.8"],
    severity=Severity.CRITICAL,
)
impersonation = forbidden_permission(
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
role_changes = forbidden_permission(
    "k8s-roles-must-not-change-roles",
    "This program defines all roles. A change by other means bypasses the program's review.",
    Permission(
        WRITE_VERBS,
        (RBAC,),
        ("roles", "clusterroles", "rolebindings", "clusterrolebindings"),
        "Leave roles to the Pulumi program.",
    ),
    covers=["CKV2_K8S_1"],
)
changing_admission = forbidden_permission(
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
            "mutatingadmissionpolicies",
            "mutatingadmissionpolicybindings",
        ),
        "Let only the Pulumi program change admission.",
    ),
    covers=["CKV_K8S_155"],
    severity=Severity.CRITICAL,
)
approving_certificates = forbidden_permission(
    "k8s-roles-must-not-approve-certificates",
    "Anyone who can approve certificate requests can create an identity with any name and almost any group.",
    Permission(
        ("create", "update", "patch", "approve", "sign"),
        ("certificates.k8s.io",),
        ("certificatesigningrequests/approval", "certificatesigningrequests/status", "clustertrustbundles", "signers"),
        "Leave approval to the control plane.",
    ),
    covers=["CKV_K8S_156"],
    severity=Severity.CRITICAL,
)
creating_tokens = forbidden_permission(
    "k8s-roles-must-not-make-tokens",
    "Anyone who holds a service account's token has the account's permissions, even outside the cluster.",
    Permission(("create",), ("",), ("serviceaccounts/token",), "Let pods mount a projected token of their account."),
)
node_proxy = forbidden_permission(
    "k8s-roles-must-not-proxy-nodes",
    "Through the node proxy, the kubelet runs commands in any pod of its node without a record in the audit log.",
    Permission(
        ("get", *WRITE_VERBS),
        ("",),
        ("nodes/proxy", "nodes/checkpoint", "nodes/log"),
        "Read metrics through the metrics API.",
    ),
    covers=["CKV2_K8S_2"],
    severity=Severity.CRITICAL,
)
service_status = forbidden_permission(
    "k8s-roles-must-not-change-service-status",
    "A Service intercepts traffic to the addresses in its status (CVE-2020-8554, which will not be fixed).",
    Permission(("update", "patch"), ("",), ("services/status",), "Leave the status to the load balancer's controller."),
    covers=["CKV2_K8S_4"],
)
changing_volumes = forbidden_permission(
    "k8s-roles-must-not-change-volumes",
    "A persistent volume can be any path of a node, which Pod Security does not check, or the data of another team.",
    Permission(
        WRITE_VERBS,
        ("",),
        ("persistentvolumes",),
        "Use claims, and let storage classes provision the volumes.",
    ),
)
changing_secrets = forbidden_permission(
    "k8s-roles-must-not-change-secrets",
    "The response to a patch contains the whole Secret, and a changed Secret replaces a key or certificate in use.",
    Permission(WRITE_VERBS, ("",), ("secrets",), "Store secrets in Vault."),
    severity=Severity.CRITICAL,
)
changing_pods = forbidden_permission(
    "k8s-roles-must-not-change-pods",
    "A change of a running pod can replace its image, and the new program has the pod's identity and files.",
    Permission(("update", "patch"), ("",), ("pods",), "Allow changes to workloads, whose pods are created anew."),
)
pod_proxy = forbidden_permission(
    "k8s-roles-must-not-proxy-pods",
    "The proxy of the API server reaches every port of a pod past the Ingress and its firewall.",
    Permission(
        ("get", *WRITE_VERBS),
        ("",),
        ("pods/proxy", "services/proxy"),
        "Use the service's Ingress, or pods/portforward for people.",
    ),
)
redirecting_services = forbidden_permission(
    "k8s-roles-must-not-redirect-services",
    "A Service sends requests to the addresses of its endpoints, wherever they are (CVE-2021-25740).",
    Permission(
        WRITE_VERBS,
        ("", "discovery.k8s.io"),
        ("endpoints", "endpointslices", "pods/status"),
        "Let selectors of Services choose the pods.",
    ),
)
changing_accounts = forbidden_permission(
    "k8s-roles-must-not-change-accounts",
    "EKS gives AWS roles to service accounts by name and by annotation, so a new account can get a role of another.",
    Permission(WRITE_VERBS, ("",), ("serviceaccounts",), "Leave service accounts to the Pulumi program."),
)
changing_namespaces = forbidden_permission(
    "k8s-roles-must-not-change-namespaces",
    "Labels of a namespace decide which Pod Security level and which admission policies apply to its pods.",
    Permission(WRITE_VERBS, ("",), ("namespaces", "namespaces/finalize"), "Leave namespaces to the Pulumi program."),
    severity=Severity.CRITICAL,
)
changing_nodes = forbidden_permission(
    "k8s-roles-must-not-change-nodes",
    "The API server opens shells and reads logs at the address in a node's status, and labels attract pods to a node.",
    Permission(WRITE_VERBS, ("",), ("nodes", "nodes/status"), "Leave nodes to EKS."),
    severity=Severity.CRITICAL,
)
changing_limits = forbidden_permission(
    "k8s-roles-must-not-change-limits",
    "Network policies and quotas limit what a team's pods may do, so the team must not change its own.",
    Permission(
        WRITE_VERBS,
        ("", "networking.k8s.io", "networking.k8s.aws"),
        ("networkpolicies", "policyendpoints", "resourcequotas", "limitranges"),
        "Leave them to the Pulumi program.",
    ),
)
extending_the_api = forbidden_permission(
    "k8s-roles-must-not-extend-the-api",
    "An API service or a conversion webhook receives the requests and objects of others.",
    Permission(
        WRITE_VERBS,
        ("apiextensions.k8s.io", "apiregistration.k8s.io"),
        ("customresourcedefinitions", "apiservices"),
        "Install API extensions with the add-on that needs them.",
    ),
    severity=Severity.CRITICAL,
)
changing_argo_cd = forbidden_permission(
    "k8s-roles-must-not-change-argocd",
    "Argo CD deploys what an Application names with its own permissions, and a project limits them.",
    Permission(
        WRITE_VERBS,
        ("argoproj.io",),
        ("applications", "applicationsets", "appprojects"),
        "Change them in the repository that Argo CD watches.",
    ),
    severity=Severity.CRITICAL,
)
changing_aws_networking = forbidden_permission(
    "k8s-roles-must-not-change-aws-networking",
    "These resources attach security groups to pods, and pods to load balancers and subnets.",
    Permission(
        WRITE_VERBS,
        ("crd.k8s.amazonaws.com", "elbv2.k8s.aws", "networking.k8s.io", "vpcresources.k8s.aws"),
        ("eniconfigs", "ingressclasses", "ingressclassparams", "securitygrouppolicies", "targetgroupbindings"),
        "Leave them to the Pulumi program.",
    ),
)


def _unless_reviewed(role: Resource, permission: Permission, reviewed: Collection[str]) -> Findings:
    if role.text("metadata.name") not in reviewed:
        yield from granting_entries(role, permission)


@rule(
    "k8s-roles-must-not-offer-shells",
    on=ROLES_AND_PATCHES,
    settings={
        "roles": reviewed_names(
            "Names of the roles of people who may open shells and forward ports", ["campus-developer", "campus-on-call"]
        )
    },
)
def shells(role: Resource, context: Context) -> Findings:
    """A shell or a forwarded port gives access to everything that the pod may read, so few roles may offer them."""
    yield from _unless_reviewed(role, SHELL, context.settings["roles"])


@rule(
    "k8s-roles-must-not-add-debug-containers",
    on=ROLES_AND_PATCHES,
    severity=Severity.CRITICAL,
    settings={
        "roles": by_environment(
            "Names of the roles of people who may add debug containers",
            NAMES,
            {
                "dev": ["campus-developer", "campus-on-call"],
                "staging": ["campus-developer", "campus-on-call"],
                "preprod": [],
                "prod": [],
            },
            Tightening.FEWER,
        )
    },
)
def debug_containers(role: Resource, context: Context) -> Findings:
    """A debug container brings its own tools and reads the memory of the pod, which may contain student records."""
    reviewed = context.settings["roles"][context.environment] if context.is_known_environment else ()
    yield from _unless_reviewed(role, DEBUG, reviewed)

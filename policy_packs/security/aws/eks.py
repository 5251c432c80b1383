"""EKS clusters and node groups."""

from policy_packs.kernel.context import Context, Setting, Tightening, reviewed_names
from policy_packs.kernel.registry import Findings, Level, Levels, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.aws.ec2_vpc import ROUTE
from policy_packs.security.cidr import is_internet
from policy_packs.security.levels import DELETION_PROTECTION
from policy_packs.security.property_rules import value_rule
from policy_packs.security.references import companions, source_urns

CLUSTER = "aws:eks/cluster:Cluster"
LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
FARGATE_PROFILE = "aws:eks/fargateProfile:FargateProfile"
ADDON = "aws:eks/addon:Addon"
SUBNET = "aws:ec2/subnet:Subnet"
ROUTE_TABLE = "aws:ec2/routeTable:RouteTable"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
INTERNET_GATEWAY = "aws:ec2/internetGateway:InternetGateway"
POD_IDENTITY_AGENT = "eks-pod-identity-agent"
NETWORK_PLUGIN = "vpc-cni"
# Amazon EKS User Guide, "Understand the Kubernetes version lifecycle": 1.31 left standard support in November 2025.
OLDEST_MINOR = 32

iam_authentication = value_rule(
    "eks-must-authenticate-with-iam",
    on=CLUSTER,
    path="accessConfig.authenticationMode",
    allowed=("API",),
    rationale="Access entries are reviewed, logged and revoked like other permissions. The aws-auth ConfigMap is not.",
    fix="Set access_config.authentication_mode to 'API', and add access entries.",
    covers=["CIS-EKS 5.5.1"],
)
no_creator_administrator = value_rule(
    "eks-creator-must-not-be-administrator",
    on=CLUSTER,
    path="accessConfig.bootstrapClusterCreatorAdminPermissions",
    allowed=(False,),
    rationale="The creator of a cluster would remain its administrator for ever, but no list of permissions shows it.",
    fix="Set bootstrap_cluster_creator_admin_permissions=False, and add an access entry.",
    severity=Severity.MEDIUM,
)
protected_from_deletion = value_rule(
    "eks-must-be-protected-from-deletion",
    on=CLUSTER,
    path="deletionProtection",
    allowed=(True,),
    rationale="One wrong name in one command must not delete every service of the platform.",
    fix="Set deletion_protection=True.",
    # Dev and staging are routinely destroyed and created again.
    level=DELETION_PROTECTION,
)
standard_support = value_rule(
    "eks-must-leave-versions-in-time",
    on=CLUSTER,
    path="upgradePolicy.supportType",
    allowed=("STANDARD",),
    rationale="Extended support costs six times as much. With STANDARD, AWS upgrades the cluster before it begins.",
    fix="Set upgrade_policy.support_type to 'STANDARD'.",
    severity=Severity.MEDIUM,
)


@rule(
    "eks-must-not-be-public",
    on=CLUSTER,
    covers=["CKV_AWS_38", "CIS-EKS 5.4.1"],
    severity=Severity.CRITICAL,
)
def not_public(cluster: Resource) -> Findings:
    """A control plane that the whole internet can reach is constantly attacked."""
    # By default AWS opens the endpoint to everyone.
    if cluster["vpcConfig.endpointPublicAccess"] is False:
        return
    cidrs = cluster.texts("vpcConfig.publicAccessCidrs") or ("0.0.0.0/0",)
    if open_to := [cidr for cidr in cidrs if is_internet(cidr)]:
        yield (
            f"The API endpoint is open to {', '.join(open_to)}. Set endpoint_public_access=False, or set "
            "public_access_cidrs to your own ranges."
        )


@rule("eks-must-encrypt-secrets", on=CLUSTER, covers=["CKV_AWS_58", "CIS-EKS 5.3.1"])
def encrypted_secrets(cluster: Resource) -> Findings:
    """Kubernetes Secrets are stored in etcd and its backups, so they need the environment's own key."""
    config = cluster.fields("encryptionConfig")
    if "secrets" not in config.texts("resources"):
        yield "Secrets are not encrypted with a customer-managed key. Set encryption_config for the resource 'secrets'."
    elif not config["provider.keyArn"]:
        yield "encryption_config names no key. Set provider.key_arn to the environment's cluster key."


@rule(
    "eks-must-log-control-plane",
    on=CLUSTER,
    covers=["CKV_AWS_37", "CIS-EKS 2.1.1"],
    severity=Severity.MEDIUM,
)
def control_plane_logs(cluster: Resource) -> Findings:
    """The audit log is the only record of an incident, and enabling it afterwards is too late."""
    enabled = cluster.texts("enabledClusterLogTypes")
    if missing := [log_type for log_type in LOG_TYPES if log_type not in enabled]:
        yield f"Control-plane logs are missing: {', '.join(missing)}. Enable all five in enabled_cluster_log_types."


@rule(
    "eks-endpoint-must-be-private",
    on=CLUSTER,
    covers=["CKV_AWS_39", "CIS-EKS 5.4.2"],
    # Developers reach dev and staging from named address ranges. eks-must-not-be-public keeps the internet out.
    level=Levels(dev=Level.ADVISORY, staging=Level.ADVISORY),
)
def private_endpoint(cluster: Resource) -> Findings:
    """Nodes and people reach the control plane inside the VPC, so it needs no public endpoint."""
    if cluster.flag("vpcConfig.endpointPublicAccess") is not False:
        yield "The API endpoint is public. Set endpoint_public_access=False."
    if cluster.flag("vpcConfig.endpointPrivateAccess") is not True:
        yield "Nodes reach the API endpoint over the internet only. Set endpoint_private_access=True."


@rule(
    "eks-must-run-supported-version",
    on=CLUSTER,
    covers=["CKV_AWS_339"],
    settings={
        "oldestMinor": Setting(
            {"type": "integer", "description": "Oldest minor version, such as 32 for Kubernetes 1.32"},
            OLDEST_MINOR,
            Tightening.HIGHER,
        )
    },
)
def supported_version(cluster: Resource, context: Context) -> Findings:
    """A version that is out of support gets no patches for known vulnerabilities."""
    version = cluster.text("version")
    oldest = context.settings["oldestMinor"]
    major, _, minor = (version or "").partition(".")
    if not (major == "1" and minor.isdecimal()):
        yield f"version is {version or 'not set'}. Set it to 1.{oldest} or newer."
    elif int(minor) < oldest:
        yield f"Version {version} is out of standard support. Set it to 1.{oldest} or newer."


@rule("eks-must-use-access-entries", on=CLUSTER, covers=["CIS-EKS 4.1.7"])
def access_entries(cluster: Resource) -> Findings:
    """Anyone who may edit the aws-auth ConfigMap can become an administrator, and CloudTrail does not record edits."""
    mode = cluster.text("accessConfig.authenticationMode")
    if mode != "API":
        yield f"authentication_mode is {mode or 'CONFIG_MAP'}. Set access_config.authentication_mode to API."


@rule(
    "eks-addons-must-be-reviewed",
    on=ADDON,
    settings={
        "addons": reviewed_names(
            "Names of the add-ons that were reviewed",
            [
                "aws-ebs-csi-driver",
                "coredns",
                "eks-pod-identity-agent",
                "kube-proxy",
                "metrics-server",
                "vpc-cni",
            ],
        )
    },
)
def reviewed_addons(addon: Resource, context: Context) -> Findings:
    """An add-on runs in the cluster with its own permissions, and vendors on AWS Marketplace also publish add-ons."""
    name = addon.text("addonName")
    if name not in context.settings["addons"]:
        yield (
            f"Add-on {name} was not reviewed. Remove it, or review its permissions and add its name to this rule's "
            "setting `addons`."
        )


@rule("eks-nodes-must-not-offer-ssh-to-all", on=NODE_GROUP, covers=["CKV_AWS_100"], severity=Severity.CRITICAL)
def node_ssh(group: Resource) -> Findings:
    """A key pair on a node group opens port 22 of every node to the internet unless security groups restrict it."""
    access = group.fields("remoteAccess")
    if access["ec2SshKey"] and not access.items("sourceSecurityGroupIds"):
        yield "remote_access has a key but no source_security_group_ids. Set them, or remove remote_access."


@stack_rule("eks-nodes-must-be-in-private-subnets", covers=["CIS-EKS 5.4.3"])
def private_nodes(stack: Stack) -> StackFindings:
    """Nodes hold the secrets of their pods, so they must not be reachable from the internet."""
    public = _public_subnets(stack)
    for group in stack.of_type(NODE_GROUP, FARGATE_PROFILE):
        for subnet in stack.of_type(SUBNET):
            if subnet.urn in group.property_dependencies.get("subnetIds", ()) and subnet.urn in public:
                yield (
                    group,
                    (
                        f"{group.name} has nodes in subnet {subnet.name}, which routes to an internet gateway. Use a "
                        "private subnet."
                    ),
                )


@stack_rule("eks-must-enforce-network-policies", covers=["CIS-EKS 5.4.4"])
def network_policies(stack: Stack) -> StackFindings:
    """Kubernetes stores network policies but does not enforce them. The network plugin does so only if configured."""
    for cluster in stack.of_type(CLUSTER):
        if not any(_enforces_network_policies(addon) for addon in _addons(stack, cluster, NETWORK_PLUGIN)):
            yield (
                cluster,
                (
                    f"Cluster {cluster.name} does not enforce network policies. In the configuration_values of add-on "
                    f"{NETWORK_PLUGIN}, set enableNetworkPolicy to the text 'true'."
                ),
            )


@stack_rule("eks-pods-must-have-own-identities", covers=["CIS-EKS 5.2.1"])
def pod_identities(stack: Stack) -> StackFindings:
    """Without Pod Identity, pods use their node's role, so each pod has the permissions of all pods on the node."""
    for cluster in stack.of_type(CLUSTER):
        if not _addons(stack, cluster, POD_IDENTITY_AGENT):
            yield (
                cluster,
                f"Cluster {cluster.name} has no add-on {POD_IDENTITY_AGENT}. Add it, and associate pods with roles.",
            )


def _addons(stack: Stack, cluster: Resource, name: str) -> list[Resource]:
    addons = [addon for addon in stack.of_type(ADDON) if addon.text("addonName") == name]
    return companions(cluster, addons, "clusterName", "name")


def _enforces_network_policies(addon: Resource) -> bool:
    values = addon.document("configurationValues")
    # The add-on's schema requires text, so AWS refuses a boolean.
    return values is not None and values["enableNetworkPolicy"] == "true"


def _public_subnets(stack: Stack) -> frozenset[str]:
    """Return the URNs of subnets that route to an internet gateway."""
    gateways = {gateway.urn for gateway in stack.of_type(INTERNET_GATEWAY)}
    tables = {
        table.urn
        for table in stack.of_type(ROUTE_TABLE)
        if gateways & table.property_dependencies.get("routes", frozenset())
    }
    internet_routes = [
        route for route in stack.of_type(ROUTE) if gateways & route.property_dependencies.get("gatewayId", frozenset())
    ]
    tables |= source_urns(internet_routes, "routeTableId")
    associations = [
        each
        for each in stack.of_type(ASSOCIATION)
        if tables & each.property_dependencies.get("routeTableId", frozenset())
    ]
    return source_urns(associations, "subnetId")

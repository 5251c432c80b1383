"""The Kubernetes control plane: reachable from few, its secrets encrypted, its log complete."""

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.rules_network import is_world

CLUSTER = "aws:eks/cluster:Cluster"
LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")


@rule(
    "eks-must-not-be-public",
    on=CLUSTER,
    covers=["CKV_AWS_38", "CIS-EKS 5.4.1"],
    severity=Severity.CRITICAL,
)
def not_public(cluster: Resource) -> Findings:
    """A control plane that the whole internet can reach is attacked by the whole internet."""
    # AWS opens the endpoint, and to everybody, unless told otherwise.
    if cluster["vpcConfig.endpointPublicAccess"] is False:
        return
    cidrs = cluster.texts("vpcConfig.publicAccessCidrs") or ("0.0.0.0/0",)
    if open_to := [cidr for cidr in cidrs if is_world(cidr)]:
        yield (
            f"the API endpoint is open to {', '.join(open_to)}; set endpoint_public_access=False, "
            "or public_access_cidrs to your own ranges"
        )


@rule("eks-must-encrypt-secrets", on=CLUSTER, covers=["CKV_AWS_58", "CIS-EKS 5.3.1"])
def encrypted_secrets(cluster: Resource) -> Findings:
    """Kubernetes secrets lie in etcd and in its backups: they are encrypted with the environment's own key."""
    config = cluster.fields("encryptionConfig")
    if "secrets" not in config.texts("resources"):
        yield "secrets are not encrypted with a key of ours; set encryption_config for the resource 'secrets'"
    elif not config["provider.keyArn"]:
        yield "encryption_config names no key; set provider.key_arn to the environment's cluster key"


@rule(
    "eks-must-log-control-plane",
    on=CLUSTER,
    covers=["CKV_AWS_37", "CIS-EKS 2.1.1"],
    severity=Severity.MEDIUM,
)
def logs(cluster: Resource) -> Findings:
    """After an incident the audit log is the only witness; it can't be switched on afterwards."""
    enabled = cluster.texts("enabledClusterLogTypes")
    if missing := [kind for kind in LOG_TYPES if kind not in enabled]:
        yield f"control-plane logs missing: {', '.join(missing)}; enable all five in enabled_cluster_log_types"

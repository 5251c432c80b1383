"""EKS: clusters, node groups, add-ons and who may do what in them."""

from collections.abc import Callable
from typing import Any

from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.table import Auto, ResourceType, Step, of_work, op
from rehearsal.providers.aws.tags import TagCalls
from rehearsal.providers.aws.work import Work

EKS_TAGS = TagCalls("tag_resource", "untag_resource", lambda work: {"resourceArn": work.get("arn")})

LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")


def _logging(work: Work) -> Args:
    wanted = work.new.get("enabledClusterLogTypes") or []
    setups = [{"types": wanted, "enabled": True}] if wanted else []
    others = [name for name in LOG_TYPES if name not in wanted]
    if not work.creating and others:
        setups.append({"types": others, "enabled": False})
    return {"logging": {"clusterLogging": setups}} if setups else {}


def _change_logging(work: Work) -> None:
    work.call("update_cluster_config", {"name": work.id, **_logging(work)})


def _change_vpc_config(work: Work) -> None:
    wanted = work.new["vpcConfig"]
    names = ("endpointPublicAccess", "endpointPrivateAccess", "publicAccessCidrs", "securityGroupIds", "subnetIds")
    change = {name: wanted[name] for name in names if wanted.get(name) is not None}
    work.call("update_cluster_config", {"name": work.id, "resourcesVpcConfig": change})


def _change_access(work: Work) -> None:
    mode = (work.new.get("accessConfig") or {}).get("authenticationMode")
    work.call("update_cluster_config", {"name": work.id, "accessConfig": {"authenticationMode": mode}})


def _change(name: str) -> Step:
    """A change of one setting by UpdateClusterConfig."""

    def run(work: Work) -> None:
        work.call("update_cluster_config", {"name": work.id, name: work.new.get(name)})

    return Step(inputs=(name,), run=run, on_create=False)


def _change_version(work: Work) -> None:
    work.call(
        "update_cluster_version",
        {"name": work.id, "version": work.new["version"], "force": work.new.get("forceUpdateVersion")},
    )


def _node_group(work: Work) -> Args:
    return {"clusterName": work.get("clusterName"), "nodegroupName": work.get("nodeGroupName")}


def _change_nodes(work: Work) -> None:
    """AWS takes labels and taints as what comes and what goes."""
    args = _node_group(work)
    old, new = work.old.get("labels") or {}, work.new.get("labels") or {}
    if old != new:
        changed = {key: value for key, value in new.items() if old.get(key) != value}
        args["labels"] = {"addOrUpdateLabels": changed, "removeLabels": sorted(old.keys() - new.keys())}
    before, after = work.old.get("taints") or [], work.new.get("taints") or []
    if before != after:
        args["taints"] = {
            "addOrUpdateTaints": [taint for taint in after if taint not in before],
            "removeTaints": [taint for taint in before if taint not in after],
        }
    for name in ("scalingConfig", "updateConfig", "nodeRepairConfig"):
        if work.old.get(name) != work.new.get(name):
            args[name] = work.new.get(name)
    work.call("update_nodegroup_config", args)


def _change_node_version(work: Work) -> None:
    before, after = work.old.get("launchTemplate"), work.new.get("launchTemplate")
    work.call(
        "update_nodegroup_version",
        {
            **_node_group(work),
            "version": work.new.get("version"),
            "releaseVersion": work.new.get("releaseVersion"),
            "launchTemplate": after if before != after else None,
            "force": work.new.get("forceUpdateVersion"),
        },
    )


def _resolve(name: str) -> Callable[[Work], Args]:
    """What to do where an add-on meets what is in the cluster."""
    return lambda work: {"resolveConflicts": work.new.get(name)}


def _find_access_policy(work: Work, answer: Any) -> Any:
    wanted = work.get("policyArn")
    return next((one for one in answer["associatedAccessPolicies"] if one["policyArn"] == wanted), None)


TYPES = (
    ResourceType(
        tokens=("aws:eks/cluster:Cluster",),
        service="eks",
        id="{name}",
        key="name",
        create=op("create_cluster", beside=_logging, carries=("enabledClusterLogTypes",)),
        read=op("describe_cluster"),
        ready="status=='ACTIVE'",
        failed="status=='FAILED'",
        gone="status=='DELETING'",
        update=[
            Step(inputs=("version",), run=_change_version, on_create=False),
            Step(inputs=("vpcConfig",), run=_change_vpc_config, on_create=False),
            Step(inputs=("enabledClusterLogTypes",), run=_change_logging, on_create=False),
            Step(inputs=("accessConfig",), run=_change_access, on_create=False),
            _change("upgradePolicy"),
            _change("zonalShiftConfig"),
            _change("computeConfig"),
            _change("storageConfig"),
            _change("remoteNetworkConfig"),
            _change("deletionProtection"),
        ],
        delete=op("delete_cluster"),
        names={"vpcConfig": "resourcesVpcConfig"},
        auto=Auto(limit=100),
        defaults={"bootstrapSelfManagedAddons": True},
        local=("defaultAddonsToRemoves", "forceUpdateVersion"),
        outputs={
            "identities": "identity",
            "enabledClusterLogTypes": "logging.clusterLogging[?enabled].types[]",
            "kubernetesNetworkConfig": "kubernetesNetworkConfig",
        },
        tagging=EKS_TAGS,
    ),
    ResourceType(
        tokens=("aws:eks/nodeGroup:NodeGroup",),
        service="eks",
        id="{clusterName}:{nodeGroupName}",
        create=op("create_nodegroup"),
        read=op("describe_nodegroup"),
        ready="status=='ACTIVE'",
        failed="status=='CREATE_FAILED'",
        gone="status=='DELETING'",
        update=[
            Step(
                inputs=("scalingConfig", "labels", "taints", "updateConfig", "nodeRepairConfig"),
                run=_change_nodes,
                on_create=False,
            ),
            Step(inputs=("version", "releaseVersion", "launchTemplate"), run=_change_node_version, on_create=False),
        ],
        delete=op("delete_nodegroup"),
        names={
            "nodeGroupName": "nodegroupName",
            "nodeRoleArn": "nodeRole",
            "sourceSecurityGroupIds": "sourceSecurityGroups",
            "subnetIds": "subnets",
            "arn": "nodegroupArn",
        },
        auto=Auto(input="nodeGroupName", limit=63),
        local=("forceUpdateVersion",),
        tagging=EKS_TAGS,
    ),
    ResourceType(
        tokens=("aws:eks/addon:Addon",),
        service="eks",
        id="{clusterName}:{addonName}",
        create=op("create_addon", beside=_resolve("resolveConflictsOnCreate")),
        read=op("describe_addon"),
        ready="status=='ACTIVE' || status=='DEGRADED'",
        failed="status=='CREATE_FAILED' || status=='UPDATE_FAILED'",
        update=[op("update_addon", beside=_resolve("resolveConflictsOnUpdate"))],
        delete=op("delete_addon", beside=lambda work: {"preserve": work.get("preserve")}),
        names={"arn": "addonArn"},
        local=("preserve", "resolveConflictsOnCreate", "resolveConflictsOnUpdate"),
        outputs={"podIdentityAssociations": of_work(lambda work: work.new.get("podIdentityAssociations"))},
        tagging=EKS_TAGS,
    ),
    ResourceType(
        tokens=("aws:eks/accessEntry:AccessEntry",),
        service="eks",
        id="{clusterName}:{principalArn}",
        create=op("create_access_entry"),
        read=op("describe_access_entry"),
        update=[op("update_access_entry")],
        delete=op("delete_access_entry"),
        defaults={"type": "STANDARD"},
        tagging=TagCalls("tag_resource", "untag_resource", lambda work: {"resourceArn": work.get("accessEntryArn")}),
    ),
    ResourceType(
        tokens=("aws:eks/accessPolicyAssociation:AccessPolicyAssociation",),
        service="eks",
        id="{clusterName}#{principalArn}#{policyArn}",
        create=op("associate_access_policy"),
        read=op("list_associated_access_policies"),
        item=_find_access_policy,
        update=[op("associate_access_policy", whole=True)],
        delete=op("disassociate_access_policy"),
    ),
    ResourceType(
        tokens=("aws:eks/podIdentityAssociation:PodIdentityAssociation",),
        service="eks",
        id="associationId",
        create=op("create_pod_identity_association"),
        read=op("describe_pod_identity_association"),
        update=[op("update_pod_identity_association")],
        delete=op("delete_pod_identity_association"),
        force=("clusterName", "namespace", "serviceAccount"),
        import_inputs=lambda resource_id: dict(zip(("clusterName", "id"), resource_id.split(",", 1), strict=True)),
        tagging=TagCalls("tag_resource", "untag_resource", lambda work: {"resourceArn": work.get("associationArn")}),
    ),
)

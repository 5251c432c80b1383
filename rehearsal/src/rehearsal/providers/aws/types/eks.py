"""EKS: clusters, node groups, add-ons, access entries and pod identities."""

from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.context import ArgsFunction, OperationContext, by_arn
from rehearsal.providers.aws.table import ApiCall, AutoName, CustomUpdate, EmulatedType, find_by_property, input_value
from rehearsal.providers.aws.tags import TagOperations

_TAGGING = TagOperations("tag_resource", "untag_resource", by_arn("resourceArn"))
LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")


def _logging_args(context: OperationContext) -> Args:
    enabled = context.inputs.get("enabledClusterLogTypes") or []
    setups = [{"types": enabled, "enabled": True}] if enabled else []
    disabled = [name for name in LOG_TYPES if name not in enabled]
    if not context.creating and disabled:
        setups.append({"types": disabled, "enabled": False})
    return {"logging": {"clusterLogging": setups}} if setups else {}


def _change_logging(context: OperationContext) -> None:
    context.call("update_cluster_config", {"name": context.id, **_logging_args(context)})


def _change_vpc_config(context: OperationContext) -> None:
    vpc_config = context.inputs["vpcConfig"]
    names = ("endpointPublicAccess", "endpointPrivateAccess", "publicAccessCidrs", "securityGroupIds", "subnetIds")
    change = {name: vpc_config[name] for name in names if vpc_config.get(name) is not None}
    context.call("update_cluster_config", {"name": context.id, "resourcesVpcConfig": change})


def _change_access(context: OperationContext) -> None:
    mode = (context.inputs.get("accessConfig") or {}).get("authenticationMode")
    context.call("update_cluster_config", {"name": context.id, "accessConfig": {"authenticationMode": mode}})


def _change_setting(name: str) -> CustomUpdate:
    """Return an update that changes one setting with UpdateClusterConfig."""

    def run(context: OperationContext) -> None:
        context.call("update_cluster_config", {"name": context.id, name: context.inputs.get(name)})

    return CustomUpdate(inputs=(name,), run=run, on_create=False)


def _change_version(context: OperationContext) -> None:
    context.call(
        "update_cluster_version",
        {"name": context.id, "version": context.inputs["version"], "force": context.inputs.get("forceUpdateVersion")},
    )


def _node_group_key(context: OperationContext) -> Args:
    return {"clusterName": context.get("clusterName"), "nodegroupName": context.get("nodeGroupName")}


def _change_node_group(context: OperationContext) -> None:
    """Update the configuration of a node group.

    Sends added and removed labels and taints, because AWS does not accept whole sets. Key and effect identify a taint.
    """
    args = _node_group_key(context)
    old, new = context.old_inputs.get("labels") or {}, context.inputs.get("labels") or {}
    if old != new:
        changed = {key: value for key, value in new.items() if old.get(key) != value}
        args["labels"] = {"addOrUpdateLabels": changed, "removeLabels": sorted(old.keys() - new.keys())}
    before, after = context.old_inputs.get("taints") or [], context.inputs.get("taints") or []
    if before != after:
        kept = {(taint["key"], taint["effect"]) for taint in after}
        args["taints"] = {
            "addOrUpdateTaints": [taint for taint in after if taint not in before],
            "removeTaints": [taint for taint in before if (taint["key"], taint["effect"]) not in kept],
        }
    for name in ("scalingConfig", "updateConfig", "nodeRepairConfig"):
        if context.old_inputs.get(name) != context.inputs.get(name):
            args[name] = context.inputs.get(name)
    context.call("update_nodegroup_config", args)


def _change_node_group_version(context: OperationContext) -> None:
    before, after = context.old_inputs.get("launchTemplate"), context.inputs.get("launchTemplate")
    context.call(
        "update_nodegroup_version",
        {
            **_node_group_key(context),
            "version": context.inputs.get("version"),
            "releaseVersion": context.inputs.get("releaseVersion"),
            "launchTemplate": after if before != after else None,
            "force": context.inputs.get("forceUpdateVersion"),
        },
    )


def _conflict_args(name: str) -> ArgsFunction:
    """Return a function that builds `resolveConflicts` from an input.

    This argument resolves conflicts between the add-on and existing Kubernetes objects.
    """
    return lambda context: {"resolveConflicts": context.inputs.get(name)}


TYPES = (
    EmulatedType(
        tokens=("aws:eks/cluster:Cluster",),
        service="eks",
        id="{name}",
        id_argument="name",
        create=ApiCall("create_cluster", extra_args=_logging_args, covers_inputs=("enabledClusterLogTypes",)),
        read=ApiCall("describe_cluster"),
        ready_when="status=='ACTIVE'",
        failed_when="status=='FAILED'",
        deleted_when="status=='DELETING'",
        update=[
            CustomUpdate(inputs=("version",), run=_change_version, on_create=False),
            CustomUpdate(inputs=("vpcConfig",), run=_change_vpc_config, on_create=False),
            CustomUpdate(inputs=("enabledClusterLogTypes",), run=_change_logging, on_create=False),
            CustomUpdate(inputs=("accessConfig",), run=_change_access, on_create=False),
            _change_setting("upgradePolicy"),
            _change_setting("zonalShiftConfig"),
            _change_setting("computeConfig"),
            _change_setting("storageConfig"),
            _change_setting("remoteNetworkConfig"),
            _change_setting("deletionProtection"),
        ],
        delete=ApiCall("delete_cluster"),
        names={"vpcConfig": "resourcesVpcConfig"},
        autoname=AutoName(max_length=100),
        defaults={"bootstrapSelfManagedAddons": True},
        state_only=("defaultAddonsToRemoves", "forceUpdateVersion"),
        outputs={
            "identities": "identity",
            "enabledClusterLogTypes": "logging.clusterLogging[?enabled].types[]",
            "kubernetesNetworkConfig": "kubernetesNetworkConfig",
        },
        tagging=_TAGGING,
    ),
    EmulatedType(
        tokens=("aws:eks/nodeGroup:NodeGroup",),
        service="eks",
        id="{clusterName}:{nodeGroupName}",
        create=ApiCall("create_nodegroup"),
        read=ApiCall("describe_nodegroup"),
        ready_when="status=='ACTIVE'",
        failed_when="status=='CREATE_FAILED'",
        deleted_when="status=='DELETING'",
        update=[
            CustomUpdate(
                inputs=("scalingConfig", "labels", "taints", "updateConfig", "nodeRepairConfig"),
                run=_change_node_group,
                on_create=False,
            ),
            CustomUpdate(
                inputs=("version", "releaseVersion", "launchTemplate"), run=_change_node_group_version, on_create=False
            ),
        ],
        delete=ApiCall("delete_nodegroup"),
        names={
            "nodeGroupName": "nodegroupName",
            "nodeRoleArn": "nodeRole",
            "sourceSecurityGroupIds": "sourceSecurityGroups",
            "subnetIds": "subnets",
            "arn": "nodegroupArn",
        },
        autoname=AutoName(input="nodeGroupName", max_length=63),
        state_only=("forceUpdateVersion",),
        tagging=_TAGGING,
    ),
    EmulatedType(
        tokens=("aws:eks/addon:Addon",),
        service="eks",
        id="{clusterName}:{addonName}",
        create=ApiCall("create_addon", extra_args=_conflict_args("resolveConflictsOnCreate")),
        read=ApiCall("describe_addon"),
        ready_when="status=='ACTIVE' || status=='DEGRADED'",
        failed_when="status=='CREATE_FAILED' || status=='UPDATE_FAILED'",
        update=[ApiCall("update_addon", extra_args=_conflict_args("resolveConflictsOnUpdate"))],
        delete=ApiCall("delete_addon", extra_args=lambda context: {"preserve": context.get("preserve")}),
        names={"arn": "addonArn"},
        state_only=("preserve", "resolveConflictsOnCreate", "resolveConflictsOnUpdate"),
        outputs={"podIdentityAssociations": input_value("podIdentityAssociations")},
        tagging=_TAGGING,
    ),
    EmulatedType(
        tokens=("aws:eks/accessEntry:AccessEntry",),
        service="eks",
        id="{clusterName}:{principalArn}",
        create=ApiCall("create_access_entry"),
        read=ApiCall("describe_access_entry"),
        update=[ApiCall("update_access_entry")],
        delete=ApiCall("delete_access_entry"),
        defaults={"type": "STANDARD"},
        tagging=TagOperations(
            "tag_resource", "untag_resource", lambda context: {"resourceArn": context.get("accessEntryArn")}
        ),
    ),
    EmulatedType(
        tokens=("aws:eks/accessPolicyAssociation:AccessPolicyAssociation",),
        service="eks",
        id="{clusterName}#{principalArn}#{policyArn}",
        create=ApiCall("associate_access_policy"),
        read=ApiCall("list_associated_access_policies"),
        item=find_by_property("associatedAccessPolicies", "policyArn", "policyArn"),
        update=[ApiCall("associate_access_policy", full_replace=True)],
        delete=ApiCall("disassociate_access_policy"),
    ),
    EmulatedType(
        tokens=("aws:eks/podIdentityAssociation:PodIdentityAssociation",),
        service="eks",
        id="associationId",
        create=ApiCall("create_pod_identity_association"),
        read=ApiCall("describe_pod_identity_association"),
        update=[ApiCall("update_pod_identity_association")],
        delete=ApiCall("delete_pod_identity_association"),
        force_new=("clusterName", "namespace", "serviceAccount"),
        import_inputs=lambda resource_id: dict(zip(("clusterName", "id"), resource_id.split(",", 1), strict=True)),
        tagging=TagOperations(
            "tag_resource", "untag_resource", lambda context: {"resourceArn": context.get("associationArn")}
        ),
    ),
)

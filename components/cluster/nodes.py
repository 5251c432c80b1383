"""Managed node group of a cluster."""

from collections.abc import Sequence

from pulumi import ResourceOptions
from pulumi_aws import autoscaling, ec2, eks

from components.base import PlatformComponent
from components.cluster.args import NodeGroupArgs
from components.cluster.plan import WORKLOAD, node_group_name

TAGGED_RESOURCE_TYPES = ("instance", "volume", "network-interface")
"""Resource types of a node that the launch template tags.

EKS does not propagate a node group's tags to these resources, but chargeback needs the tags.
"""
UNCHANGED = -1
"""Value that tells the provider to leave a size unchanged."""
POD_HOPS = 1
"""Hop limit for responses of the instance metadata service.

Pods are one hop further away than their node, so with a limit of 1 they cannot obtain the node's credentials.
"""


class NodeGroup(PlatformComponent):
    """A managed node group with on-demand or spot instances.

    The autoscaler changes the desired size, and the school-hours schedule changes the minimum size. Therefore the
    program sets both only at creation, unless `fixed_sizes` is set.

    New instance types, subnets or a new capacity type replace the group. The new group is created before the old one is
    deleted, so it needs another `generation`: EKS rejects a second group with the same name, and the update fails
    without changing the old group.

    The autoscaler finds the node group by the tags that EKS sets on the Auto Scaling group (EKS User Guide, "Simplify
    node lifecycle with managed node groups").
    """

    def __init__(self, name: str, args: NodeGroupArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:cluster:NodeGroup", name, args.context, opts)
        template = self._template(name, args)
        taint = eks.NodeGroupTaintArgs(key=WORKLOAD, value=args.workload, effect="NO_SCHEDULE")
        self.group = eks.NodeGroup(
            name,
            cluster_name=args.cluster_name,
            node_group_name=node_group_name(args.group, args.generation),
            version=args.version,
            node_role_arn=args.role_arn,
            subnet_ids=args.subnet_ids,
            ami_type="AL2023_x86_64_STANDARD",
            capacity_type="SPOT" if args.spot else "ON_DEMAND",
            instance_types=list(args.instance_types),
            labels={WORKLOAD: args.workload},
            taints=[taint] if args.workload.tainted else [],
            scaling_config=eks.NodeGroupScalingConfigArgs(
                min_size=args.min_size, desired_size=args.desired_size, max_size=args.max_size
            ),
            update_config=eks.NodeGroupUpdateConfigArgs(max_unavailable_percentage=33),
            launch_template=eks.NodeGroupLaunchTemplateArgs(id=template.id, version=template.latest_version.apply(str)),
            **self.child(
                f"nodes{args.suffix}-{args.group}",
                # Otherwise the provider would delete the old group first if both groups have the same name.
                ResourceOptions(ignore_changes=_externally_managed_properties(args), delete_before_replace=False),
            ),
        )
        self._school_hours(name, args)
        self.register_outputs({})

    def _school_hours(self, name: str, args: NodeGroupArgs) -> None:
        scaling_group_name = self.group.resources.apply(scaling_group)
        for change in args.scheduled_minimums:
            autoscaling.Schedule(
                f"{name}-{change.name}",
                autoscaling_group_name=scaling_group_name,
                scheduled_action_name=self.context.resource_name(f"nodes{args.suffix}-{args.group}-{change.name}"),
                min_size=change.min_size,
                desired_capacity=UNCHANGED,
                max_size=UNCHANGED,
                recurrence=change.recurrence,
                time_zone=change.time_zone,
                **self.untagged(),
            )

    def _template(self, name: str, args: NodeGroupArgs) -> ec2.LaunchTemplate:
        label = f"nodes{args.suffix}-{args.group}"
        tagged = self.child(label)
        disk = ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
            volume_type="gp3",
            volume_size=args.disk_gib,
            encrypted="true",
            kms_key_id=args.disk_key,
            delete_on_termination="true",
        )
        return ec2.LaunchTemplate(
            name,
            name=self.context.resource_name(label),
            update_default_version=True,
            metadata_options=ec2.LaunchTemplateMetadataOptionsArgs(
                http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=POD_HOPS
            ),
            monitoring=ec2.LaunchTemplateMonitoringArgs(enabled=True),
            block_device_mappings=[ec2.LaunchTemplateBlockDeviceMappingArgs(device_name="/dev/xvda", ebs=disk)],
            vpc_security_group_ids=args.security_group_ids,
            tag_specifications=[
                ec2.LaunchTemplateTagSpecificationArgs(resource_type=resource_type, tags=tagged["tags"])
                for resource_type in TAGGED_RESOURCE_TYPES
            ],
            **tagged,
        )


def scaling_group(resources: Sequence[eks.outputs.NodeGroupResource]) -> str:
    """Return the name of the Auto Scaling group behind a managed node group."""
    (scaling_group_name,) = (group.name for resource in resources for group in resource.autoscaling_groups or ())
    return scaling_group_name or ""


def _externally_managed_properties(args: NodeGroupArgs) -> list[str]:
    if args.fixed_sizes:
        return []
    return ["scalingConfig.desiredSize", *(["scalingConfig.minSize"] if args.scheduled_minimums else [])]

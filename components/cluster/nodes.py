"""Machines of one kind in a cluster."""

from pulumi import ResourceOptions
from pulumi_aws import ec2, eks

from components.base import PlatformComponent
from components.cluster.args import NodeGroupArgs
from components.cluster.plan import WORKLOAD, node_role

TAGGED_KINDS = ("instance", "volume", "network-interface")
"""What a machine brings along; EKS does not pass a node group's tags on to them, and chargeback needs them."""
POD_HOPS = 1
"""Pods are one hop behind their node: with 1 they cannot borrow its credentials from the metadata service."""


class NodeGroup(PlatformComponent):
    """A managed node group, on demand or spot.

    The autoscaler moves the desired size between the bounds; the program sets it once.
    """

    def __init__(self, name: str, args: NodeGroupArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:cluster:NodeGroup", name, args.placement, opts)
        role = node_role(spot=args.spot)
        template = self._template(name, args)
        taint = eks.NodeGroupTaintArgs(key=WORKLOAD, value=role.workload, effect="NO_SCHEDULE")
        self.group = eks.NodeGroup(
            name,
            cluster_name=args.cluster_name,
            node_group_name=args.group,
            version=args.version,
            node_role_arn=args.role_arn,
            subnet_ids=args.subnet_ids,
            ami_type="AL2023_x86_64_STANDARD",
            capacity_type="SPOT" if args.spot else "ON_DEMAND",
            instance_types=list(args.instance_types),
            labels={WORKLOAD: role.workload},
            taints=[taint] if role.tainted else [],
            scaling_config=eks.NodeGroupScalingConfigArgs(
                min_size=args.min_size, desired_size=args.desired_size, max_size=args.max_size
            ),
            update_config=eks.NodeGroupUpdateConfigArgs(max_unavailable_percentage=33),
            launch_template=eks.NodeGroupLaunchTemplateArgs(id=template.id, version=template.latest_version.apply(str)),
            **self.child(f"nodes-{args.group}", ResourceOptions(ignore_changes=["scalingConfig.desiredSize"])),
        )
        self.register_outputs({})

    def _template(self, name: str, args: NodeGroupArgs) -> ec2.LaunchTemplate:
        label = f"nodes-{args.group}"
        tagged = self.child(label)
        disk = ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
            volume_type="gp3", volume_size=args.disk_gib, encrypted="true", delete_on_termination="true"
        )
        return ec2.LaunchTemplate(
            name,
            name=self.placement.named(label),
            update_default_version=True,
            metadata_options=ec2.LaunchTemplateMetadataOptionsArgs(
                http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=POD_HOPS
            ),
            monitoring=ec2.LaunchTemplateMonitoringArgs(enabled=True),
            block_device_mappings=[ec2.LaunchTemplateBlockDeviceMappingArgs(device_name="/dev/xvda", ebs=disk)],
            vpc_security_group_ids=args.security_group_ids,
            tag_specifications=[
                ec2.LaunchTemplateTagSpecificationArgs(resource_type=kind, tags=tagged["tags"]) for kind in TAGGED_KINDS
            ],
            **tagged,
        )

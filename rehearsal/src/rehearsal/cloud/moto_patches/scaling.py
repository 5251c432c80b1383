"""EC2 Auto Scaling: the groups behind EKS's node groups, and what they are to do at which time of day."""

from collections.abc import Mapping
from typing import Any

from moto.autoscaling.exceptions import ValidationError
from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup, autoscaling_backends
from moto.eks.exceptions import InvalidParameterException
from moto.eks.models import EKSBackend, Nodegroup

from rehearsal.cloud.moto_patches.base import MotoPatch
from rehearsal.cloud.patches import Patches


def scheduled_actions(patches: Patches) -> None:
    """Keep scheduled actions by group and name, of groups that exist only; they go when their group goes."""

    def putting(original: Any) -> Any:
        def put_scheduled_update_group_action(self: Any, *args: Any, **settings: Any) -> Any:
            group = str(settings.get("name") or args[0])
            if group not in self.autoscaling_groups:
                raise ValidationError("AutoScalingGroup name not found - null")
            action = original(self, *args, **settings)
            name = action.scheduled_action_name
            region, account = self.region_name, self.account_id
            action.scheduled_action_arn = (
                f"arn:aws:autoscaling:{region}:{account}:scheduledUpdateGroupAction:"
                f"{group}:autoScalingGroupName/{group}:scheduledActionName/{name}"
            )
            self.scheduled_actions[_key(group, name)] = self.scheduled_actions.pop(name)
            return action

        return put_scheduled_update_group_action

    def delete_scheduled_action(self: Any, auto_scaling_group_name: str, scheduled_action_name: str) -> None:
        key = _key(auto_scaling_group_name, scheduled_action_name)
        if self.scheduled_actions.pop(key, None) is None:
            raise ValidationError("Scheduled action name not found")

    def deleting(original: Any) -> Any:
        def delete_auto_scaling_group(self: Any, group_name: str) -> None:
            original(self, group_name)
            _forget_actions(self, group_name)

        return delete_auto_scaling_group

    patches.wrap(AutoScalingBackend, "put_scheduled_update_group_action", putting)
    patches.replace(AutoScalingBackend, "delete_scheduled_action", delete_scheduled_action)
    patches.wrap(AutoScalingBackend, "delete_auto_scaling_group", deleting)


def node_group_scaling(patches: Patches) -> None:
    """Put an Auto Scaling group behind every node group, with its sizes, and refuse sizes out of order."""

    def creating(original: Any) -> Any:
        def create_nodegroup(self: Any, **settings: Any) -> Nodegroup:
            check_order(settings.get("scaling_config") or {})
            group: Nodegroup = original(self, **settings)
            name = f"eks-{group.nodegroup_name}-{group.uuid}"
            group.resources["autoScalingGroups"] = [{"name": name}]
            _scaling(self).autoscaling_groups[name] = _behind(self, group, name)
            return group

        return create_nodegroup

    def updating(original: Any) -> Any:
        def update_nodegroup_config(self: Any, cluster_name: str, nodegroup_name: str, **changes: Any) -> Any:
            group = self.describe_nodegroup(cluster_name, nodegroup_name)
            check_order({**group.scaling_config, **(changes.get("scaling_config") or {})})
            update = original(self, cluster_name=cluster_name, nodegroup_name=nodegroup_name, **changes)
            _resize(_scaling(self).autoscaling_groups[_name(group)], group)
            return update

        return update_nodegroup_config

    def deleting(original: Any) -> Any:
        def delete_nodegroup(self: Any, cluster_name: str, nodegroup_name: str) -> Nodegroup:
            group: Nodegroup = original(self, cluster_name, nodegroup_name)
            scaling = _scaling(self)
            del scaling.autoscaling_groups[_name(group)]
            _forget_actions(scaling, _name(group))
            return group

        return delete_nodegroup

    patches.wrap(EKSBackend, "create_nodegroup", creating)
    patches.wrap(EKSBackend, "update_nodegroup_config", updating)
    patches.wrap(EKSBackend, "delete_nodegroup", deleting)


def check_order(sizes: Mapping[str, int]) -> None:
    """Raise what EKS answers when min ≤ desired ≤ max does not hold; sizes that are not given are not looked at."""
    desired = sizes.get("desiredSize")
    if desired is None:
        return
    least, most = sizes.get("minSize", desired), sizes.get("maxSize", desired)
    if least > desired:
        raise InvalidParameterException(
            message=f"Minimum capacity {least} can't be greater than desired size {desired}"
        )
    if most < desired:
        raise InvalidParameterException(message=f"Maximum capacity {most} can't be less than desired size {desired}")


def _scaling(backend: EKSBackend) -> Any:
    return autoscaling_backends[backend.account_id][backend.region_name]


def _name(group: Nodegroup) -> str:
    resources: Any = group.resources
    return str(resources["autoScalingGroups"][0]["name"])


def _behind(backend: Any, group: Nodegroup, name: str) -> Any:
    """A group without instances: nodes are the cluster's, and moto's instances would be others beside them."""
    scaling = _scaling(backend)
    template = group.launch_template or {}
    owned = {"kubernetes.io/cluster/{}": "owned", "k8s.io/cluster-autoscaler/{}": "owned", "eks:cluster-name": "{}"}
    tags = {key.format(group.cluster_name): value.format(group.cluster_name) for key, value in owned.items()}
    tags |= {"k8s.io/cluster-autoscaler/enabled": "true", "eks:nodegroup-name": group.nodegroup_name}
    make: Any = FakeAutoScalingGroup  # of which moto leaves out two methods that nobody calls
    made = make(
        name=name,
        availability_zones=[],
        desired_capacity=0,
        max_size=0,
        min_size=0,
        launch_config_name="",
        launch_template={"LaunchTemplateId": template["id"], "Version": template.get("version")} if template else {},
        vpc_zone_identifier=",".join(group.subnets),
        default_cooldown=None,
        health_check_period=15,
        health_check_type="EC2",
        load_balancers=[],
        target_group_arns=[],
        placement_group=None,
        termination_policies=["AllocationStrategy", "OldestLaunchTemplate", "OldestInstance"],
        autoscaling_backend=scaling,
        ec2_backend=scaling.ec2_backend,
        tags=[{"Key": key, "Value": value, "PropagateAtLaunch": True} for key, value in tags.items()],
        mixed_instances_policy=None,
        capacity_rebalance=group.capacity_type == "SPOT",
    )
    _resize(made, group)
    return made


def _resize(behind: Any, group: Nodegroup) -> None:
    desired = group.scaling_config["desiredSize"]
    behind.min_size = group.scaling_config.get("minSize", desired)
    behind.max_size = group.scaling_config.get("maxSize", desired)
    behind.desired_capacity = desired


def _forget_actions(scaling: Any, group: str) -> None:
    for key in [key for key, action in scaling.scheduled_actions.items() if action.auto_scaling_group_name == group]:
        del scaling.scheduled_actions[key]


def _key(group: str, name: str) -> str:
    return f"{group}/{name}"


MOTO_PATCHES = (
    MotoPatch(
        "eks-scaling-groups",
        "names an Auto Scaling group behind a node group that does not exist, and takes sizes out of order",
        "makes the group, with the node group's sizes and the tags that the cluster autoscaler looks for; refuses",
        "EKS NodegroupResources; EKS User Guide, Simplify node lifecycle with managed node groups",
        node_group_scaling,
    ),
    MotoPatch(
        "autoscaling-scheduled-actions",
        "keeps one scheduled action of a name in a region, of groups that do not exist too, without an ARN",
        "keeps them by group and name, and drops them with their group",
        "EC2 Auto Scaling PutScheduledUpdateGroupAction, DeleteAutoScalingGroup",
        scheduled_actions,
    ),
)

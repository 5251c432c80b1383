"""Auto Scaling around EKS with and without patches."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.cloud.clients import aws, cloud, cluster, nodegroup

SIZES = {"minSize": 1, "desiredSize": 2, "maxSize": 3}


def _behind(group: Any) -> list[Any]:
    (named,) = group["resources"]["autoScalingGroups"]
    response = aws("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[named["name"]])
    return list(response["AutoScalingGroups"])


def _schedule(group: str, name: str = "morning", **more: Any) -> None:
    aws("autoscaling").put_scheduled_update_group_action(
        AutoScalingGroupName=group, ScheduledActionName=name, Recurrence="0 6 * * *", **{"MinSize": 2, **more}
    )


def _scheduled(**more: Any) -> list[Any]:
    return list(aws("autoscaling").describe_scheduled_actions(**more)["ScheduledUpdateGroupActions"])


def test_eks_scaling_groups() -> None:
    with cloud(patched=False):
        cluster()
        assert _behind(nodegroup(scalingConfig={**SIZES, "desiredSize": 9})) == []
    with cloud(patched=True):
        cluster()
        group = nodegroup(scalingConfig=SIZES)
        (behind,) = _behind(group)
        assert (behind["MinSize"], behind["DesiredCapacity"], behind["MaxSize"]) == (1, 2, 3)
        assert behind["Instances"] == []
        assert behind["VPCZoneIdentifier"].split(",") == group["subnets"]
        tags = {tag["Key"]: tag["Value"] for tag in behind["Tags"]}
        assert tags["k8s.io/cluster-autoscaler/main"] == "owned"
        assert tags["k8s.io/cluster-autoscaler/enabled"] == "true"
        eks = aws("eks")
        one = {"clusterName": "main", "nodegroupName": "general"}
        eks.update_nodegroup_config(**one, scalingConfig={"minSize": 2, "desiredSize": 4, "maxSize": 6})
        (behind,) = _behind(group)
        assert (behind["MinSize"], behind["DesiredCapacity"], behind["MaxSize"]) == (2, 4, 6)
        eks.delete_nodegroup(**one)
        assert _behind(group) == []


@pytest.mark.parametrize(
    ("sizes", "sentence"),
    [
        ({"minSize": 3}, "Minimum capacity 3 can't be greater than desired size 2"),
        ({"maxSize": 1}, "Maximum capacity 1 can't be less than desired size 2"),
    ],
)
def test_sizes_out_of_order_are_refused_and_change_nothing(sizes: dict[str, int], sentence: str) -> None:
    with cloud(patched=True):
        cluster()
        with pytest.raises(ClientError, match=sentence):
            nodegroup("wrong", scalingConfig={**SIZES, **sizes})
        group = nodegroup(scalingConfig=SIZES)
        with pytest.raises(ClientError, match=sentence):
            aws("eks").update_nodegroup_config(clusterName="main", nodegroupName="general", scalingConfig=sizes)
        assert _behind(group)[0]["MinSize"] == 1
        assert aws("eks").list_nodegroups(clusterName="main")["nodegroups"] == ["general"]


def test_a_minimum_above_the_maximum_is_refused_without_a_desired_size() -> None:
    with cloud(patched=True):
        cluster()
        with pytest.raises(ClientError, match="Minimum capacity 5 can't be greater than the max capacity 3"):
            nodegroup("wrong", scalingConfig={"minSize": 5, "maxSize": 3})


def test_a_group_starts_from_the_template_of_its_node_group() -> None:
    with cloud(patched=True):
        cluster()
        template = aws("ec2").create_launch_template(
            LaunchTemplateName="nodes", LaunchTemplateData={"InstanceType": "m6i.large"}
        )["LaunchTemplate"]
        (behind,) = _behind(nodegroup(launchTemplate={"id": template["LaunchTemplateId"], "version": "1"}))
        assert behind["LaunchTemplate"]["LaunchTemplateId"] == template["LaunchTemplateId"]


def test_autoscaling_scheduled_actions() -> None:
    with cloud(patched=False):
        _schedule("nobody")
        _schedule("nobody-else")
        assert [action["AutoScalingGroupName"] for action in _scheduled()] == ["nobody-else"]
    with cloud(patched=True):
        cluster()
        names = [
            nodegroup(name, scalingConfig=SIZES)["resources"]["autoScalingGroups"][0]["name"] for name in ("a", "b")
        ]
        with pytest.raises(ClientError, match="AutoScalingGroup name not found"):
            _schedule("nobody")
        for name in names:
            _schedule(name)
        _schedule(names[0], MinSize=3)
        assert [(action["AutoScalingGroupName"], action["MinSize"]) for action in _scheduled()] == [
            (names[0], 3),
            (names[1], 2),
        ]
        (action,) = _scheduled(AutoScalingGroupName=names[0], ScheduledActionNames=["morning"])
        assert action["ScheduledActionARN"].endswith(f"autoScalingGroupName/{names[0]}:scheduledActionName/morning")
        scaling = aws("autoscaling")
        scaling.delete_scheduled_action(AutoScalingGroupName=names[0], ScheduledActionName="morning")
        with pytest.raises(ClientError, match="Scheduled action name not found"):
            scaling.delete_scheduled_action(AutoScalingGroupName=names[0], ScheduledActionName="morning")
        aws("eks").delete_nodegroup(clusterName="main", nodegroupName="b")
        assert _scheduled() == []


def test_scheduled_actions_go_with_a_group_of_its_own() -> None:
    with cloud(patched=True):
        scaling = aws("autoscaling")
        scaling.create_launch_configuration(
            LaunchConfigurationName="any", ImageId="ami-12c6146b", InstanceType="t3.nano"
        )
        scaling.create_auto_scaling_group(
            AutoScalingGroupName="own",
            LaunchConfigurationName="any",
            MinSize=0,
            MaxSize=1,
            AvailabilityZones=["us-east-1a"],
        )
        _schedule("own")
        scaling.delete_auto_scaling_group(AutoScalingGroupName="own")
        assert _scheduled() == []

"""Encrypted flow logs of a VPC."""

from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions
from pulumi_aws import cloudwatch, ec2

from components.base import ComponentArgs, PlatformComponent
from components.identity.documents import Statement
from components.identity.role import ServiceRole, ServiceRoleArgs


@dataclass(frozen=True, kw_only=True)
class FlowLogsArgs(ComponentArgs):
    """VPC, key and retention of the flow logs."""

    role: str
    vpc_id: pulumi.Input[str]
    logs_key: pulumi.Input[str]
    retention_days: int


class FlowLogs(PlatformComponent):
    """Flow logs of all accepted and rejected traffic of one VPC."""

    def __init__(self, name: str, args: FlowLogsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:network:FlowLogs", name, args.context, opts)
        context = args.context
        group = cloudwatch.LogGroup(
            name,
            name=f"/campus/{context.environment}/{args.role}/flow",
            kms_key_id=args.logs_key,
            retention_in_days=args.retention_days,
            **self.child(f"{args.role}-flow"),
        )
        role = ServiceRole(
            f"{name}-role",
            ServiceRoleArgs(
                context=context,
                role=f"{args.role}-flow-logs",
                service="vpc-flow-logs.amazonaws.com",
                statements=[
                    Statement(
                        actions=["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
                        resources=[group.arn, pulumi.Output.concat(group.arn, ":*")],
                    ),
                    Statement(actions=["logs:DescribeLogGroups"], resources=["*"]),
                ],
            ),
            self.child_options(),
        )
        ec2.FlowLog(
            name,
            vpc_id=args.vpc_id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            max_aggregation_interval=60,
            **self.child(f"{args.role}-flow"),
        )
        self.register_outputs({})

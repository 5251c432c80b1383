"""VPC flow logs."""

from tests.rehearsal.providers.aws.lifecycle import OLD, LifecycleCase

CASES = [
    LifecycleCase(
        "aws:ec2/flowLog:FlowLog",
        lambda deps: {
            "vpcId": deps.vpc,
            "trafficType": "ALL",
            "logDestinationType": "s3",
            "logDestination": f"arn:aws:s3:::{deps.log_bucket}",
            "destinationOptions": {"fileFormat": "parquet", "perHourPartition": True},
            "tags": OLD,
        },
        None,
    ),
]

"""VPC flow logs."""

import pytest

from tests.rehearsal.providers.aws.lifecycle import OLD, CheckLifecycle, LifecycleCase

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


@pytest.mark.parametrize("case", CASES, ids=str)
def test_lifecycle(case: LifecycleCase, check_lifecycle: CheckLifecycle) -> None:
    check_lifecycle(case)

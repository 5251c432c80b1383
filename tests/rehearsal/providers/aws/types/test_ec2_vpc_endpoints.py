"""VPC endpoints."""

from typing import Any

import pytest

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, CheckLifecycle, LifecycleCase

BOTH_WAYS = {"privateDnsOnlyForInboundResolverEndpoint": False}


def endpoint(deps: Any, service: str, **more: Any) -> dict[str, Any]:
    return {"vpcId": deps.vpc, "serviceName": f"com.amazonaws.us-east-1.{service}", **more}


CASES = [
    LifecycleCase(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        lambda deps: endpoint(deps, "s3", routeTableIds=[deps.route_tables[0]], tags=OLD),
        lambda deps: endpoint(deps, "s3", routeTableIds=[deps.route_tables[0]], policy=deps.allow("s3:Get*"), tags=NEW),
    ),
    LifecycleCase(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        lambda deps: endpoint(deps, "ecr.api", vpcEndpointType="Interface", subnetIds=deps.subnets[:1]),
        lambda deps: endpoint(deps, "ecr.api", vpcEndpointType="Interface", subnetIds=deps.subnets[:2]),
    ),
    LifecycleCase(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        lambda deps: endpoint(deps, "s3", vpcEndpointType="Interface", dnsOptions=BOTH_WAYS),
        lambda deps: endpoint(deps, "s3", vpcEndpointType="Interface", dnsOptions=BOTH_WAYS, privateDnsEnabled=True),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_lifecycle(case: LifecycleCase, check_lifecycle: CheckLifecycle) -> None:
    check_lifecycle(case)

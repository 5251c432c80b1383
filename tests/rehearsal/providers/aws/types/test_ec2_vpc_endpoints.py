"""VPC endpoints."""

from typing import Any

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, LifecycleCase

BOTH_WAYS = {"privateDnsOnlyForInboundResolverEndpoint": False}


def endpoint(deps: Any, service: str, **more: Any) -> dict[str, Any]:
    return {"vpcId": deps.vpc, "serviceName": f"com.amazonaws.us-east-1.{service}", **more}


CASES = [
    LifecycleCase(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        lambda deps: endpoint(deps, "s3", routeTableIds=[deps.route_tables[0]], tags=OLD),
        lambda deps: endpoint(deps, "s3", routeTableIds=[deps.route_tables[0]], policy=deps.allow("s3:Get*"), tags=NEW),
        replacing=lambda _deps: {"serviceName": "com.amazonaws.us-east-1.dynamodb"},
    ),
    LifecycleCase(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        lambda deps: endpoint(deps, "ecr.api", vpcEndpointType="Interface", subnetIds=deps.subnets[:1]),
        lambda deps: endpoint(deps, "ecr.api", vpcEndpointType="Interface", subnetIds=deps.subnets[:2]),
        drifts=lambda deps: {
            "ipAddressType": ("ipv4", "dualstack"),
            "privateDnsEnabled": (True, False),
            "securityGroupIds": (deps.security_groups[:1], deps.security_groups[1:]),
            "subnetIds": (deps.subnets[:1], deps.subnets[:2]),
        },
    ),
    LifecycleCase(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        lambda deps: endpoint(deps, "s3", vpcEndpointType="Interface", dnsOptions=BOTH_WAYS),
        lambda deps: endpoint(deps, "s3", vpcEndpointType="Interface", dnsOptions=BOTH_WAYS, privateDnsEnabled=True),
        drifts=lambda _deps: {
            "dnsOptions": ({**BOTH_WAYS, "dnsRecordIpType": "ipv4"}, {**BOTH_WAYS, "dnsRecordIpType": "dualstack"})
        },
    ),
]

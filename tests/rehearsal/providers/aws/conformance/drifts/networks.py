"""Values of mutable inputs of EC2 and Elastic Load Balancing."""

from collections.abc import Callable
from typing import Any

from tests.rehearsal.providers.aws.conformance.drifts.flags import switched_off, switched_on
from tests.rehearsal.providers.aws.lifecycle import Values

LICENSES = "arn:aws:license-manager:us-east-1:123456789012:license-configuration"


def load_balancer_logs(deps: Any) -> tuple[Any, Any]:
    """Return two different values of an input such as `accessLogs`."""
    enabled = {"bucket": deps.log_bucket, "enabled": True}
    return {**enabled, "prefix": "program"}, {**enabled, "prefix": "outside"}


def load_balancer(deps: Any) -> Values:
    return {
        "accessLogs": load_balancer_logs(deps),
        "clientKeepAlive": (3600, 600),
        "desyncMitigationMode": ("defensive", "strictest"),
        "idleTimeout": (90, 30),
        "ipAddressType": ("ipv4", "dualstack"),
        "xffHeaderProcessingMode": ("append", "preserve"),
        **switched_off("dropInvalidHeaderFields", "enableHttp2", "enableTlsVersionAndCipherSuiteHeaders"),
        **switched_off("enableWafFailOpen", "enableXffClientPort", "enableZonalShift", "preserveHostHeader"),
        **switched_on("enableDeletionProtection"),
    }


def target_group(deps: Any) -> Values:
    del deps
    stickiness = {"type": "lb_cookie", "enabled": True}
    return {
        "loadBalancingAlgorithmType": ("weighted_random", "round_robin"),
        "loadBalancingAnomalyMitigation": ("on", "off"),
        "loadBalancingCrossZoneEnabled": ("true", "false"),
        "slowStart": (30, 60),
        "stickiness": ({**stickiness, "cookieDuration": 100}, {**stickiness, "cookieDuration": 200}),
    }


def launch_template(deps: Any) -> Values:
    return {
        "blockDeviceMappings": tuple(
            [{"deviceName": "/dev/xvda", "ebs": {"volumeSize": size, "encrypted": "true"}}] for size in (20, 30)
        ),
        "capacityReservationSpecification": (
            {"capacityReservationPreference": "open"}, {"capacityReservationPreference": "none"},
        ),
        "cpuOptions": ({"coreCount": 2, "threadsPerCore": 2}, {"coreCount": 4, "threadsPerCore": 2}),
        "creditSpecification": ({"cpuCredits": "standard"}, {"cpuCredits": "unlimited"}),
        "description": ("program", "outside"),
        "ebsOptimized": ("true", "false"),
        "enclaveOptions": ({"enabled": True}, {"enabled": False}),
        "hibernationOptions": ({"configured": True}, {"configured": False}),
        "iamInstanceProfile": ({"name": "a"}, {"name": "b"}),
        "imageId": ("ami-12345678", "ami-87654321"),
        "instanceInitiatedShutdownBehavior": ("stop", "terminate"),
        "instanceMarketOptions": tuple(
            {"marketType": "spot", "spotOptions": {"maxPrice": price}} for price in ("0.05", "0.08")
        ),
        "kernelId": ("aki-1", "aki-2"),
        "keyName": ("a", "b"),
        "licenseSpecifications": tuple([{"licenseConfigurationArn": f"{LICENSES}:{name}"}] for name in ("a", "b")),
        "maintenanceOptions": ({"autoRecovery": "default"}, {"autoRecovery": "disabled"}),
        "metadataOptions": (
            {"httpTokens": "required", "httpPutResponseHopLimit": 2},
            {"httpTokens": "optional", "httpPutResponseHopLimit": 2},
        ),
        "monitoring": ({"enabled": True}, {"enabled": False}),
        "placement": ({"tenancy": "default"}, {"tenancy": "dedicated"}),
        "privateDnsNameOptions": ({"hostnameType": "ip-name"}, {"hostnameType": "resource-name"}),
        "ramDiskId": ("ari-1", "ari-2"),
        "tagSpecifications": tuple([{"resourceType": "instance", "tags": {"Name": name}}] for name in ("a", "b")),
        "userData": ("Zmlyc3Q=", "c2Vjb25k"),
        "vpcSecurityGroupIds": (deps.security_groups[:1], deps.security_groups[1:]),
        **switched_off("disableApiStop", "disableApiTermination"),
    }  # fmt: skip


def subnet(_deps: Any) -> Values:
    return {
        "privateDnsHostnameTypeOnLaunch": ("ip-name", "resource-name"),
        **switched_off("assignIpv6AddressOnCreation", "enableDns64", "enableResourceNameDnsARecordOnLaunch"),
        **switched_off("enableResourceNameDnsAaaaRecordOnLaunch", "mapPublicIpOnLaunch"),
    }


def endpoint(deps: Any) -> Values:
    return {
        "policy": (deps.allow("s3:Get*"), deps.allow("s3:*")),
        "routeTableIds": (deps.route_tables[:1], deps.route_tables),
    }


def own_rule(_deps: Any) -> Values:
    return {"cidrIpv4": ("10.0.0.0/8", "10.1.0.0/16"), "ipProtocol": ("tcp", "udp")}


def address(deps: Any) -> Values:
    return {"networkInterface": tuple(deps.interfaces)}


def gateway(deps: Any) -> Values:
    return {"vpcId": (deps.vpc, deps.other_vpc)}


def listener(_deps: Any) -> Values:
    return {"port": (80, 81)}


DRIFTS: dict[str, Callable[[Any], Values]] = {
    "aws:ec2/eip:Eip": address,
    "aws:ec2/internetGateway:InternetGateway": gateway,
    "aws:ec2/launchTemplate:LaunchTemplate": launch_template,
    "aws:ec2/subnet:Subnet": subnet,
    "aws:ec2/vpc:Vpc": lambda _deps: switched_off(
        "enableDnsHostnames", "enableDnsSupport", "enableNetworkAddressUsageMetrics"
    ),
    "aws:ec2/vpcEndpoint:VpcEndpoint": endpoint,
    "aws:lb/listener:Listener": listener,
    "aws:lb/loadBalancer:LoadBalancer": load_balancer,
    "aws:lb/targetGroup:TargetGroup": target_group,
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": own_rule,
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": own_rule,
}

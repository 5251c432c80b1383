"""EC2 networks: VPCs, subnets, internet gateways, Elastic IPs and NAT gateways."""

from typing import Any

from rehearsal.providers.aws.context import OperationContext
from rehearsal.providers.aws.table import ApiCall, CustomUpdate, EmulatedType, ExtraRead
from rehearsal.providers.aws.tags import Ec2Tags


def ec2_arn(resource_type: str) -> str:
    """Return the ARN template of an EC2 resource type."""
    return f"arn:{{partition}}:ec2:{{region}}:{{account}}:{resource_type}/{{id}}"


def _default_resource(describe: str, key: str, value: str, **outputs: str) -> ExtraRead:
    """Return an ExtraRead for a resource that AWS creates together with the VPC."""
    return ExtraRead(
        f"describe_{describe}",
        args=lambda context: {
            "Filters": [{"Name": "vpc-id", "Values": [context.id]}, {"Name": key, "Values": [value]}]
        },
        outputs=outputs,
    )


def _attribute_read(output: str, member: str) -> ExtraRead:
    return ExtraRead(
        "describe_vpc_attribute",
        args=lambda context: {"VpcId": context.id, "Attribute": output},
        outputs={output: f"{member}.Value"},
    )


def _move_gateway(context: OperationContext) -> None:
    if context.old_inputs.get("vpcId"):
        context.call("detach_internet_gateway", {"InternetGatewayId": context.id, "VpcId": context.old_inputs["vpcId"]})
    if context.inputs.get("vpcId"):
        context.call("attach_internet_gateway", {"InternetGatewayId": context.id, "VpcId": context.inputs["vpcId"]})


def _detach_gateway(context: OperationContext) -> None:
    if context.get("vpcId"):
        context.call("detach_internet_gateway", {"InternetGatewayId": context.id, "VpcId": context.get("vpcId")})


def _associate_address(context: OperationContext) -> None:
    if context.old_inputs.get("instance") or context.old_inputs.get("networkInterface"):
        context.call("disassociate_address", {"AssociationId": context.get("associationId")})
    if context.inputs.get("instance") or context.inputs.get("networkInterface"):
        args = {
            "AllocationId": context.id,
            "InstanceId": context.inputs.get("instance"),
            "NetworkInterfaceId": context.inputs.get("networkInterface"),
            "PrivateIpAddress": context.inputs.get("associateWithPrivateIp"),
        }
        context.call("associate_address", args)


def _disassociate_address(context: OperationContext) -> None:
    if context.get("associationId"):
        context.call("disassociate_address", {"AssociationId": context.get("associationId")})


def _public_dns(context: OperationContext, item: Any) -> str:
    host = "ec2-" + item["PublicIp"].replace(".", "-")
    zone = "compute-1" if context.region == "us-east-1" else f"{context.region}.compute"
    return f"{host}.{zone}.amazonaws.com"


TYPES = (
    EmulatedType(
        tokens=("aws:ec2/vpc:Vpc",),
        service="ec2",
        id="VpcId",
        create=ApiCall("create_vpc"),
        read=ApiCall("describe_vpcs"),
        update=[ApiCall("modify_vpc_attribute", one_input_per_call=True)],
        delete=ApiCall("delete_vpc"),
        outputs={
            "ipv6AssociationId": "Ipv6CidrBlockAssociationSet[0].AssociationId",
            "ipv6CidrBlock": "Ipv6CidrBlockAssociationSet[0].Ipv6CidrBlock",
        },
        names={"assignGeneratedIpv6CidrBlock": "AmazonProvidedIpv6CidrBlock"},
        defaults={"enableDnsSupport": True, "instanceTenancy": "default"},
        arn=ec2_arn("vpc"),
        extra_reads=[
            _attribute_read("enableDnsSupport", "EnableDnsSupport"),
            _attribute_read("enableDnsHostnames", "EnableDnsHostnames"),
            _attribute_read("enableNetworkAddressUsageMetrics", "EnableNetworkAddressUsageMetrics"),
            _default_resource(
                "security_groups", "group-name", "default", defaultSecurityGroupId="SecurityGroups[0].GroupId"
            ),
            _default_resource(
                "route_tables",
                "association.main",
                "true",
                mainRouteTableId="RouteTables[0].RouteTableId",
                defaultRouteTableId="RouteTables[0].RouteTableId",
            ),
            _default_resource("network_acls", "default", "true", defaultNetworkAclId="NetworkAcls[0].NetworkAclId"),
        ],
        tagging=Ec2Tags("vpc"),
    ),
    EmulatedType(
        tokens=("aws:ec2/subnet:Subnet",),
        service="ec2",
        id="SubnetId",
        create=ApiCall("create_subnet"),
        read=ApiCall("describe_subnets"),
        update=[ApiCall("modify_subnet_attribute", one_input_per_call=True)],
        delete=ApiCall("delete_subnet"),
        defaults={"assignIpv6AddressOnCreation": False, "mapPublicIpOnLaunch": False},
        outputs={
            "enableResourceNameDnsARecordOnLaunch": "PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsARecord",
            "enableResourceNameDnsAaaaRecordOnLaunch": "PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsAAAARecord",
            "privateDnsHostnameTypeOnLaunch": "PrivateDnsNameOptionsOnLaunch.HostnameType",
        },
        arn=ec2_arn("subnet"),
        tagging=Ec2Tags("subnet"),
    ),
    EmulatedType(
        tokens=("aws:ec2/internetGateway:InternetGateway",),
        service="ec2",
        id="InternetGatewayId",
        create=ApiCall("create_internet_gateway"),
        read=ApiCall("describe_internet_gateways"),
        update=[CustomUpdate(inputs=("vpcId",), run=_move_gateway)],
        before_delete=[_detach_gateway],
        delete=ApiCall("delete_internet_gateway"),
        outputs={"vpcId": "Attachments[0].VpcId"},
        arn=ec2_arn("internet-gateway"),
        tagging=Ec2Tags("internet-gateway"),
    ),
    EmulatedType(
        tokens=("aws:ec2/eip:Eip",),
        service="ec2",
        id="AllocationId",
        create=ApiCall("allocate_address"),
        read=ApiCall("describe_addresses"),
        update=[
            CustomUpdate(inputs=("instance", "networkInterface", "associateWithPrivateIp"), run=_associate_address)
        ],
        before_delete=[_disassociate_address],
        delete=ApiCall("release_address"),
        names={"instance": "InstanceId", "networkInterface": "NetworkInterfaceId", "privateIp": "PrivateIpAddress"},
        outputs={"publicDns": _public_dns},
        arn=ec2_arn("elastic-ip"),
        tagging=Ec2Tags("elastic-ip"),
    ),
    EmulatedType(
        tokens=("aws:ec2/natGateway:NatGateway",),
        service="ec2",
        id="NatGatewayId",
        create=ApiCall("create_nat_gateway"),
        read=ApiCall("describe_nat_gateways"),
        ready_when="State=='available'",
        failed_when="State=='failed'",
        deleted_when="State=='deleted' || State=='deleting'",
        delete=ApiCall("delete_nat_gateway"),
        names={"privateIp": "PrivateIpAddress"},
        defaults={"connectivityType": "public"},
        outputs={
            "allocationId": "NatGatewayAddresses[0].AllocationId",
            "associationId": "NatGatewayAddresses[0].AssociationId",
            "networkInterfaceId": "NatGatewayAddresses[0].NetworkInterfaceId",
            "privateIp": "NatGatewayAddresses[0].PrivateIp",
            "publicIp": "NatGatewayAddresses[0].PublicIp",
        },
        tagging=Ec2Tags("natgateway"),
    ),
)

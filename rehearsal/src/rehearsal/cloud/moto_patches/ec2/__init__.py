"""EC2: network dependencies, peering options, VPC endpoints, default EBS key."""

from rehearsal.cloud.moto_patches.ec2.models import EC2Backend
from rehearsal.cloud.moto_patches.ec2.responses import ElasticBlockStore, VPCs
from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.patches import Patches


def install(patches: Patches) -> None:
    """Patch moto's EC2."""
    patches.install(EC2Backend)
    patches.install(VPCs)
    patches.install(ElasticBlockStore)


MOTO_PATCHES = (
    MotoPatch(
        name="ec2-nat-gateway-interface",
        moto="leaves the network interface of a deleted NAT gateway, with its address",
        aws="deletes the interface and disassociates the address",
        source="EC2 DeleteNatGateway",
        upstream="to file: EC2: DeleteNatGateway must delete its network interface and disassociate its address",
    ),
    MotoPatch(
        name="ec2-endpoint-type",
        moto="creates VPC endpoints without a type if none is given, which can't be deleted",
        aws="creates gateway endpoints by default",
        source="EC2 CreateVpcEndpoint, VpcEndpointType",
        upstream="to file: EC2: VpcEndpointType must default to Gateway",
    ),
    MotoPatch(
        name="ec2-vpc-in-use",
        moto="deletes a VPC that contains gateways, endpoints and security groups",
        aws="rejects the deletion: DependencyViolation",
        source="EC2 DeleteVpc",
        upstream="to file: EC2: DeleteVpc must check gateways, endpoints and groups (follows getmoto/moto#8811)",
    ),
    MotoPatch(
        name="ec2-subnet-in-use",
        moto="deletes a subnet that contains interfaces",
        aws="rejects the deletion: DependencyViolation",
        source="EC2 DeleteSubnet",
        upstream="to file: EC2: DeleteSubnet must reject subnets with network interfaces",
    ),
    MotoPatch(
        name="ec2-security-group-in-use",
        moto="deletes a security group that interfaces or the rules of other groups use",
        aws="rejects the deletion: DependencyViolation",
        source="EC2 DeleteSecurityGroup",
        upstream="to file: EC2: DeleteSecurityGroup must reject groups in use",
    ),
    MotoPatch(
        name="ec2-peering-options",
        moto="accepts options of a pending peering, and of both sides from either region",
        aws="accepts them once the peering is active, for each side in its own region",
        source="EC2 ModifyVpcPeeringConnectionOptions",
        upstream="to file: EC2: ModifyVpcPeeringConnectionOptions must check status and region",
    ),
    MotoPatch(
        name="ec2-endpoint-changes",
        moto="changes only an endpoint's lists of subnets and route tables, and ignores private DNS",
        aws="moves interfaces and routes with them, and changes private DNS",
        source="EC2 ModifyVpcEndpoint",
        upstream="to file: EC2: ModifyVpcEndpoint must move interfaces and routes and support PrivateDnsEnabled",
    ),
    MotoPatch(
        name="ec2-private-dns",
        moto="creates a second endpoint with private DNS for one service, and enables it for gateways",
        aws="rejects the second; gateways have no private DNS",
        source="EC2 CreateVpcEndpoint, PrivateDnsEnabled",
        upstream="to file: EC2: CreateVpcEndpoint must reject conflicting private DNS",
    ),
    MotoPatch(
        name="ec2-endpoint-dns-options",
        moto="drops an endpoint's DNS options",
        aws="stores them, and rejects inbound-only names if S3 has no gateway endpoint",
        source="EC2 CreateVpcEndpoint, DnsOptions",
        upstream="to file: EC2: support DnsOptions of VPC endpoints",
    ),
    MotoPatch(
        name="ec2-ebs-default-key",
        moto="lacks the operations that return and reset the default key of volumes",
        aws="returns and resets it",
        source="EC2 GetEbsDefaultKmsKeyId, ResetEbsDefaultKmsKeyId",
        upstream="to file: EC2: GetEbsDefaultKmsKeyId and ResetEbsDefaultKmsKeyId",
    ),
)

"""EC2: deletion checks, peering options, VPC endpoints and the default EBS key."""

from rehearsal.cloud.moto_patches.ec2.models import EC2Backend
from rehearsal.cloud.moto_patches.ec2.responses import ElasticBlockStore, SecurityGroups, VPCs
from rehearsal.cloud.moto_patches.ec2.security_groups import RuleOwner
from rehearsal.cloud.moto_patches.ec2.subnets import NetworkAclOwner, Subnets
from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.patches import Patches


def install(patches: Patches) -> None:
    """Patch moto's EC2."""
    patches.install(EC2Backend)
    patches.install(NetworkAclOwner)
    patches.install(RuleOwner)
    patches.install(Subnets)
    patches.install(VPCs)
    patches.install(SecurityGroups)
    patches.install(ElasticBlockStore)


MOTO_PATCHES = (
    MotoPatch(
        name="ec2-default-network-acl",
        moto="keeps the default network ACL of a deleted VPC, and the association of a deleted subnet",
        aws="deletes both",
        source="VPC user guide, Delete your VPC; EC2 DescribeNetworkAcls",
        upstream="to file: EC2: Delete network ACL and associations in DeleteVpc and DeleteSubnet",
    ),
    MotoPatch(
        name="ec2-rule-sources",
        moto="changes only the IPv4 range of a security group rule",
        aws="changes IPv6 ranges, prefix lists and referenced groups too",
        source="EC2 ModifySecurityGroupRules",
        upstream="to file: EC2: Support all sources in ModifySecurityGroupRules",
    ),
    MotoPatch(
        name="ec2-subnet-attributes",
        moto="ignores DNS64, customer-owned addresses and private DNS names in ModifySubnetAttribute",
        aws="changes and describes them",
        source="EC2 ModifySubnetAttribute",
        upstream="to file: EC2: Support further attributes in ModifySubnetAttribute",
    ),
    MotoPatch(
        name="ec2-nat-gateway-interface",
        moto="keeps the network interface of a deleted NAT gateway, and the association of its address",
        aws="deletes the interface and disassociates the address",
        source="EC2 DeleteNatGateway",
        upstream="to file: EC2: Delete the network interface and disassociate the address in DeleteNatGateway",
    ),
    MotoPatch(
        name="ec2-endpoint-type",
        moto="creates an endpoint without a type if the request names none; such an endpoint can't be deleted",
        aws="creates a gateway endpoint if the request names no type",
        source="EC2 CreateVpcEndpoint, VpcEndpointType",
        upstream="to file: EC2: Default VpcEndpointType to Gateway in CreateVpcEndpoint",
    ),
    MotoPatch(
        name="ec2-vpc-in-use",
        moto="deletes a VPC that contains gateways, endpoints or security groups",
        aws="rejects the deletion with DependencyViolation",
        source="EC2 DeleteVpc",
        upstream="to file: EC2: Reject DeleteVpc if gateways, endpoints or groups exist (follows getmoto/moto#8811)",
    ),
    MotoPatch(
        name="ec2-subnet-in-use",
        moto="deletes a subnet that contains network interfaces",
        aws="rejects the deletion with DependencyViolation",
        source="EC2 DeleteSubnet",
        upstream="to file: EC2: Reject DeleteSubnet if network interfaces exist",
    ),
    MotoPatch(
        name="ec2-security-group-in-use",
        moto="deletes a security group that network interfaces or the rules of other groups use",
        aws="rejects the deletion with DependencyViolation",
        source="EC2 DeleteSecurityGroup",
        upstream="to file: EC2: Reject DeleteSecurityGroup if the group is in use",
    ),
    MotoPatch(
        name="ec2-peering-options",
        moto="accepts the options of both sides in either region, even while the peering is pending",
        aws="accepts the options of each side in its own region, once the peering is active",
        source="EC2 ModifyVpcPeeringConnectionOptions",
        upstream="to file: EC2: Check status and region in ModifyVpcPeeringConnectionOptions",
    ),
    MotoPatch(
        name="ec2-endpoint-changes",
        moto="changes an endpoint's lists of subnets and route tables but not its interfaces, routes and private DNS",
        aws="changes the interfaces and routes too, and enables or disables private DNS",
        source="EC2 ModifyVpcEndpoint",
        upstream="to file: EC2: Update interfaces, routes and PrivateDnsEnabled in ModifyVpcEndpoint",
    ),
    MotoPatch(
        name="ec2-private-dns",
        moto="accepts private DNS for a second endpoint of a service, and for gateway endpoints",
        aws="rejects the second endpoint, and never enables private DNS for gateway endpoints",
        source="EC2 CreateVpcEndpoint, PrivateDnsEnabled",
        upstream="to file: EC2: Reject conflicting private DNS in CreateVpcEndpoint",
    ),
    MotoPatch(
        name="ec2-endpoint-dns-options",
        moto="drops an endpoint's DNS options",
        aws="stores DNS options, and rejects inbound-only private DNS without a gateway endpoint for S3",
        source="EC2 CreateVpcEndpoint, DnsOptions",
        upstream="to file: EC2: Support DnsOptions of VPC endpoints",
    ),
    MotoPatch(
        name="ec2-ebs-default-key",
        moto="lacks the operations that return and reset the default KMS key of EBS",
        aws="returns and resets the default key",
        source="EC2 GetEbsDefaultKmsKeyId, ResetEbsDefaultKmsKeyId",
        upstream="to file: EC2: Support GetEbsDefaultKmsKeyId and ResetEbsDefaultKmsKeyId",
    ),
    MotoPatch(
        name="ec2-gateway-per-vpc",
        moto="attaches several internet gateways to a VPC",
        aws="rejects a second internet gateway",
        source="Amazon VPC User Guide, Enable internet access for a VPC using an internet gateway",
        upstream="to file: EC2: Reject a second internet gateway in AttachInternetGateway",
    ),
    MotoPatch(
        name="ec2-mapped-addresses",
        moto="detaches the internet gateway of a VPC that has mapped public addresses",
        aws="rejects the detachment with DependencyViolation",
        source="EC2 DetachInternetGateway",
        upstream="to file: EC2: Reject DetachInternetGateway while public addresses are mapped",
    ),
    MotoPatch(
        name="ec2-address-in-use",
        moto="releases an address that is in use if the request has its allocation id, and disassociates it",
        aws="rejects the release with InvalidIPAddress.InUse",
        source="EC2 ReleaseAddress",
        upstream="to file: EC2: Reject ReleaseAddress while the address is associated",
    ),
    MotoPatch(
        name="ec2-default-group",
        moto="deletes the default security group of a VPC",
        aws="rejects the deletion with CannotDelete",
        source="EC2 DeleteSecurityGroup; Amazon VPC User Guide, Default security groups",
        upstream="to file: EC2: Reject the deletion of default groups in DeleteSecurityGroup",
    ),
)

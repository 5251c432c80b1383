"""EC2: attributes of subnets, and network ACLs of deleted VPCs and subnets."""

from typing import Any, ClassVar

from moto.core.responses import ActionResult
from moto.ec2 import models
from moto.ec2.models import subnets as subnet_models
from moto.ec2.models.subnets import Subnet
from moto.ec2.models.vpcs import VPC
from moto.ec2.responses import subnets
from typing_extensions import override

_SWITCHES = {
    "EnableDns64": "enable_dns64",
    "MapCustomerOwnedIpOnLaunch": "map_customer_owned_ip_on_launch",
}
"""Attribute in a request → attribute of a subnet."""


class NetworkAclOwner(models.EC2Backend):
    """EC2 backend that cleans up network ACLs.

    Deleting a VPC deletes its default network ACL. Deleting a subnet deletes its association with a network ACL.
    """

    original: ClassVar[type[models.EC2Backend]]

    @override
    def delete_vpc(self, vpc_id: str) -> VPC:
        vpc = NetworkAclOwner.original.delete_vpc(self, vpc_id)
        for acl in [acl for acl in self.network_acls.values() if acl.vpc_id == vpc_id and acl.default]:
            del self.network_acls[acl.id]
        return vpc

    @override
    def delete_subnet(self, subnet_id: str) -> Subnet:
        subnet = NetworkAclOwner.original.delete_subnet(self, subnet_id)
        for acl in self.network_acls.values():
            for association_id, association in list(acl._associations.items()):  # noqa: SLF001  # no accessor
                if association.subnet_id == subnet_id:
                    del acl._associations[association_id]  # noqa: SLF001  # the same
        return subnet


class Subnets(subnets.Subnets):
    """ModifySubnetAttribute with all attributes that a program can change."""

    original: ClassVar[type[subnets.Subnets]]

    @override
    def modify_subnet_attribute(self) -> ActionResult:
        subnet = self.ec2_backend.get_subnet(self._get_param("SubnetId"))
        for member, attribute in _SWITCHES.items():
            value = self._get_param(f"{member}.Value")
            if value is not None:
                setattr(subnet, attribute, value)
        self.change_names(subnet)
        return Subnets.original.modify_subnet_attribute(self)

    def change_names(self, subnet: subnet_models.Subnet) -> None:
        """Change which private DNS names new instances in the subnet get."""
        options: dict[str, Any] = subnet.private_dns_name_options_on_launch
        host_name_type = self._get_param("PrivateDnsHostnameTypeOnLaunch")
        if host_name_type is not None:
            options["HostnameType"] = host_name_type
        with_aaaa = self._get_param("EnableResourceNameDnsAAAARecordOnLaunch.Value")
        if with_aaaa is not None:
            options["EnableResourceNameDnsAAAARecord"] = with_aaaa

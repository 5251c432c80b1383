"""EC2 backend with AWS's checks and side effects."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from moto.ec2 import models
from moto.ec2.exceptions import DependencyViolationError, EC2ClientError
from moto.ec2.models.nat_gateways import NatGateway
from moto.ec2.models.subnets import Subnet
from moto.ec2.models.vpc_peering_connections import VPCPeeringConnection
from moto.ec2.models.vpcs import VPC, VPCEndPoint
from moto.ec2.models.vpn_gateway import VPCGatewayAttachment
from typing_extensions import override

from rehearsal.cloud.moto_patches.ec2.dependencies import (
    mapped_addresses,
    users_of_security_group,
    users_of_subnet,
    users_of_vpc,
)


class EC2Backend(models.EC2Backend):
    """EC2 backend that checks deletions and supports changes of VPC endpoints."""

    original: ClassVar[type[models.EC2Backend]]

    @override
    def delete_nat_gateway(self, nat_gateway_id: str) -> NatGateway:
        if nat_gateway_id not in self.nat_gateways:
            raise EC2ClientError("NatGatewayNotFound", f"NatGateway {nat_gateway_id} was not found")
        gateway = EC2Backend.original.delete_nat_gateway(self, nat_gateway_id)
        for address in gateway.address_set:
            if address.get("associationId"):
                self.disassociate_address(association_id=address["associationId"])
            self.enis.pop(address["networkInterfaceId"], None)
        return gateway

    @override
    def delete_vpc(self, vpc_id: str) -> VPC:
        _check_unused("vpc", vpc_id, users_of_vpc(self, vpc_id))
        return EC2Backend.original.delete_vpc(self, vpc_id)

    @override
    def attach_internet_gateway(self, internet_gateway_id: str, vpc_id: str) -> VPCGatewayAttachment:
        if any(gateway.vpc and gateway.vpc.id == vpc_id for gateway in self.internet_gateways.values()):
            message = f"Network {vpc_id} already has an internet gateway attached"
            raise EC2ClientError("InvalidParameterValue", message)
        return EC2Backend.original.attach_internet_gateway(self, internet_gateway_id, vpc_id)

    @override
    def detach_internet_gateway(self, internet_gateway_id: str, vpc_id: str) -> None:
        if any(mapped_addresses(self, vpc_id)):
            raise DependencyViolationError(
                f"Network {vpc_id} has some mapped public address(es). Please unmap those public address(es) before "
                "detaching the gateway."
            )
        EC2Backend.original.detach_internet_gateway(self, internet_gateway_id, vpc_id)

    @override
    def release_address(self, address: str | None = None, allocation_id: str | None = None) -> None:
        for each in self.addresses:
            if allocation_id and each.allocation_id == allocation_id and each.association_id:
                raise EC2ClientError("InvalidIPAddress.InUse", f"Address {each.public_ip} is in use.")
        EC2Backend.original.release_address(self, address, allocation_id)

    @override
    def delete_subnet(self, subnet_id: str) -> Subnet:
        _check_unused("subnet", subnet_id, users_of_subnet(self, subnet_id))
        return EC2Backend.original.delete_subnet(self, subnet_id)

    @override
    def delete_security_group(self, name: str | None = None, group_id: str | None = None) -> None:
        if group_id:
            _check_unused("security group", group_id, users_of_security_group(self, group_id))
        EC2Backend.original.delete_security_group(self, name, group_id)

    @override
    def modify_vpc_peering_connection_options(
        self,
        vpc_pcx_id: str,
        accepter_options: dict[str, Any] | None = None,
        requester_options: dict[str, Any] | None = None,
    ) -> VPCPeeringConnection:
        peering = self.get_vpc_peering_connection(vpc_pcx_id)
        if peering._status.code != "active":  # noqa: SLF001  # no accessor
            raise EC2ClientError(
                "OperationNotPermitted",
                f"Peering {vpc_pcx_id} is not active. Peering options can be added only to active peerings.",
            )
        sides = ((accepter_options, peering.peer_vpc), (requester_options, peering.vpc))
        if any(options and vpc.region != self.region_name for options, vpc in sides):
            raise EC2ClientError(
                "OperationNotPermitted",
                f"The options of {vpc_pcx_id} for a VPC can be changed only in that VPC's region.",
            )
        return EC2Backend.original.modify_vpc_peering_connection_options(
            self, vpc_pcx_id, accepter_options, requester_options
        )

    @override
    def create_vpc_endpoint(
        self,
        vpc_id: str,
        service_name: str,
        endpoint_type: str | None,
        policy_document: str | None,
        route_table_ids: list[str],
        subnet_ids: list[str] | None = None,
        network_interface_ids: list[str] | None = None,
        dns_entries: dict[str, str] | None = None,
        client_token: str | None = None,
        security_group_ids: list[str] | None = None,
        tags: dict[str, str] | None = None,
        private_dns_enabled: bool | None = None,
    ) -> VPCEndPoint:
        interface = (endpoint_type or "").lower() == "interface"
        if interface and private_dns_enabled and self.has_private_dns(vpc_id, service_name):
            raise EC2ClientError(
                "InvalidParameter",
                f"private-dns-enabled cannot be set because there is already a conflicting DNS domain for "
                f"{service_name} in the VPC {vpc_id}",
            )
        return EC2Backend.original.create_vpc_endpoint(
            self,
            vpc_id=vpc_id,
            service_name=service_name,
            endpoint_type=endpoint_type or "Gateway",
            policy_document=policy_document,
            route_table_ids=route_table_ids,
            subnet_ids=subnet_ids,
            network_interface_ids=network_interface_ids,
            dns_entries=dns_entries,
            client_token=client_token,
            security_group_ids=security_group_ids,
            tags=tags,
            private_dns_enabled=private_dns_enabled and interface,
        )

    @override
    def modify_vpc_endpoint(
        self,
        vpc_id: str,
        policy_doc: str,
        add_subnets: list[str] | None,
        remove_subnets: list[str] | None,
        remove_route_tables: list[str] | None,
        add_route_tables: list[str] | None,
        add_security_groups: list[str] | None,
        remove_security_groups: list[str] | None,
    ) -> None:
        EC2Backend.original.modify_vpc_endpoint(
            self,
            vpc_id=vpc_id,
            policy_doc=policy_doc,
            add_subnets=add_subnets,
            remove_subnets=remove_subnets,
            remove_route_tables=remove_route_tables,
            add_route_tables=add_route_tables,
            add_security_groups=add_security_groups,
            remove_security_groups=remove_security_groups,
        )
        endpoint = self.vpc_end_points[vpc_id]  # moto's name of the endpoint id
        self.move_interfaces(endpoint, remove_subnets or (), add_subnets or ())
        self.move_routes(endpoint, remove_route_tables or (), add_route_tables or ())

    def has_private_dns(self, vpc_id: str, service_name: str) -> bool:
        """Return True if an endpoint of the VPC has private DNS for the service."""
        return any(
            (endpoint.vpc_id, endpoint.service_name) == (vpc_id, service_name)
            and endpoint.private_dns_enabled
            and endpoint.state != "deleted"
            for endpoint in list(self.vpc_end_points.values())
        )

    def move_interfaces(self, endpoint: VPCEndPoint, remove_subnets: Sequence[str], add_subnets: Sequence[str]) -> None:
        """Remove and add interfaces so that each subnet of an endpoint has one."""
        interface_ids: Any = endpoint.network_interface_ids
        for subnet in remove_subnets:
            for interface_id in list(interface_ids):
                if self.enis[interface_id].subnet.id == subnet:
                    interface_ids.remove(interface_id)
                    del self.enis[interface_id]
        present = {self.enis[interface_id].subnet.id for interface_id in interface_ids}
        for subnet in add_subnets:
            if subnet not in present:
                interface_ids.append(self.create_network_interface(subnet, None).id)  # type: ignore[arg-type]  # moto accepts an id

    def move_routes(
        self, endpoint: VPCEndPoint, remove_route_tables: Sequence[str], add_route_tables: Sequence[str]
    ) -> None:
        """Remove and add routes so that each route table of a gateway endpoint has one."""
        prefix_list: Any = endpoint.destination_prefix_list_id
        for table in remove_route_tables:
            self.delete_route(table, prefix_list)
        for table in add_route_tables:
            prefix_lists = [route.destination_prefix_list for route in self.get_route_table(table).routes]
            if not any(existing and existing.id == prefix_list for existing in prefix_lists):
                self.create_route(table, None, gateway_id=endpoint.id, destination_prefix_list_id=prefix_list)


def _check_unused(resource_type: str, identifier: str, users: Iterator[str]) -> None:
    used_by = ", ".join(sorted(users))
    if used_by:
        raise DependencyViolationError(
            f"The {resource_type} '{identifier}' has dependencies and cannot be deleted. (It is used by {used_by}.)"
        )

"""One VPC with its tiers, routes, NAT and flow logs in one region."""

from collections.abc import Mapping

import pulumi
from pulumi import ResourceOptions
from pulumi_aws import ec2

from components.base import PlatformComponent
from components.network.args import VpcArgs
from components.network.firewall_plan import INTERNET
from components.network.flow_logs import FlowLogs, FlowLogsArgs
from components.network.plan import SubnetPlan, Tier, VpcPlan, plan_vpc


class Vpc(PlatformComponent):
    """One VPC.

    Outputs: vpc_id, subnet_ids by tier, nat_public_ips (one per zone, or one when args.nat is NatMode.SINGLE).
    """

    def __init__(self, name: str, args: VpcArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:network:Vpc", name, args.placement, opts)
        self._name = name
        self._args = args
        self.plan = plan_vpc(args.cidr, args.zones, args.nat, args.tiers)
        self.vpc = ec2.Vpc(
            name,
            cidr_block=str(self.plan.cidr),
            enable_dns_support=True,
            enable_dns_hostnames=True,
            **self.child(args.role),
        )
        self._empty_default_group()
        self.subnets = {(subnet.tier, subnet.zone): self._subnet(subnet) for subnet in self.plan.subnets}
        self.nat_public_ips: list[pulumi.Output[str]] = []
        tables = self._route_tables(self.plan)
        self._s3_endpoint(tables)
        FlowLogs(
            f"{name}-flow",
            FlowLogsArgs(
                placement=args.placement,
                role=args.role,
                vpc_id=self.vpc.id,
                logs_key=args.logs_key,
                retention_days=args.log_retention_days,
            ),
            self.inside(),
        )
        self.vpc_id = self.vpc.id
        self.register_outputs({"vpc_id": self.vpc_id, "nat_public_ips": self.nat_public_ips})

    def subnet_ids(self, tier: Tier) -> list[pulumi.Output[str]]:
        """Ids of a tier's subnets, by zone."""
        return [self.subnets[tier, subnet.zone].id for subnet in self.plan.of(tier)]

    def _empty_default_group(self) -> None:
        """Take every rule from the group that a forgetful launch would land in."""
        ec2.DefaultSecurityGroup(
            f"{self._name}-default",
            vpc_id=self.vpc.id,
            ingress=[],
            egress=[],
            **self.child(f"{self._args.role}-default-closed"),
        )

    def _subnet(self, subnet: SubnetPlan) -> ec2.Subnet:
        label = f"{subnet.tier}-{subnet.letter}"
        base = self.child(f"{self._args.role}-{label}")
        return ec2.Subnet(
            f"{self._name}-{label}",
            vpc_id=self.vpc.id,
            availability_zone=subnet.zone,
            cidr_block=str(subnet.cidr),
            map_public_ip_on_launch=False,
            opts=base["opts"],
            region=base["region"],
            tags={**base["tags"], **self._args.subnet_tags.get(subnet.tier, {})},
        )

    def _route_tables(self, plan: VpcPlan) -> list[ec2.RouteTable]:
        """One table for the public tier, one for the data tier, and one for each private subnet."""
        tables = [self._data_table(plan)]
        if plan.of(Tier.PUBLIC):
            gateway = ec2.InternetGateway(self._name, vpc_id=self.vpc.id, **self.child(self._args.role))
            tables.append(self._public_table(plan, gateway))
            tables += self._private_tables(plan, self._nat_gateways(plan, gateway))
        return tables

    def _data_table(self, plan: VpcPlan) -> ec2.RouteTable:
        """A table without a default route: the data tier has no way out."""
        table = self._table("data")
        for subnet in plan.of(Tier.DATA):
            self._associate(subnet, table)
        return table

    def _public_table(self, plan: VpcPlan, gateway: ec2.InternetGateway) -> ec2.RouteTable:
        table = self._table("public")
        ec2.Route(
            f"{self._name}-public-out",
            route_table_id=table.id,
            destination_cidr_block=str(INTERNET.cidr),
            gateway_id=gateway.id,
            **self.untagged(),
        )
        for subnet in plan.of(Tier.PUBLIC):
            self._associate(subnet, table)
        return table

    def _nat_gateways(self, plan: VpcPlan, gateway: ec2.InternetGateway) -> Mapping[str, ec2.NatGateway]:
        """Gateways by zone; an address that is to be public needs the internet gateway first."""
        after = ResourceOptions(depends_on=[gateway])
        gateways = {}
        for zone in plan.nat_zones:
            label = f"nat-{zone[-1]}"
            tagged = self.child(f"{self._args.role}-{label}", after)
            address = ec2.Eip(f"{self._name}-{label}", domain="vpc", **tagged)
            self.nat_public_ips.append(address.public_ip)
            gateways[zone] = ec2.NatGateway(
                f"{self._name}-{label}",
                allocation_id=address.allocation_id,
                subnet_id=self.subnets[Tier.PUBLIC, zone].id,
                **tagged,
            )
        return gateways

    def _private_tables(self, plan: VpcPlan, gateways: Mapping[str, ec2.NatGateway]) -> list[ec2.RouteTable]:
        tables = []
        for subnet in plan.of(Tier.PRIVATE):
            table = self._table(f"private-{subnet.letter}")
            tables.append(table)
            self._associate(subnet, table)
            if nat_zone := plan.nat_zone_for(subnet.zone):
                ec2.Route(
                    f"{self._name}-private-{subnet.letter}-out",
                    route_table_id=table.id,
                    destination_cidr_block=str(INTERNET.cidr),
                    nat_gateway_id=gateways[nat_zone].id,
                    **self.untagged(),
                )
        return tables

    def _table(self, label: str) -> ec2.RouteTable:
        return ec2.RouteTable(f"{self._name}-{label}", vpc_id=self.vpc.id, **self.child(f"{self._args.role}-{label}"))

    def _associate(self, subnet: SubnetPlan, table: ec2.RouteTable) -> None:
        ec2.RouteTableAssociation(
            f"{self._name}-{subnet.tier}-{subnet.letter}",
            subnet_id=self.subnets[subnet.tier, subnet.zone].id,
            route_table_id=table.id,
            **self.untagged(),
        )

    def _s3_endpoint(self, tables: list[ec2.RouteTable]) -> None:
        """Traffic to S3 stays on AWS's network and costs nothing through NAT."""
        ec2.VpcEndpoint(
            f"{self._name}-s3",
            vpc_id=self.vpc.id,
            vpc_endpoint_type="Gateway",
            service_name=f"com.amazonaws.{self.placement.region}.s3",
            route_table_ids=[table.id for table in tables],
            **self.child(f"{self._args.role}-s3"),
        )

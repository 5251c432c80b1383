"""VPC of one region: subnets, routes, NAT and flow logs."""

from collections.abc import Mapping

import pulumi
from pulumi import ResourceOptions
from pulumi_aws import ec2

from components.base import PlatformComponent
from components.network.args import VpcArgs
from components.network.flow_logs import FlowLogs, FlowLogsArgs
from components.network.network_acl_plan import INBOUND_ENTRIES, OUTBOUND_ENTRIES
from components.network.plan import SubnetPlan, Tier, VpcPlan, plan_vpc
from components.network.security_group_plan import INTERNET


class Vpc(PlatformComponent):
    """One VPC with its subnets, route tables, NAT gateways and flow logs.

    Outputs: vpc_id, subnet_ids by tier, route_tables by label (`public`, `data`, `private-a` …), nat_public_ips (one
    per zone, or only one if args.nat is NatMode.SINGLE). A subnet's id resolves only after its routes exist. Without
    the routes, AWS rejects a load balancer in the subnet, and a node that boots there never joins the cluster.
    """

    def __init__(self, name: str, args: VpcArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:network:Vpc", name, args.context, opts)
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
        self._close_defaults()
        self.subnets = {(subnet.tier, subnet.zone): self._subnet(subnet) for subnet in self.plan.subnets}
        self.nat_public_ips: list[pulumi.Output[str]] = []
        self.route_tables: dict[str, pulumi.Output[str]] = {}
        self._routed_subnet_ids: dict[SubnetPlan, pulumi.Output[str]] = {}
        self._route(self.plan)
        FlowLogs(
            f"{name}-flow",
            FlowLogsArgs(
                context=args.context,
                role=args.role,
                vpc_id=self.vpc.id,
                logs_key=args.logs_key,
                retention_days=args.log_retention_days,
            ),
            self.child_options(),
        )
        self.vpc_id = self.vpc.id
        self.register_outputs({"vpc_id": self.vpc_id, "nat_public_ips": self.nat_public_ips})

    def subnet_ids(self, tier: Tier) -> list[pulumi.Output[str]]:
        """Return the ids of a tier's subnets, sorted by zone."""
        return [self._routed_subnet_ids[subnet] for subnet in self.plan.of(tier)]

    def _close_defaults(self) -> None:
        """Restrict the default security group and the default network ACL.

        The group gets no rules. The ACL denies remote administration. The engine ignores the ACL's subnet list, because
        AWS adds every subnet that has no other ACL to this list.
        """
        ec2.DefaultSecurityGroup(
            f"{self._name}-default",
            vpc_id=self.vpc.id,
            ingress=[],
            egress=[],
            **self.child(f"{self._args.role}-default-closed"),
        )
        ec2.DefaultNetworkAcl(
            f"{self._name}-default",
            default_network_acl_id=self.vpc.default_network_acl_id,
            ingress=[ec2.DefaultNetworkAclIngressArgs(**entry) for entry in INBOUND_ENTRIES],
            egress=[ec2.DefaultNetworkAclEgressArgs(**entry) for entry in OUTBOUND_ENTRIES],
            **self.child(f"{self._args.role}-default", ResourceOptions(ignore_changes=["subnetIds"])),
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

    def _route(self, plan: VpcPlan) -> None:
        """Create the route tables.

        The public tier and the data tier have one table each. Every private subnet has its own table.
        """
        self._data_table(plan)
        if plan.of(Tier.PUBLIC):
            gateway = ec2.InternetGateway(self._name, vpc_id=self.vpc.id, **self.child(self._args.role))
            self._public_table(plan, gateway)
            self._private_tables(plan, self._nat_gateways(plan, gateway))

    def _data_table(self, plan: VpcPlan) -> None:
        """Create the data tier's route table, without a default route."""
        table = self._table("data")
        for subnet in plan.of(Tier.DATA):
            self._associate(subnet, table)

    def _public_table(self, plan: VpcPlan, gateway: ec2.InternetGateway) -> None:
        table = self._table("public")
        default_route = ec2.Route(
            f"{self._name}-public-out",
            route_table_id=table.id,
            destination_cidr_block=str(INTERNET.cidr),
            gateway_id=gateway.id,
            **self.untagged(),
        )
        for subnet in plan.of(Tier.PUBLIC):
            self._associate(subnet, table, default_route)

    def _nat_gateways(self, plan: VpcPlan, gateway: ec2.InternetGateway) -> Mapping[str, ec2.NatGateway]:
        """Create the NAT gateways and return them by zone.

        The internet gateway must exist before the public addresses of the NAT gateways.
        """
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

    def _private_tables(self, plan: VpcPlan, gateways: Mapping[str, ec2.NatGateway]) -> None:
        for subnet in plan.of(Tier.PRIVATE):
            table = self._table(f"private-{subnet.letter}")
            routes = []
            if nat_zone := plan.nat_zone_for(subnet.zone):
                default_route = ec2.Route(
                    f"{self._name}-private-{subnet.letter}-out",
                    route_table_id=table.id,
                    destination_cidr_block=str(INTERNET.cidr),
                    nat_gateway_id=gateways[nat_zone].id,
                    **self.untagged(),
                )
                routes.append(default_route)
            self._associate(subnet, table, *routes)

    def _table(self, label: str) -> ec2.RouteTable:
        table = ec2.RouteTable(f"{self._name}-{label}", vpc_id=self.vpc.id, **self.child(f"{self._args.role}-{label}"))
        self.route_tables[label] = table.id
        return table

    def _associate(self, subnet: SubnetPlan, table: ec2.RouteTable, *routes: ec2.Route) -> None:
        association = ec2.RouteTableAssociation(
            f"{self._name}-{subnet.tier}-{subnet.letter}",
            subnet_id=self.subnets[subnet.tier, subnet.zone].id,
            route_table_id=table.id,
            **self.untagged(ResourceOptions(depends_on=routes)),
        )
        self._routed_subnet_ids[subnet] = association.subnet_id.apply(lambda subnet_id: subnet_id or "")

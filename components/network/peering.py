"""VPC peering between the two regions, so that services reach either database."""

from pulumi import ResourceOptions
from pulumi_aws import ec2

from components.base import DeploymentContext, PlatformComponent
from components.network.args import PeeringArgs, PeeringSide


class Peering(PlatformComponent):
    """A peering connection with its accepter, DNS options and routes.

    The private and data subnets of each side get routes to the other side.

    Connections across regions are not accepted automatically, so the accepter is a separate resource. Options and
    routes depend on it, because AWS rejects both for an inactive connection. Security groups cannot refer to groups
    across regions, so their rules name the other network's range.
    """

    def __init__(self, name: str, args: PeeringArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:network:Peering", name, args.context, opts)
        self._name = name
        accepter = args.accepter.context
        connection = ec2.VpcPeeringConnection(
            name,
            vpc_id=args.requester.vpc_id,
            peer_vpc_id=args.accepter.vpc_id,
            peer_owner_id=accepter.account,
            peer_region=accepter.region,
            **self.child("peering"),
        )
        accepted = ec2.VpcPeeringConnectionAccepter(
            name,
            vpc_peering_connection_id=connection.id,
            auto_accept=True,
            opts=self.child_options(),
            region=accepter.region,
            tags=self.child("peering")["tags"],
        )
        ec2.PeeringConnectionOptions(
            f"{name}-near",
            vpc_peering_connection_id=accepted.id,
            requester=ec2.PeeringConnectionOptionsRequesterArgs(allow_remote_vpc_dns_resolution=True),
            opts=self.child_options(),
            region=args.requester.context.region,
        )
        ec2.PeeringConnectionOptions(
            f"{name}-far",
            vpc_peering_connection_id=accepted.id,
            accepter=ec2.PeeringConnectionOptionsAccepterArgs(allow_remote_vpc_dns_resolution=True),
            opts=self.child_options(),
            region=accepter.region,
        )
        self._routes("near", args.requester, args.accepter, accepted)
        self._routes("far", args.accepter, args.requester, accepted)
        self.register_outputs({"id": connection.id})

    def _routes(
        self, side: str, source: PeeringSide, target: PeeringSide, accepted: ec2.VpcPeeringConnectionAccepter
    ) -> None:
        context: DeploymentContext = source.context
        for label, table in source.route_table_ids.items():
            ec2.Route(
                f"{self._name}-{side}-{label}",
                route_table_id=table,
                destination_cidr_block=str(target.cidr),
                vpc_peering_connection_id=accepted.id,
                opts=self.child_options(),
                region=context.region,
            )

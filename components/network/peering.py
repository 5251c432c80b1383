"""The connection of the two regions' networks: services reach the database wherever its writer is."""

from pulumi import ResourceOptions
from pulumi_aws import ec2

from components.base import DeploymentContext, PlatformComponent
from components.network.args import PeeringArgs, PeeringSide


class Peering(PlatformComponent):
    """A peering connection with its two ends, private DNS both ways, and the routes of private and data subnets.

    Between regions nobody accepts by himself, so that the far end is a resource of its own. Options and routes wait for
    it: AWS takes neither for a connection that is not active. Security groups cannot name groups across regions, which
    is why the firewall names the other network's range.
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
        self, side: str, here: PeeringSide, there: PeeringSide, accepted: ec2.VpcPeeringConnectionAccepter
    ) -> None:
        place: DeploymentContext = here.context
        for label, table in here.route_table_ids.items():
            ec2.Route(
                f"{self._name}-{side}-{label}",
                route_table_id=table,
                destination_cidr_block=str(there.cidr),
                vpc_peering_connection_id=accepted.id,
                opts=self.child_options(),
                region=place.region,
            )

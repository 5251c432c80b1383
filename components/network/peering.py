"""The connection of the two regions' networks: services reach the database wherever its writer is."""

from pulumi import ResourceOptions
from pulumi_aws import ec2

from components.base import Placement, PlatformComponent
from components.network.args import Peer, PeeringArgs


class Peering(PlatformComponent):
    """A peering connection with its two ends, private DNS both ways, and the routes of private and data subnets.

    Between regions nobody accepts by himself, so that the far end is a resource of its own. Options and routes wait for
    it: AWS takes neither for a connection that is not active. Security groups cannot name groups across regions, which
    is why the firewall names the other network's range.
    """

    def __init__(self, name: str, args: PeeringArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:network:Peering", name, args.placement, opts)
        self._name = name
        far = args.far.placement
        connection = ec2.VpcPeeringConnection(
            name,
            vpc_id=args.near.vpc_id,
            peer_vpc_id=args.far.vpc_id,
            peer_owner_id=far.account,
            peer_region=far.region,
            **self.child("peering"),
        )
        accepted = ec2.VpcPeeringConnectionAccepter(
            name,
            vpc_peering_connection_id=connection.id,
            auto_accept=True,
            opts=self.inside(),
            region=far.region,
            tags=self.child("peering")["tags"],
        )
        ec2.PeeringConnectionOptions(
            f"{name}-near",
            vpc_peering_connection_id=accepted.id,
            requester=ec2.PeeringConnectionOptionsRequesterArgs(allow_remote_vpc_dns_resolution=True),
            opts=self.inside(),
            region=args.near.placement.region,
        )
        ec2.PeeringConnectionOptions(
            f"{name}-far",
            vpc_peering_connection_id=accepted.id,
            accepter=ec2.PeeringConnectionOptionsAccepterArgs(allow_remote_vpc_dns_resolution=True),
            opts=self.inside(),
            region=far.region,
        )
        self._routes("near", args.near, args.far, accepted)
        self._routes("far", args.far, args.near, accepted)
        self.register_outputs({"id": connection.id})

    def _routes(self, side: str, here: Peer, there: Peer, accepted: ec2.VpcPeeringConnectionAccepter) -> None:
        place: Placement = here.placement
        for label, table in here.route_table_ids.items():
            ec2.Route(
                f"{self._name}-{side}-{label}",
                route_table_id=table,
                destination_cidr_block=str(there.cidr),
                vpc_peering_connection_id=accepted.id,
                opts=self.inside(),
                region=place.region,
            )

"""VPC endpoints, through which a VPC reaches AWS services without the internet."""

from pulumi import ResourceOptions
from pulumi_aws import ec2

from components.base import PlatformComponent
from components.identity.documents import policy
from components.network.args import EndpointsArgs
from components.network.endpoints_plan import (
    EndpointScope,
    GatewayEndpoint,
    InterfaceEndpoint,
    label,
    service_name,
    statements,
)

OWN_ADDRESSES = ec2.VpcEndpointDnsOptionsArgs(private_dns_only_for_inbound_resolver_endpoint=False)
"""DNS options of the S3 interface endpoint.

Private DNS applies inside the VPC too, not only to inbound resolvers. Otherwise the VPC's own requests would go to the
S3 gateway endpoint (Amazon S3 User Guide, "AWS PrivateLink for Amazon S3", private DNS). The drawback is that downloads
by nodes incur PrivateLink charges.
"""


class Endpoints(PlatformComponent):
    """Gateway endpoints for S3 and DynamoDB, and configured interface endpoints.

    Inside the VPC, the services' public names resolve to the interface endpoints (private DNS), so clients need no
    configuration.
    """

    def __init__(self, name: str, args: EndpointsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:network:Endpoints", name, args.context, opts)
        scope = EndpointScope(args.context.account, args.context.region)
        for gateway in GatewayEndpoint:
            ec2.VpcEndpoint(
                f"{name}-{gateway}",
                vpc_id=args.vpc_id,
                vpc_endpoint_type="Gateway",
                service_name=service_name(gateway, scope.region),
                route_table_ids=list(args.route_table_ids),
                policy=policy(*statements(gateway, scope)),
                **self.child(f"{args.role}-{gateway}"),
            )
        for interface in args.interfaces:
            self._interface(name, args, interface, scope)
        self.register_outputs({})

    def _interface(self, name: str, args: EndpointsArgs, interface: InterfaceEndpoint, scope: EndpointScope) -> None:
        ec2.VpcEndpoint(
            f"{name}-{label(interface)}",
            vpc_id=args.vpc_id,
            vpc_endpoint_type="Interface",
            service_name=service_name(interface, scope.region),
            subnet_ids=list(args.subnet_ids),
            security_group_ids=[args.security_group_id],
            private_dns_enabled=True,
            dns_options=OWN_ADDRESSES if interface is InterfaceEndpoint.S3 else None,
            policy=policy(*statements(interface, scope)),
            **self.child(f"{args.role}-{label(interface)}"),
        )

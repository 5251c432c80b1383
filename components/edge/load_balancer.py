"""Application load balancer of one region."""

from pulumi import ResourceOptions
from pulumi_aws import lb

from components.base import PlatformComponent
from components.edge.args import LoadBalancerArgs
from components.edge.plan import LOGS_PREFIX, adoption_tags


class LoadBalancer(PlatformComponent):
    """An application load balancer without listeners.

    The cluster's controller finds the load balancer by its tags (ADR 0013). The controller manages listeners, rules and
    targets, and sets the tags that the Ingresses name.

    Outputs: arn, dns_name, zone_id (AWS's own zone, for alias records), tags.
    """

    def __init__(self, name: str, args: LoadBalancerArgs, opts: ResourceOptions | None = None) -> None:
        # The type token predates the class name, but it is part of the URN and must not change.
        super().__init__("campus:edge:Balancer", name, args.context, opts)
        base = self.child(args.role)
        balancer = lb.LoadBalancer(
            name,
            name=args.context.resource_name(args.role),
            load_balancer_type="application",
            internal=False,
            ip_address_type="ipv4",
            subnets=list(args.subnet_ids),
            security_groups=[args.security_group_id],
            access_logs=lb.LoadBalancerAccessLogsArgs(enabled=True, bucket=args.log_bucket, prefix=LOGS_PREFIX),
            drop_invalid_header_fields=True,
            desync_mitigation_mode="strictest",
            enable_http2=True,
            enable_waf_fail_open=False,
            enable_deletion_protection=args.deletion_protection,
            opts=base["opts"],
            region=base["region"],
            tags={**base["tags"], **adoption_tags(args.cluster)},
        )
        self.arn = balancer.arn
        self.dns_name = balancer.dns_name
        self.zone_id = balancer.zone_id
        self.tags = base["tags"]
        self.register_outputs({"arn": self.arn, "dns_name": self.dns_name})

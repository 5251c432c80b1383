"""Public DNS zone of one environment."""

import pulumi
from pulumi import ResourceOptions
from pulumi_aws import cloudwatch, route53

from components.base import PlatformComponent
from components.edge.args import ZoneArgs
from components.identity.documents import Statement, policy

ROUTE53_LOGS = "/aws/route53/"
"""Log group prefix that AWS requires for query logs."""
CAA_TTL = 3600


class DnsZone(PlatformComponent):
    """A zone with CAA records and query logging.

    The zone's names resolve only after the owner of the parent zone has delegated the domain to this zone's name
    servers. DNSSEC is not enabled, because it needs a key in us-east-1 and a record in the parent zone, and a mistake
    in either makes every name unresolvable.

    Outputs: zone_id, name_servers.
    """

    def __init__(self, name: str, args: ZoneArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:edge:DnsZone", name, args.context, opts)
        zone = route53.Zone(
            name,
            name=args.domain,
            comment=f"Services of {args.context.environment}",
            force_destroy=args.force_destroy,
            **self.global_child("zone"),
        )
        route53.Record(
            f"{name}-caa",
            zone_id=zone.zone_id,
            name=args.domain,
            type="CAA",
            ttl=CAA_TTL,
            records=[
                f'0 {tag} "{authority}"' for authority in args.certificate_authorities for tag in ("issue", "issuewild")
            ],
            opts=self.child_options(),
        )
        self._log_queries(name, args, zone)
        self.zone_id = zone.zone_id
        self.name_servers = zone.name_servers
        self.register_outputs({"zone_id": self.zone_id, "name_servers": self.name_servers})

    def _log_queries(self, name: str, args: ZoneArgs, zone: route53.Zone) -> None:
        logs_context = self.context.with_region(args.logs_region)
        group = cloudwatch.LogGroup(
            f"{name}-queries",
            name=f"{ROUTE53_LOGS}{args.domain}",
            kms_key_id=args.logs_key,
            retention_in_days=args.log_retention_days,
            opts=self.child_options(),
            region=logs_context.region,
            tags=self.child("zone-queries")["tags"],
        )
        logging_policy = cloudwatch.LogResourcePolicy(
            f"{name}-queries",
            policy_name=logs_context.resource_name("zone-queries"),
            policy_document=policy(
                Statement(
                    sid="Route53QueryLogs",
                    principals={"Service": "route53.amazonaws.com"},
                    actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                    resources=[pulumi.Output.concat(group.arn, ":*")],
                    conditions={
                        "StringEquals": {"aws:SourceAccount": logs_context.account},
                        "ArnLike": {"aws:SourceArn": zone.arn},
                    },
                )
            ),
            opts=self.child_options(),
            region=logs_context.region,
        )
        route53.QueryLog(
            f"{name}-queries",
            zone_id=zone.zone_id,
            cloudwatch_log_group_arn=group.arn,
            opts=self.child_options(ResourceOptions(depends_on=[logging_policy])),
        )

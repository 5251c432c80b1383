"""DNS names of services and their failover between regions."""

from pulumi import ResourceOptions
from pulumi_aws import cloudwatch, route53

from components.base import PlatformComponent
from components.edge.args import AliasTarget, NamesArgs
from components.edge.plan import HEALTH_REGION, regional_host

CHECK_SECONDS = 10
FAILURES = 3
"""Number of consecutive failed health checks after which a region is unhealthy.

Together with `CHECK_SECONDS`, failover starts after 30 seconds, well within the required fifteen minutes.
"""


class ServiceNames(PlatformComponent):
    """Alias records and, with a second region, health checks and failover.

    The health checks use regional host names, because a load balancer answers only hosts for which it has a rule. All
    names fail over together, because services of one region call each other. If neither region is healthy, Route 53
    returns the primary. A standby is unhealthy until it is scaled out, so users do not reach it before that.
    """

    def __init__(self, name: str, args: NamesArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:edge:ServiceNames", name, args.context, opts)
        self._name = name
        self._args = args
        if args.secondary is None:
            for host in args.health_paths:
                self._alias(_label(host), host, args.primary, evaluate_health=True)
        else:
            for role, target in (("primary", args.primary), ("secondary", args.secondary)):
                self._region_records(role, target)
        self.register_outputs({})

    def _region_records(self, role: str, target: AliasTarget) -> None:
        """Create one region's host names, health check and failover records."""
        for host in self._args.health_paths:
            self._alias(f"{_label(host)}-{role}-own", regional_host(host, target.region), target, evaluate_health=False)
        check = self._health(role, target)
        for host in self._args.health_paths:
            route53.Record(
                f"{self._name}-{_label(host)}-{role}",
                zone_id=self._args.zone_id,
                name=host,
                type="A",
                set_identifier=role,
                failover_routing_policies=[route53.RecordFailoverRoutingPolicyArgs(type=role.upper())],
                health_check_id=check.id,
                aliases=[_alias_to(target, evaluate_health=True)],
                opts=self.child_options(),
            )

    def _alias(self, label: str, host: str, target: AliasTarget, *, evaluate_health: bool) -> None:
        route53.Record(
            f"{self._name}-{label}",
            zone_id=self._args.zone_id,
            name=host,
            type="A",
            aliases=[_alias_to(target, evaluate_health=evaluate_health)],
            opts=self.child_options(),
        )

    def _health(self, role: str, target: AliasTarget) -> route53.HealthCheck:
        host, path = next(iter(self._args.health_paths.items()))
        check = route53.HealthCheck(
            f"{self._name}-{role}",
            type="HTTPS",
            fqdn=regional_host(host, target.region),
            port=443,
            resource_path=path,
            enable_sni=True,
            request_interval=CHECK_SECONDS,
            failure_threshold=FAILURES,
            measure_latency=False,
            **self.global_child(f"{role}-health"),
        )
        cloudwatch.MetricAlarm(
            f"{self._name}-{role}",
            name=self.context.resource_name(f"{role}-unhealthy"),
            alarm_description=f"{host} does not answer in {target.region}, the {role} region",
            namespace="AWS/Route53",
            metric_name="HealthCheckStatus",
            dimensions={"HealthCheckId": check.id},
            statistic="Minimum",
            period=60,
            evaluation_periods=1,
            comparison_operator="LessThanThreshold",
            threshold=1,
            treat_missing_data="breaching",
            alarm_actions=[self._args.alert_topic],
            opts=self.child_options(),
            region=HEALTH_REGION,
            tags=self.child(f"{role}-unhealthy")["tags"],
        )
        return check


def _label(host: str) -> str:
    """Return the first label of a host, which is the same in every environment."""
    return host.partition(".")[0]


def _alias_to(target: AliasTarget, *, evaluate_health: bool) -> route53.RecordAliasArgs:
    return route53.RecordAliasArgs(
        name=target.dns_name,
        zone_id=target.zone_id,
        evaluate_target_health=evaluate_health,
    )

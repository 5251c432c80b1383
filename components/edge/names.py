"""The names under which services are reached, and which region they lead to."""

from pulumi import ResourceOptions
from pulumi_aws import cloudwatch, route53

from components.base import PlatformComponent
from components.edge.args import AliasTarget, NamesArgs
from components.edge.plan import HEALTH_REGION, regional_host

CHECK_SECONDS = 10
FAILURES = 3
"""Half a minute of silence, so that users are elsewhere within the document's fifteen minutes."""


class ServiceNames(PlatformComponent):
    """Alias records, and where there is a second region health checks that decide between the two.

    Both sides are watched by names of their own, so that each check meets the load balancer's rule for its host. All
    names move together: services of one region talk to each other. While neither side is well, Route 53 answers with
    the primary: a standby that nobody has scaled out is not well, and gets no users.
    """

    def __init__(self, name: str, args: NamesArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:edge:ServiceNames", name, args.context, opts)
        self._name = name
        self._args = args
        if args.secondary is None:
            for host in args.health_paths:
                self._alias(_label(host), host, args.primary, watched=True)
        else:
            for role, target in (("primary", args.primary), ("secondary", args.secondary)):
                self._side(role, target)
        self.register_outputs({})

    def _side(self, role: str, target: AliasTarget) -> None:
        """One region's own names, its health, and its half of the names that fail over."""
        for host in self._args.health_paths:
            self._alias(f"{_label(host)}-{role}-own", regional_host(host, target.region), target, watched=False)
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
                aliases=[_alias_to(target, watched=True)],
                opts=self.child_options(),
            )

    def _alias(self, label: str, host: str, target: AliasTarget, *, watched: bool) -> None:
        route53.Record(
            f"{self._name}-{label}",
            zone_id=self._args.zone_id,
            name=host,
            type="A",
            aliases=[_alias_to(target, watched=watched)],
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
    """The service's part of a host: resources are called alike in every environment."""
    return host.partition(".")[0]


def _alias_to(target: AliasTarget, *, watched: bool) -> route53.RecordAliasArgs:
    return route53.RecordAliasArgs(
        name=target.dns_name,
        zone_id=target.zone_id,
        evaluate_target_health=watched,
    )

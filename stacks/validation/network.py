"""Networks have room and keep apart."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network

from components.delivery.pod_permissions import EvidenceAccess
from components.network.endpoints_plan import InterfaceEndpoint
from components.network.plan import NatMode, PlanError, plan_vpc, zone_names
from components.network.zones import ZONES
from stacks.errors import Mistake
from stacks.parsed_values import NotParsedError, ParsedValues
from stacks.requirements import FEWEST_ZONES, PRODUCTION_LIKE_ZONES, Environment
from stacks.validation.base import CrossEnvironmentRule, Mistakes, SettingsRule


def primary_network_fits(_environment: Environment, values: ParsedValues) -> Mistakes:
    """The primary VPC has room for all tiers."""
    yield from _fits("network.cidr", values["network.cidr"], values["region"], values["network.zones"])


def recovery_network_fits(_environment: Environment, values: ParsedValues) -> Mistakes:
    """The DR VPC has room for the same tiers."""
    yield from _fits("recovery.cidr", values["recovery.cidr"], values["recovery.region"], values["recovery.zones"])


def _fits(key: str, cidr: IPv4Network, region: str, letters: Sequence[str]) -> Mistakes:
    try:
        plan_vpc(cidr, zone_names(region, set(letters)), NatMode.NONE)
    except PlanError as error:
        yield Mistake(key, str(error))


def ranges_of_one_environment_are_apart(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Networks that will be routed to each other do not overlap."""
    yield from _overlaps(values, "recovery.cidr", "network.cidr")
    yield from _overlaps(values, "vault.cidr", "network.cidr")
    yield from _overlaps(values, "vault.cidr", "recovery.cidr")


def _overlaps(values: ParsedValues, key: str, other: str) -> Mistakes:
    try:
        if values[key].overlaps(values[other]):
            yield Mistake(key, f"{values[key]} overlaps {other} {values[other]}")
    except NotParsedError:
        return


def recovery_is_elsewhere(_environment: Environment, values: ParsedValues) -> Mistakes:
    """The DR region is another one."""
    if values["recovery.region"] == values["region"]:
        yield Mistake("recovery.region", f"{values['region']} is also the primary region")


def regions_have_the_zones(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Zones exist: AWS would say so only when the first subnet is made."""
    for region_key, zones_key in (("region", "network.zones"), ("recovery.region", "recovery.zones")):
        try:
            region, zones = values[region_key], values[zones_key]
        except NotParsedError:
            continue
        there = ZONES.get(region)
        if there is None:
            yield Mistake(
                region_key,
                f"{region} has no zones in components/network/zones.py; add it there, or use {', '.join(ZONES)}",
            )
        elif missing := sorted(set(zones) - set(there)):
            yield Mistake(zones_key, f"{region} has no zone {', '.join(missing)}; it has {', '.join(there)}")


def endpoints_are_named_once(_environment: Environment, values: ParsedValues) -> Mistakes:
    """A second endpoint with private DNS for one service is refused by AWS."""
    names = values["network.interfaceEndpoints"]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        yield Mistake("network.interfaceEndpoints", f"names {', '.join(twice)} twice")


def evidence_takes_no_way_abroad(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Pods that keep evidence reach S3 inside the network: no network policy can name S3's public addresses."""
    if InterfaceEndpoint.S3 in values["network.interfaceEndpoints"]:
        return
    keeping = [name for name, service in values["services"].items() if service.evidence is not EvidenceAccess.NONE]
    if keeping:
        sentence = f"lacks s3, through which services.{keeping[0]} keeps evidence without the internet"
        yield Mistake("network.interfaceEndpoints", sentence)


def zones_are_enough(environment: Environment, values: ParsedValues) -> Mistakes:
    """As many zones as AWS and the environment's topology need, none twice."""
    fewest = PRODUCTION_LIKE_ZONES if environment.production_like else FEWEST_ZONES
    reason = (
        f"{environment} has the full topology"
        if environment.production_like
        else "EKS, RDS and load balancers refuse one"
    )
    for key in ("network.zones", "recovery.zones"):
        try:
            zones = values[key]
        except NotParsedError:
            continue
        if len(set(zones)) != len(zones):
            yield Mistake(key, f"{', '.join(zones)} names a zone twice")
        elif len(zones) < fewest:
            yield Mistake(key, f"{len(zones)} is too few: at least {fewest}, because {reason}")


def ranges_are_unique(
    environment: Environment, values: ParsedValues, siblings: Mapping[Environment, ParsedValues]
) -> Mistakes:
    """No two environments share addresses: they meet in the transit network."""
    keys = ("network.cidr", "recovery.cidr")
    for key in keys:
        for other, theirs in siblings.items():
            for their_key in keys:
                try:
                    mine, their = values[key], theirs[their_key]
                except NotParsedError:
                    continue
                if other is not environment and mine.overlaps(their):
                    yield Mistake(key, f"{mine} overlaps {their_key} {their} of Pulumi.{other}.yaml")


RULES: tuple[SettingsRule, ...] = (
    primary_network_fits,
    recovery_network_fits,
    ranges_of_one_environment_are_apart,
    recovery_is_elsewhere,
    zones_are_enough,
    regions_have_the_zones,
    endpoints_are_named_once,
    evidence_takes_no_way_abroad,
)
CROSS_ENVIRONMENT_RULES: tuple[CrossEnvironmentRule, ...] = (ranges_are_unique,)

"""Rules of networks: sizes, zones, endpoints and overlapping ranges."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network

from components.delivery.pod_permissions import EvidenceAccess
from components.network.endpoints_plan import InterfaceEndpoint
from components.network.plan import NatMode, PlanError, plan_vpc, zone_names
from components.network.zones import ZONES
from stacks.errors import Mistake
from stacks.parsed_values import NotParsedError, ParsedValues
from stacks.requirements import MIN_ZONES, PRODUCTION_LIKE_ZONES, Environment
from stacks.validation.base import CrossEnvironmentRule, Mistakes, SettingsRule


def primary_network_fits(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Check that the primary VPC has room for all tiers."""
    yield from _fits("network.cidr", values["network.cidr"], values["region"], values["network.zones"])


def recovery_network_fits(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Check that the DR VPC has room for all tiers."""
    yield from _fits("recovery.cidr", values["recovery.cidr"], values["recovery.region"], values["recovery.zones"])


def _fits(key: str, cidr: IPv4Network, region: str, letters: Sequence[str]) -> Mistakes:
    try:
        plan_vpc(cidr, zone_names(region, set(letters)), NatMode.NONE)
    except PlanError as error:
        yield Mistake(key, str(error))


def ranges_of_one_environment_do_not_overlap(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Check that networks that are routed to each other do not overlap."""
    yield from _overlaps(values, "recovery.cidr", "network.cidr")
    yield from _overlaps(values, "vault.cidr", "network.cidr")
    yield from _overlaps(values, "vault.cidr", "recovery.cidr")


def _overlaps(values: ParsedValues, key: str, other: str) -> Mistakes:
    try:
        if values[key].overlaps(values[other]):
            yield Mistake(key, f"{values[key]} overlaps {other} {values[other]}")
    except NotParsedError:
        return


def recovery_region_differs(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Check that the DR region is not the primary region."""
    if values["recovery.region"] == values["region"]:
        yield Mistake("recovery.region", f"{values['region']} is also the primary region")


def zones_exist_in_the_region(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Check that zones exist in their region, so that no update fails because of them."""
    for region_key, zones_key in (("region", "network.zones"), ("recovery.region", "recovery.zones")):
        try:
            region, zones = values[region_key], values[zones_key]
        except NotParsedError:
            continue
        available = ZONES.get(region)
        if available is None:
            yield Mistake(
                region_key,
                f"{region} is not listed in components/network/zones.py; add it there, or use {', '.join(ZONES)}",
            )
        elif missing := sorted(set(zones) - set(available)):
            yield Mistake(zones_key, f"{region} has no zone {', '.join(missing)}; it has {', '.join(available)}")


def endpoints_are_unique(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Check that no endpoint is listed twice, because AWS rejects the second one."""
    names = values["network.interfaceEndpoints"]
    if duplicates := sorted({name for name in names if names.count(name) > 1}):
        yield Mistake("network.interfaceEndpoints", f"lists {', '.join(duplicates)} twice")


def evidence_stays_inside_the_network(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Check that pods that store evidence reach S3 through an endpoint."""
    if InterfaceEndpoint.S3 in values["network.interfaceEndpoints"]:
        return
    services = [name for name, service in values["services"].items() if service.evidence is not EvidenceAccess.NONE]
    if services:
        sentence = f"does not include s3, which services.{services[0]} needs to store evidence without the internet"
        yield Mistake("network.interfaceEndpoints", sentence)


def zones_are_sufficient(environment: Environment, values: ParsedValues) -> Mistakes:
    """Check that zones are unique and sufficient for AWS and the topology."""
    minimum = PRODUCTION_LIKE_ZONES if environment.production_like else MIN_ZONES
    reason = (
        f"{environment} has the full production topology"
        if environment.production_like
        else "EKS, RDS and load balancers need two zones"
    )
    for key in ("network.zones", "recovery.zones"):
        try:
            zones = values[key]
        except NotParsedError:
            continue
        if len(set(zones)) != len(zones):
            yield Mistake(key, f"{', '.join(zones)} lists a zone twice")
        elif len(zones) < minimum:
            yield Mistake(key, f"has {len(zones)} but needs at least {minimum}, because {reason}")


def ranges_of_environments_do_not_overlap(
    environment: Environment, values: ParsedValues, siblings: Mapping[Environment, ParsedValues]
) -> Mistakes:
    """Check that the ranges of different environments do not overlap.

    Networks with overlapping ranges could not be connected.
    """
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
    ranges_of_one_environment_do_not_overlap,
    recovery_region_differs,
    zones_are_sufficient,
    zones_exist_in_the_region,
    endpoints_are_unique,
    evidence_stays_inside_the_network,
)
CROSS_ENVIRONMENT_RULES: tuple[CrossEnvironmentRule, ...] = (ranges_of_environments_do_not_overlap,)

"""Networks have room and keep apart."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network

from components.delivery.pod_permissions import EvidenceAccess
from components.network.endpoints_plan import Interface
from components.network.plan import NatMode, PlanError, plan_vpc, zone_names
from components.network.zones import ZONES
from stacks.errors import Mistake
from stacks.figures import FEWEST_ZONES, GUARDED_ZONES, Environment
from stacks.known import Known, NotParsedError
from stacks.rules.base import Mistakes, Rule, SiblingRule


def primary_network_fits(_environment: Environment, known: Known) -> Mistakes:
    """The primary VPC has room for all tiers."""
    yield from _fits("network.cidr", known["network.cidr"], known["region"], known["network.zones"])


def recovery_network_fits(_environment: Environment, known: Known) -> Mistakes:
    """The DR VPC has room for the same tiers."""
    yield from _fits("recovery.cidr", known["recovery.cidr"], known["recovery.region"], known["recovery.zones"])


def _fits(key: str, cidr: IPv4Network, region: str, letters: Sequence[str]) -> Mistakes:
    try:
        plan_vpc(cidr, zone_names(region, set(letters)), NatMode.NONE)
    except PlanError as error:
        yield Mistake(key, str(error))


def ranges_of_one_environment_are_apart(_environment: Environment, known: Known) -> Mistakes:
    """Networks that will be routed to each other do not overlap."""
    yield from _overlaps(known, "recovery.cidr", "network.cidr")
    yield from _overlaps(known, "vault.cidr", "network.cidr")
    yield from _overlaps(known, "vault.cidr", "recovery.cidr")


def _overlaps(known: Known, key: str, other: str) -> Mistakes:
    try:
        if known[key].overlaps(known[other]):
            yield Mistake(key, f"{known[key]} overlaps {other} {known[other]}")
    except NotParsedError:
        return


def recovery_is_elsewhere(_environment: Environment, known: Known) -> Mistakes:
    """The DR region is another one."""
    if known["recovery.region"] == known["region"]:
        yield Mistake("recovery.region", f"{known['region']} is also the primary region")


def regions_have_the_zones(_environment: Environment, known: Known) -> Mistakes:
    """Zones exist: AWS would say so only when the first subnet is made."""
    for region_key, zones_key in (("region", "network.zones"), ("recovery.region", "recovery.zones")):
        try:
            region, zones = known[region_key], known[zones_key]
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


def endpoints_are_named_once(_environment: Environment, known: Known) -> Mistakes:
    """A second endpoint with private DNS for one service is refused by AWS."""
    names = known["network.interfaceEndpoints"]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        yield Mistake("network.interfaceEndpoints", f"names {', '.join(twice)} twice")


def evidence_takes_no_way_abroad(_environment: Environment, known: Known) -> Mistakes:
    """Pods that keep evidence reach S3 inside the network: no network policy can name S3's public addresses."""
    if Interface.S3 in known["network.interfaceEndpoints"]:
        return
    keeping = [name for name, service in known["services"].items() if service.evidence is not EvidenceAccess.NONE]
    if keeping:
        sentence = f"lacks s3, through which services.{keeping[0]} keeps evidence without the internet"
        yield Mistake("network.interfaceEndpoints", sentence)


def zones_are_enough(environment: Environment, known: Known) -> Mistakes:
    """As many zones as AWS and the environment's topology need, none twice."""
    fewest = GUARDED_ZONES if environment.guarded else FEWEST_ZONES
    reason = f"{environment} has the full topology" if environment.guarded else "EKS, RDS and load balancers refuse one"
    for key in ("network.zones", "recovery.zones"):
        try:
            zones = known[key]
        except NotParsedError:
            continue
        if len(set(zones)) != len(zones):
            yield Mistake(key, f"{', '.join(zones)} names a zone twice")
        elif len(zones) < fewest:
            yield Mistake(key, f"{len(zones)} is too few: at least {fewest}, because {reason}")


def ranges_are_unique(environment: Environment, known: Known, siblings: Mapping[Environment, Known]) -> Mistakes:
    """No two environments share addresses: they meet in the transit network."""
    keys = ("network.cidr", "recovery.cidr")
    for key in keys:
        for other, theirs in siblings.items():
            for their_key in keys:
                try:
                    mine, their = known[key], theirs[their_key]
                except NotParsedError:
                    continue
                if other is not environment and mine.overlaps(their):
                    yield Mistake(key, f"{mine} overlaps {their_key} {their} of Pulumi.{other}.yaml")


RULES: tuple[Rule, ...] = (
    primary_network_fits,
    recovery_network_fits,
    ranges_of_one_environment_are_apart,
    recovery_is_elsewhere,
    zones_are_enough,
    regions_have_the_zones,
    endpoints_are_named_once,
    evidence_takes_no_way_abroad,
)
SIBLING_RULES: tuple[SiblingRule, ...] = (ranges_are_unique,)

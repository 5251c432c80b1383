"""Subnet plan of one VPC: which CIDR each tier has in each availability zone.

Every zone letter owns a fixed quarter of the VPC, used or not, so neither adding nor removing a zone moves another
zone's subnets. Within its quarter the tiers are laid out 2:1:1 (private, public, data).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network

from components.errors import CampusError

QUARTERS = "abcd"
"""Zone letters in the order of the quarters they own; no AWS region needs others for four zones."""
SMALLEST_PREFIX = 27
"""AWS's practical minimum for a subnet that holds control-plane or node interfaces."""


class Tier(StrEnum):
    """What lives in a subnet, which decides how it is routed."""

    PRIVATE = "private"
    """Nodes and pods; reaches out through NAT."""
    PUBLIC = "public"
    """Load balancers and NAT gateways."""
    DATA = "data"
    """Databases; no way to or from the internet."""


EXTRA_BITS = {Tier.PRIVATE: 1, Tier.PUBLIC: 2, Tier.DATA: 2}
"""Prefix bits of a tier below its zone's quarter, in the order in which tiers are laid out."""


class NatMode(StrEnum):
    """How private subnets reach out."""

    NONE = "none"
    """Not at all (a VPC of data subnets only)."""
    SINGLE = "single"
    """Through one gateway: cheaper, gone when its zone is."""
    PER_ZONE = "per-zone"
    """Through their own zone's gateway: survives the loss of a zone."""


class PlanError(CampusError, ValueError):
    """The network cannot be laid out as asked; the message is one sentence."""


@dataclass(frozen=True)
class SubnetPlan:
    """One subnet to be."""

    tier: Tier
    zone: str
    """Full zone name, e.g. `us-east-1a`."""
    cidr: IPv4Network

    @property
    def letter(self) -> str:
        """The zone's letter, e.g. `a`."""
        return self.zone[-1]


@dataclass(frozen=True)
class VpcPlan:
    """All subnets of one VPC, and the zones that get a NAT gateway."""

    cidr: IPv4Network
    subnets: tuple[SubnetPlan, ...]
    nat_zones: tuple[str, ...]

    def of(self, tier: Tier) -> tuple[SubnetPlan, ...]:
        """The subnets of one tier, by zone."""
        return tuple(subnet for subnet in self.subnets if subnet.tier is tier)

    def nat_zone_for(self, zone: str) -> str | None:
        """The zone whose gateway a private subnet of `zone` uses; None without NAT."""
        if zone in self.nat_zones:
            return zone
        return self.nat_zones[0] if self.nat_zones else None


def zone_names(region: str, letters: Iterable[str]) -> tuple[str, ...]:
    """Full zone names of a region, sorted: settings name letters, so no lookup is needed."""
    return tuple(f"{region}{letter}" for letter in sorted(letters))


def largest_prefix(tiers: Collection[Tier] = tuple(Tier)) -> int:
    """The longest VPC prefix in which each of these tiers is still at least a /27."""
    return SMALLEST_PREFIX - 2 - max(EXTRA_BITS[tier] for tier in tiers)


def plan_subnets(
    vpc: IPv4Network, zones: Sequence[str], tiers: Collection[Tier] = tuple(Tier)
) -> tuple[SubnetPlan, ...]:
    """Lay tiers out so that adding a zone moves no existing subnet.

    Raises PlanError for a repeated or unknown zone, or when a tier would be smaller than /27.
    """
    _check(vpc, zones, tiers)
    quarters = list(vpc.subnets(prefixlen_diff=2))
    laid_out = (
        SubnetPlan(tier, zone, cidr)
        for zone in sorted(zones)
        for tier, cidr in _split(quarters[QUARTERS.index(zone[-1])]).items()
        if tier in tiers
    )
    return tuple(sorted(laid_out, key=lambda subnet: (list(Tier).index(subnet.tier), subnet.zone)))


def plan_vpc(cidr: IPv4Network, zones: Sequence[str], nat: NatMode, tiers: Collection[Tier] = tuple(Tier)) -> VpcPlan:
    """Plan a whole VPC. Raises PlanError as `plan_subnets` does, and for NAT without public subnets."""
    if nat is not NatMode.NONE and Tier.PUBLIC not in tiers:
        raise PlanError("NAT gateways stand in public subnets, and this VPC has none")
    nat_zones = {NatMode.NONE: (), NatMode.SINGLE: sorted(zones)[:1], NatMode.PER_ZONE: sorted(zones)}[nat]
    return VpcPlan(cidr, plan_subnets(cidr, zones, tiers), tuple(nat_zones))


def _split(quarter: IPv4Network) -> dict[Tier, IPv4Network]:
    private, rest = quarter.subnets(prefixlen_diff=1)
    public, data = rest.subnets(prefixlen_diff=1)
    return {Tier.PRIVATE: private, Tier.PUBLIC: public, Tier.DATA: data}


def _check(vpc: IPv4Network, zones: Sequence[str], tiers: Collection[Tier]) -> None:
    if not zones:
        raise PlanError("a VPC needs at least one zone")
    if len(set(zones)) != len(zones):
        raise PlanError(f"zones {', '.join(zones)} name one twice")
    if strange := [zone for zone in zones if zone[-1:] not in QUARTERS or not zone]:
        raise PlanError(f"zone {strange[0]} has no quarter of the VPC; use letters {', '.join(QUARTERS)}")
    if vpc.prefixlen > largest_prefix(tiers):
        wanted = f"{len(zones)} zones × {len(tiers)} tier{'' if len(tiers) == 1 else 's'}"  # noqa: RUF001  # a multiplication sign
        raise PlanError(f"{vpc} is too small for {wanted} (needs /{largest_prefix(tiers)} or larger)")

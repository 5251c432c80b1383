"""Subnet plan of one VPC: the CIDR of each tier in each availability zone.

Every zone letter owns a fixed quarter of the VPC, even if the zone is not used. Therefore adding or removing a zone
does not move the subnets of other zones. Tiers split a quarter 2:1:1 (private, public, data).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network

from components.errors import CampusError

QUARTERS = "abcd"
"""Zone letters in the order of their quarters; a VPC has at most four zones."""
SMALLEST_PREFIX = 27
"""Prefix length of the smallest subnet that is practical for EKS control-plane or node interfaces."""


class Tier(StrEnum):
    """Tier of a subnet, which determines its routes."""

    PRIVATE = "private"
    """Nodes and pods; outbound traffic uses NAT."""
    PUBLIC = "public"
    """Load balancers and NAT gateways."""
    DATA = "data"
    """Databases; no route to or from the internet."""


EXTRA_BITS = {Tier.PRIVATE: 1, Tier.PUBLIC: 2, Tier.DATA: 2}
"""Prefix length of a tier's subnet minus that of its zone's quarter. Tiers are allocated in this order."""


class NatMode(StrEnum):
    """NAT of private subnets."""

    NONE = "none"
    """No NAT (a VPC with data subnets only)."""
    SINGLE = "single"
    """One gateway: cheaper, but lost with its zone."""
    PER_ZONE = "per-zone"
    """One gateway per zone: survives the loss of a zone."""


class PlanError(CampusError, ValueError):
    """The requested network layout is impossible. The message is one sentence."""


@dataclass(frozen=True)
class SubnetPlan:
    """One planned subnet."""

    tier: Tier
    zone: str
    """Full zone name, e.g. `us-east-1a`."""
    cidr: IPv4Network

    @property
    def letter(self) -> str:
        """Letter of the zone, e.g. `a`."""
        return self.zone[-1]


@dataclass(frozen=True)
class VpcPlan:
    """All subnets of one VPC, and the zones that get a NAT gateway."""

    cidr: IPv4Network
    subnets: tuple[SubnetPlan, ...]
    nat_zones: tuple[str, ...]

    def of(self, tier: Tier) -> tuple[SubnetPlan, ...]:
        """Return the subnets of one tier, sorted by zone."""
        return tuple(subnet for subnet in self.subnets if subnet.tier is tier)

    def nat_zone_for(self, zone: str) -> str | None:
        """Return the zone of the NAT gateway that `zone` uses; None without NAT."""
        if zone in self.nat_zones:
            return zone
        return self.nat_zones[0] if self.nat_zones else None


def zone_names(region: str, letters: Iterable[str]) -> tuple[str, ...]:
    """Return full zone names, sorted.

    The settings name the letters, so no AWS lookup is needed.
    """
    return tuple(f"{region}{letter}" for letter in sorted(letters))


def largest_prefix(tiers: Collection[Tier] = tuple(Tier)) -> int:
    """Return the prefix length of the smallest VPC that gives each tier a /27 or more."""
    return SMALLEST_PREFIX - 2 - max(EXTRA_BITS[tier] for tier in tiers)


def plan_subnets(
    vpc: IPv4Network, zones: Sequence[str], tiers: Collection[Tier] = tuple(Tier)
) -> tuple[SubnetPlan, ...]:
    """Allocate tiers so that adding a zone moves no existing subnet.

    Raises:
        PlanError: a zone is repeated or unknown, or a tier would be smaller than /27.
    """
    _check(vpc, zones, tiers)
    quarters = list(vpc.subnets(prefixlen_diff=2))
    subnets = (
        SubnetPlan(tier, zone, cidr)
        for zone in sorted(zones)
        for tier, cidr in _split(quarters[QUARTERS.index(zone[-1])]).items()
        if tier in tiers
    )
    return tuple(sorted(subnets, key=lambda subnet: (list(Tier).index(subnet.tier), subnet.zone)))


def plan_vpc(cidr: IPv4Network, zones: Sequence[str], nat: NatMode, tiers: Collection[Tier] = tuple(Tier)) -> VpcPlan:
    """Plan the subnets and NAT gateways of a VPC.

    Raises:
        PlanError: as in `plan_subnets`, or NAT without public subnets.
    """
    if nat is not NatMode.NONE and Tier.PUBLIC not in tiers:
        raise PlanError("NAT gateways need public subnets, but this VPC has none")
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
        raise PlanError(f"zones {', '.join(zones)} contain a duplicate")
    if invalid := [zone for zone in zones if zone[-1:] not in QUARTERS or not zone]:
        raise PlanError(f"zone {invalid[0]} is not supported; use the letters {', '.join(QUARTERS)}")
    if vpc.prefixlen > largest_prefix(tiers):
        layout = f"{len(zones)} zones × {len(tiers)} tier{'' if len(tiers) == 1 else 's'}"  # noqa: RUF001  # a multiplication sign
        raise PlanError(f"{vpc} is too small for {layout} (needs /{largest_prefix(tiers)} or larger)")

"""What settings must be together: facts about several keys, or about a key and the document's figures.

A rule yields mistakes from the values that parsed. One that reads a value which did not is skipped without a word: that
value's own mistake is reported already.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from ipaddress import IPv4Network
from itertools import pairwise

from components.network.plan import NatMode, PlanError, Tier, plan_vpc, zone_names
from stacks.errors import Mistake
from stacks.figures import (
    BACKUP_RETENTION_DAYS,
    DATA_CLASS,
    EVIDENCE_RETENTION_YEARS,
    FEWEST_ZONES,
    GUARDED_ZONES,
    MONTHLY_BUDGET,
    REPLICA_CAP,
    Environment,
)
from stacks.known import Known, NotParsedError

Mistakes = Iterator[Mistake]
Rule = Callable[[Environment, Known], Mistakes]
SiblingRule = Callable[[Environment, Known, Mapping[Environment, Known]], Mistakes]


def broken(environment: Environment, known: Known, siblings: Mapping[Environment, Known]) -> list[Mistake]:
    """Every mistake across the keys of one environment, and against the files of the others."""
    found: list[Mistake] = []
    for rule in RULES:
        found += _tolerant(rule(environment, known))
    for sibling_rule in SIBLING_RULES:
        found += _tolerant(sibling_rule(environment, known, siblings))
    return found


def _tolerant(mistakes: Mistakes) -> Mistakes:
    try:
        yield from mistakes
    except NotParsedError:
        return


def primary_network_fits(_environment: Environment, known: Known) -> Mistakes:
    """The primary VPC has room for all tiers."""
    yield from _fits("network.cidr", known["network.cidr"], known["region"], known["network.zones"], tuple(Tier))


def recovery_network_fits(_environment: Environment, known: Known) -> Mistakes:
    """The DR VPC has room for its data subnets."""
    cidr, zones = known["recovery.cidr"], known["recovery.zones"]
    yield from _fits("recovery.cidr", cidr, known["recovery.region"], zones, (Tier.DATA,))


def _fits(key: str, cidr: IPv4Network, region: str, letters: Sequence[str], tiers: Sequence[Tier]) -> Mistakes:
    try:
        plan_vpc(cidr, zone_names(region, set(letters)), NatMode.NONE, tiers)
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


def nodes_stand_in_the_network(_environment: Environment, known: Known) -> Mistakes:
    """Machines stand in zones that have subnets."""
    if missing := sorted(set(known["cluster.nodeZones"]) - set(known["network.zones"])):
        yield Mistake("cluster.nodeZones", f"{', '.join(missing)} has no subnets; add it to network.zones")


def node_groups_are_in_order(_environment: Environment, known: Known) -> Mistakes:
    """Each group has min ≤ desired ≤ max, and all together stay under the cap."""
    groups = known["cluster.nodeGroups"]
    for name, group in groups.items():
        if not group.min <= group.desired <= group.max:
            key = f"cluster.nodeGroups.{name}"
            yield Mistake(key, f"needs min ≤ desired ≤ max, not {group.min}, {group.desired}, {group.max}")
    if all(group.spot for group in groups.values()):
        yield Mistake("cluster.nodeGroups", "all are spot; one on-demand group must carry what may not be interrupted")
    most = sum(group.max for group in groups.values())
    if most > known["cluster.nodeCap"]:
        yield Mistake("cluster.nodeCap", f"{known['cluster.nodeCap']} is less than the groups' max together ({most})")


def replicas_are_in_order(_environment: Environment, known: Known) -> Mistakes:
    """Replicas lie between their bounds, the bounds under the cap, and all are equal where nothing scales."""
    keys = ("service.minReplicas", "service.replicas", "service.maxReplicas")
    for (low, low_value), (high, high_value) in pairwise((key, known[key]) for key in keys):
        if low_value > high_value:
            yield Mistake(low, f"{low_value} is more than {high} ({high_value})")
    if known["service.maxReplicas"] > REPLICA_CAP:
        yield Mistake("service.maxReplicas", f"{known['service.maxReplicas']} is above the cap of {REPLICA_CAP}")
    if known["service.autoScaling"] is False and len({known[key] for key in keys}) > 1:
        yield Mistake("service.autoScaling", "is off, so minReplicas and maxReplicas must equal replicas")


def database_can_grow(_environment: Environment, known: Known) -> Mistakes:
    """The storage cap is above the storage."""
    if known["database.storageCapGib"] <= known["database.storageGib"]:
        cap, now = known["database.storageCapGib"], known["database.storageGib"]
        yield Mistake("database.storageCapGib", f"{cap} must be more than storageGib ({now})")


def evidence_cools_down_in_order(_environment: Environment, known: Known) -> Mistakes:
    """Cold storage comes before the archive, and S3 wants 90 days in between."""
    cold, archive = known["evidence.coldAfterDays"], known["evidence.archiveAfterDays"]
    if archive < cold + 90:
        yield Mistake("evidence.archiveAfterDays", f"{archive} must be at least 90 days after coldAfterDays ({cold})")


def data_is_what_the_environment_may_hold(environment: Environment, known: Known) -> Mistakes:
    """Real students' data is nowhere but where the document puts it."""
    wanted = DATA_CLASS[environment]
    if known["data.classification"] != wanted:
        yield Mistake("data.classification", f"{environment} holds {wanted} data, not {known['data.classification']}")


def guarded_data_is_kept(environment: Environment, known: Known) -> Mistakes:
    """The document's retention and protection, wherever production's topology is required."""
    if not environment.guarded:
        return
    yield from _demand(known, "data.disposable", wanted=False)
    yield from _demand(known, "database.multiZone", wanted=True)
    yield from _demand(known, "evidence.objectLock", wanted=True)
    yield from _demand(known, "network.natPerZone", wanted=True)
    yield from _demand(known, "recovery.enabled", wanted=True)
    yield from _at_least(environment, known, "database.backupRetentionDays", BACKUP_RETENTION_DAYS, "days")
    yield from _at_least(environment, known, "evidence.retentionYears", EVIDENCE_RETENTION_YEARS, "years")


def _demand(known: Known, key: str, *, wanted: bool) -> Mistakes:
    try:
        if known[key] is not wanted:
            yield Mistake(key, f"must be {str(wanted).lower()} where production's topology is required")
    except NotParsedError:
        return


def _at_least(environment: Environment, known: Known, key: str, fewest: int, unit: str) -> Mistakes:
    try:
        if known[key] < fewest:
            yield Mistake(key, f"{known[key]} {unit} is below the {fewest} that the document sets for {environment}")
    except NotParsedError:
        return


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


def budgets_add_up(_environment: Environment, known: Known, siblings: Mapping[Environment, Known]) -> Mistakes:
    """All environments together stay within the document's monthly budget."""
    total = known["cost.monthlyBudget"]
    for theirs in siblings.values():
        try:
            total += theirs["cost.monthlyBudget"]
        except NotParsedError:
            continue
    if total > MONTHLY_BUDGET:
        yield Mistake(
            "cost.monthlyBudget",
            f"the environments add up to ${total:,} a month; the document allows ${MONTHLY_BUDGET:,}",
        )


RULES: tuple[Rule, ...] = (
    primary_network_fits,
    recovery_network_fits,
    ranges_of_one_environment_are_apart,
    recovery_is_elsewhere,
    zones_are_enough,
    nodes_stand_in_the_network,
    node_groups_are_in_order,
    replicas_are_in_order,
    database_can_grow,
    evidence_cools_down_in_order,
    data_is_what_the_environment_may_hold,
    guarded_data_is_kept,
)
SIBLING_RULES: tuple[SiblingRule, ...] = (ranges_are_unique, budgets_add_up)

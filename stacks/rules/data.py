"""Data is kept as long, and as safely, as the document says."""

from components.backup.plan import Lock
from stacks.errors import Mistake
from stacks.figures import BACKUP_RETENTION_DAYS, DATA_CLASS, EVIDENCE_RETENTION_YEARS, Environment
from stacks.known import Known
from stacks.rules.base import Mistakes, Rule, at_least, demand

FEWEST_NODES = 2


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
    yield from demand(known, "data.disposable", wanted=False)
    yield from demand(known, "database.multiZone", wanted=True)
    yield from demand(known, "evidence.objectLock", wanted=True)
    yield from demand(known, "network.natPerZone", wanted=True)
    yield from demand(known, "recovery.enabled", wanted=True)
    yield from at_least(environment, known, "database.backupRetentionDays", BACKUP_RETENTION_DAYS, "days")
    yield from at_least(environment, known, "backup.retentionDays", BACKUP_RETENTION_DAYS, "days")
    yield from at_least(environment, known, "evidence.retentionYears", EVIDENCE_RETENTION_YEARS, "years")


def guarded_cache_survives_a_zone(environment: Environment, known: Known) -> Mistakes:
    """One node is one zone."""
    if environment.guarded and known["cache.nodes"] < FEWEST_NODES:
        yield Mistake("cache.nodes", f"must be at least {FEWEST_NODES} where production's topology is required")


def vault_locks_what_may_not_be_lost(environment: Environment, known: Known) -> Mistakes:
    """A vault is locked for good where production's topology is required, and not at all where data may be lost."""
    lock, disposable = known["backup.lock"], known["data.disposable"]
    if environment.guarded and lock is not Lock.COMPLIANCE:
        yield Mistake("backup.lock", f"must be {Lock.COMPLIANCE} where production's topology is required")
    if disposable and not environment.guarded and lock is not Lock.NONE:
        yield Mistake("backup.lock", f"must be {Lock.NONE}: data.disposable says that backups may be lost")


RULES: tuple[Rule, ...] = (
    database_can_grow,
    evidence_cools_down_in_order,
    data_is_what_the_environment_may_hold,
    guarded_data_is_kept,
    guarded_cache_survives_a_zone,
    vault_locks_what_may_not_be_lost,
)

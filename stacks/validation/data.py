"""Data is kept as long, and as safely, as the document says."""

from components.backup.plan import VaultLockMode
from stacks.errors import Mistake
from stacks.parsed_values import ParsedValues
from stacks.requirements import BACKUP_RETENTION_DAYS, DATA_CLASS, EVIDENCE_RETENTION_YEARS, Environment
from stacks.validation.base import Mistakes, SettingsRule, at_least, demand

FEWEST_NODES = 2


def database_can_grow(_environment: Environment, values: ParsedValues) -> Mistakes:
    """The storage cap is above the storage."""
    if values["database.storageCapGib"] <= values["database.storageGib"]:
        cap, now = values["database.storageCapGib"], values["database.storageGib"]
        yield Mistake("database.storageCapGib", f"{cap} must be more than storageGib ({now})")


def evidence_cools_down_in_order(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Cold storage comes before the archive, and S3 wants 90 days in between."""
    cold, archive = values["evidence.coldAfterDays"], values["evidence.archiveAfterDays"]
    if archive < cold + 90:
        yield Mistake("evidence.archiveAfterDays", f"{archive} must be at least 90 days after coldAfterDays ({cold})")


def data_is_what_the_environment_may_hold(environment: Environment, values: ParsedValues) -> Mistakes:
    """Real students' data is nowhere but where the document puts it."""
    wanted = DATA_CLASS[environment]
    if values["data.classification"] != wanted:
        yield Mistake("data.classification", f"{environment} holds {wanted} data, not {values['data.classification']}")


def production_like_data_is_kept(environment: Environment, values: ParsedValues) -> Mistakes:
    """The document's retention and protection, wherever production's topology is required."""
    if not environment.production_like:
        return
    yield from demand(values, "data.disposable", wanted=False)
    yield from demand(values, "database.multiZone", wanted=True)
    yield from demand(values, "evidence.objectLock", wanted=True)
    yield from demand(values, "network.natPerZone", wanted=True)
    yield from demand(values, "recovery.enabled", wanted=True)
    yield from at_least(environment, values, "database.backupRetentionDays", BACKUP_RETENTION_DAYS, "days")
    yield from at_least(environment, values, "backup.retentionDays", BACKUP_RETENTION_DAYS, "days")
    yield from at_least(environment, values, "evidence.retentionYears", EVIDENCE_RETENTION_YEARS, "years")


def production_like_cache_survives_a_zone(environment: Environment, values: ParsedValues) -> Mistakes:
    """One node is one zone."""
    if environment.production_like and values["cache.nodes"] < FEWEST_NODES:
        yield Mistake("cache.nodes", f"must be at least {FEWEST_NODES} where production's topology is required")


def vault_locks_what_may_not_be_lost(environment: Environment, values: ParsedValues) -> Mistakes:
    """A vault is locked for good where production's topology is required, and not at all where data may be lost."""
    lock, disposable = values["backup.lock"], values["data.disposable"]
    if environment.production_like and lock is not VaultLockMode.COMPLIANCE:
        yield Mistake("backup.lock", f"must be {VaultLockMode.COMPLIANCE} where production's topology is required")
    if disposable and not environment.production_like and lock is not VaultLockMode.NONE:
        yield Mistake("backup.lock", f"must be {VaultLockMode.NONE}: data.disposable says that backups may be lost")


RULES: tuple[SettingsRule, ...] = (
    database_can_grow,
    evidence_cools_down_in_order,
    data_is_what_the_environment_may_hold,
    production_like_data_is_kept,
    production_like_cache_survives_a_zone,
    vault_locks_what_may_not_be_lost,
)

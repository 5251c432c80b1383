"""Rules of data: classification, retention and protection."""

from components.backup.plan import VaultLockMode
from stacks.errors import Mistake
from stacks.parsed_values import ParsedValues
from stacks.requirements import BACKUP_RETENTION_DAYS, DATA_CLASS, EVIDENCE_RETENTION_YEARS, Environment
from stacks.validation.base import Mistakes, SettingsRule, at_least, demand

MIN_CACHE_NODES = 2


def database_can_grow(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Check that the storage cap is greater than the storage."""
    if values["database.storageCapGib"] <= values["database.storageGib"]:
        cap, now = values["database.storageCapGib"], values["database.storageGib"]
        yield Mistake("database.storageCapGib", f"{cap} must be more than storageGib ({now})")


def database_upgrade_is_possible(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Check that an upgrade goes to a higher version and leaves no replica behind.

    RDS upgrades replicas together with their source only in the same region.
    """
    key, current, target = "database.upgradeFrom", values["database.upgradeFrom"], values["database.version"]
    if current is None:
        return
    if int(current) >= int(target):
        yield Mistake(key, f"{current} must be lower than version ({target}); use null if no upgrade is under way")
    if values["recovery.enabled"]:
        yield Mistake(
            key,
            "must be null while recovery.enabled is true, because RDS does not upgrade a replica in another region; "
            "follow docs/how-to/upgrade-postgresql.md",
        )


def evidence_transitions_are_ordered(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Check that evidence stays in cold storage for at least 90 days.

    S3 charges for at least 90 days in this storage class.
    """
    cold, archive = values["evidence.coldAfterDays"], values["evidence.archiveAfterDays"]
    if archive < cold + 90:
        yield Mistake("evidence.archiveAfterDays", f"{archive} must be at least 90 days after coldAfterDays ({cold})")


def data_class_is_allowed(environment: Environment, values: ParsedValues) -> Mistakes:
    """Check that the data classification is the one that the requirements assign."""
    expected = DATA_CLASS[environment]
    if values["data.classification"] != expected:
        yield Mistake(
            "data.classification", f"must be {expected} in {environment}, not {values['data.classification']}"
        )


def production_like_data_is_protected(environment: Environment, values: ParsedValues) -> Mistakes:
    """Check the protection and retention of production-like environments."""
    if not environment.production_like:
        return
    yield from demand(values, "data.disposable", expected=False)
    yield from demand(values, "database.multiZone", expected=True)
    yield from demand(values, "evidence.objectLock", expected=True)
    yield from demand(values, "network.natPerZone", expected=True)
    yield from demand(values, "recovery.enabled", expected=True)
    yield from at_least(environment, values, "database.backupRetentionDays", BACKUP_RETENTION_DAYS, "days")
    yield from at_least(environment, values, "backup.retentionDays", BACKUP_RETENTION_DAYS, "days")
    yield from at_least(environment, values, "evidence.retentionYears", EVIDENCE_RETENTION_YEARS, "years")


def production_like_cache_has_replicas(environment: Environment, values: ParsedValues) -> Mistakes:
    """Check that production-like caches have at least one replica for failover."""
    if environment.production_like and values["cache.nodes"] < MIN_CACHE_NODES:
        yield Mistake("cache.nodes", f"must be at least {MIN_CACHE_NODES} in production-like environments")


def vault_lock_matches_the_protection(environment: Environment, values: ParsedValues) -> Mistakes:
    """Check that backup vaults are locked if production-like, unlocked if destroyable."""
    lock, destroyable = values["backup.lock"], values["data.disposable"]
    if environment.production_like and lock is not VaultLockMode.COMPLIANCE:
        yield Mistake("backup.lock", f"must be {VaultLockMode.COMPLIANCE} in production-like environments")
    if destroyable and not environment.production_like and lock is not VaultLockMode.NONE:
        yield Mistake(
            "backup.lock", f"must be {VaultLockMode.NONE}: data.disposable is true, so backups must be deletable"
        )


RULES: tuple[SettingsRule, ...] = (
    database_can_grow,
    database_upgrade_is_possible,
    evidence_transitions_are_ordered,
    data_class_is_allowed,
    production_like_data_is_protected,
    production_like_cache_has_replicas,
    vault_lock_matches_the_protection,
)

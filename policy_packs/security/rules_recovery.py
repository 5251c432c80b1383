"""Ways back: backups that hold everything, elsewhere too, and out of reach; caches that outlive a zone."""

from policy_packs.kernel.registry import Findings, Level, Levels, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.pairs import companions

PLAN = "aws:backup/plan:Plan"
SELECTION = "aws:backup/selection:Selection"
VAULT = "aws:backup/vault:Vault"
LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
DISKS = ("aws:ebs/volume:Volume", "aws:efs/fileSystem:FileSystem")
CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
CACHE_NODE = "aws:elasticache/cluster:Cluster"
REPRODUCIBLE = Levels(dev=Level.DISABLED, staging=Level.DISABLED)
"""What development and staging hold is made anew from elsewhere; a second zone or region for it is not paid for."""


@rule("elasticache-must-be-patched", on=(CACHE, CACHE_NODE), covers=["CKV_AWS_322"], severity=Severity.MEDIUM)
def patched(cache: Resource) -> Findings:
    """A weakness of the engine is mended in a minor version, which nobody installs by hand in time."""
    # The type of one node takes the flag as text.
    if cache["autoMinorVersionUpgrade"] in (False, "false"):
        yield "auto_minor_version_upgrade is off; leave it out"


@rule("elasticache-must-outlive-zone", on=CACHE, covers=["CKV2_AWS_50"], level=REPRODUCIBLE, severity=Severity.MEDIUM)
def outlives_zone(cache: Resource) -> Findings:
    """When a zone goes, everybody who is signed in would be signed out, in the very hour when they need us."""
    lacking = [
        name
        for path, name in (
            ("automaticFailoverEnabled", "automatic_failover_enabled"),
            ("multiAzEnabled", "multi_az_enabled"),
        )
        if cache.flag(path) is not True
    ]
    if lacking:
        yield f"lives in one zone; set {' and '.join(lacking)} to True"


@rule("backup-plan-must-copy-elsewhere", on=PLAN, level=REPRODUCIBLE)
def elsewhere(plan: Resource) -> Findings:
    """A backup in the region that is lost is lost with it."""
    for each in plan.each("rules"):
        if not each.items("copyActions"):
            yield f"rule {each['ruleName']} copies to no other vault; add copy_actions to the vault of the other region"


@stack_rule("backup-vault-must-be-locked", level=REPRODUCIBLE, severity=Severity.CRITICAL)
def locked(stack: Stack) -> StackFindings:
    """Who encrypts the data for a ransom deletes the backups first: a locked vault lets nobody."""
    for vault in stack.of(VAULT):
        if not companions(vault, stack.of(LOCK), "backupVaultName", "name"):
            yield vault, f"vault {vault.name} has no lock; add a VaultLockConfiguration"


@stack_rule("backup-must-select-every-disk", covers=["CKV2_AWS_9"])
def selected(stack: Stack) -> StackFindings:
    """What no selection names is missing from the backup, which is found out on the day of the restore."""
    for disk in stack.of(*DISKS):
        if not any(_selects(each, disk) for each in stack.of(SELECTION)):
            yield disk, f"{disk.name} is in no backup; name it in a backup.Selection"


def _selects(selection: Resource, disk: Resource) -> bool:
    tags = disk.fields("tags")
    if any(tags[each.text("key") or ""] == each["value"] for each in selection.each("selectionTags")):
        return True
    if disk.urn in selection.uses.get("resources", ()):
        return True
    return any(arn in {"*", disk["arn"]} for arn in selection.texts("resources"))

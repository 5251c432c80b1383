"""AWS Backup: encrypted, locked vaults and plans that copy to another region."""

from policy_packs.kernel.registry import Findings, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.aws.resource_policies import VAULT_POLICIES, private_policy_rule
from policy_packs.security.levels import DELETION_PROTECTION, PRODUCTION_LIKE
from policy_packs.security.references import companions

PLAN = "aws:backup/plan:Plan"
SELECTION = "aws:backup/selection:Selection"
VAULT = "aws:backup/vault:Vault"
LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
DISKS = ("aws:ebs/volume:Volume", "aws:efs/fileSystem:FileSystem")


@rule("backup-vault-must-have-key", on=VAULT, covers=["CKV_AWS_166"], severity=Severity.HIGH)
def own_key(vault: Resource) -> Findings:
    """A backup contains the same data as its source, so it needs a customer-managed key too."""
    if not vault["kmsKeyArn"]:
        yield "The vault is encrypted with the AWS-managed key. Set kms_key_arn to the environment's backup key."


private_vaults = private_policy_rule(
    "backup-vault-must-not-be-public",
    VAULT_POLICIES,
    ["CKV_AWS_283"],
    "A backup vault holds copies of all data, so public access to it would expose everything at once.",
)


@rule("backup-plan-must-copy-elsewhere", on=PLAN, level=PRODUCTION_LIKE)
def cross_region_copies(plan: Resource) -> Findings:
    """A backup that exists only in its own region is lost with that region."""
    for plan_rule in plan.each("rules"):
        if not plan_rule.items("copyActions"):
            yield (f"Rule {plan_rule['ruleName']} makes no copies. Add copy_actions with a vault in another region.")


@stack_rule("backup-vault-must-be-locked", level=DELETION_PROTECTION, severity=Severity.CRITICAL)
def locked_vaults(stack: Stack) -> StackFindings:
    """Ransomware often deletes the backups first, and a locked vault refuses to delete them."""
    for vault in stack.of_type(VAULT):
        if not companions(vault, stack.of_type(LOCK), "backupVaultName", "name"):
            yield vault, f"Vault {vault.name} has no lock. Add a VaultLockConfiguration."


@stack_rule("backup-must-select-every-disk", covers=["CKV2_AWS_9"])
def selected_disks(stack: Stack) -> StackFindings:
    """A volume or file system that no backup selection includes cannot be restored."""
    for disk in stack.of_type(*DISKS):
        if not any(_selects(each, disk) for each in stack.of_type(SELECTION)):
            yield disk, f"No backup selection includes {disk.name}. Add it to a backup.Selection."


def _selects(selection: Resource, disk: Resource) -> bool:
    tags = disk.fields("tags")
    if any(tags[each.text("key") or ""] == each["value"] for each in selection.each("selectionTags")):
        return True
    if disk.urn in selection.property_dependencies.get("resources", ()):
        return True
    return any(arn in {"*", disk["arn"]} for arn in selection.texts("resources"))

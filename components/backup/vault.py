"""AWS Backup vault of one region."""

from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions
from pulumi_aws import backup

from components.backup.plan import EVENTS, MAX_RETENTION_DAYS, VaultLockMode, deny_deletion
from components.base import ComponentArgs, PlatformComponent
from components.identity.documents import policy


@dataclass(frozen=True, kw_only=True)
class BackupVaultArgs(ComponentArgs):
    """Name, key, lock and alerts of a backup vault."""

    role: str
    """The vault's AWS name is `campus-<env>-<role>`."""
    key: pulumi.Input[str]
    lock: VaultLockMode
    grace_days: int
    """Days after creation during which a compliance lock can still be removed; AWS's minimum is 3."""
    min_retention_days: int
    """Minimum retention in days. A locked vault rejects recovery points with a shorter retention."""
    topic: pulumi.Input[str]
    """ARN of an SNS topic in the vault's region."""
    force_destroy: bool


class BackupVault(PlatformComponent):
    """AWS Backup vault with a customer-managed key and notifications.

    The vault policy denies the deletion of recovery points. The vault is locked unless `lock` is NONE.

    Outputs: name, arn.
    """

    def __init__(self, name: str, args: BackupVaultArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:backup:BackupVault", name, args.context, opts)
        vault = backup.Vault(
            name,
            name=args.context.resource_name(args.role),
            kms_key_arn=args.key,
            force_destroy=args.force_destroy,
            **self.child(args.role, ResourceOptions(protect=not args.force_destroy)),
        )
        self.name = vault.name
        self.arn = vault.arn
        backup.VaultPolicy(name, backup_vault_name=self.name, policy=policy(deny_deletion()), **self.untagged())
        backup.VaultNotifications(
            name,
            backup_vault_name=self.name,
            sns_topic_arn=args.topic,
            backup_vault_events=list(EVENTS),
            **self.untagged(),
        )
        if args.lock is not VaultLockMode.NONE:
            backup.VaultLockConfiguration(
                name,
                backup_vault_name=self.name,
                min_retention_days=args.min_retention_days,
                max_retention_days=MAX_RETENTION_DAYS,
                changeable_for_days=args.grace_days if args.lock is VaultLockMode.COMPLIANCE else None,
                **self.untagged(),
            )
        self.register_outputs({"arn": self.arn})

"""A backup vault of one region."""

from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions
from pulumi_aws import backup

from components.backup.plan import EVENTS, LONGEST_DAYS, Lock, undeletable
from components.base import PlacedArgs, PlatformComponent
from components.identity.documents import policy


@dataclass(frozen=True, kw_only=True)
class BackupVaultArgs(PlacedArgs):
    """How firmly the vault keeps what is put into it."""

    role: str
    """The vault is `campus-<env>-<role>`."""
    key: pulumi.Input[str]
    lock: Lock
    grace_days: int
    """Days in which a compliance lock can still be taken back; AWS's shortest is 3."""
    shortest_days: int
    """Recovery points that would live shorter are refused by a locked vault."""
    topic: pulumi.Input[str]
    """ARN of a topic of the vault's region."""
    emptied_on_destroy: bool


class BackupVault(PlatformComponent):
    """A vault under our key, with a lock, a policy against deletion, and notices. Outputs: name, arn."""

    def __init__(self, name: str, args: BackupVaultArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:backup:BackupVault", name, args.placement, opts)
        vault = backup.Vault(
            name,
            name=args.placement.named(args.role),
            kms_key_arn=args.key,
            force_destroy=args.emptied_on_destroy,
            **self.child(args.role, ResourceOptions(protect=not args.emptied_on_destroy)),
        )
        self.name = vault.name
        self.arn = vault.arn
        backup.VaultPolicy(name, backup_vault_name=self.name, policy=policy(undeletable()), **self.untagged())
        backup.VaultNotifications(
            name,
            backup_vault_name=self.name,
            sns_topic_arn=args.topic,
            backup_vault_events=list(EVENTS),
            **self.untagged(),
        )
        if args.lock is not Lock.NONE:
            backup.VaultLockConfiguration(
                name,
                backup_vault_name=self.name,
                min_retention_days=args.shortest_days,
                max_retention_days=LONGEST_DAYS,
                changeable_for_days=args.grace_days if args.lock is Lock.COMPLIANCE else None,
                **self.untagged(),
            )
        self.register_outputs({"arn": self.arn})

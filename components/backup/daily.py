"""Daily full backups, with copies in another region."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions
from pulumi_aws import backup

from components.backup.plan import COMPLETE_MINUTES, SCHEDULE, START_MINUTES
from components.backup.vault import BackupVault
from components.base import ComponentArgs, PlatformComponent
from components.identity.documents import Statement
from components.identity.role import ServiceRole, ServiceRoleArgs

SERVICE = "backup.amazonaws.com"
ONLY_DATABASES = Statement(sid="OnlyDatabases", effect="Deny", actions=["eks:*", "iam:PassRole"], resources=["*"])
"""Statement that denies what AWS's managed policies allow for backups of EKS clusters.

For these backups, the managed policies allow access to clusters and `iam:PassRole`. Only databases are backed up here.
"""


@dataclass(frozen=True, kw_only=True)
class DailyBackupsArgs(ComponentArgs):
    """Backed-up resources, vaults and retention."""

    vault: BackupVault
    copy: BackupVault | None
    """Vault in another region for copies; None disables copies."""
    retention_days: int
    resources: Sequence[pulumi.Input[str]]
    """ARNs of the backed-up resources.

    Resources are selected by ARN instead of by tag, so that a review shows the selection and a lost tag cannot stop a
    backup.
    """


class DailyBackups(PlatformComponent):
    """Backup plan, selection, and separate roles for backup and restore.

    Recovery points carry the seven mandatory tags, including the data classification.
    """

    def __init__(self, name: str, args: DailyBackupsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:backup:DailyBackups", name, args.context, opts)
        plan = backup.Plan(
            name, name=args.context.resource_name("daily"), rules=[self._rule(args)], **self.child("daily-backups")
        )
        backup.Selection(
            name,
            name=args.context.resource_name("daily"),
            plan_id=plan.id,
            iam_role_arn=self._role(name, "backup", "AWSBackupServiceRolePolicyForBackup").arn,
            resources=list(args.resources),
            **self.untagged(),
        )
        self._role(f"{name}-restore", "backup-restore", "AWSBackupServiceRolePolicyForRestores")
        self.register_outputs({})

    def _rule(self, args: DailyBackupsArgs) -> backup.PlanRuleArgs:
        copies = []
        if args.copy is not None:
            lifecycle = backup.PlanRuleCopyActionLifecycleArgs(delete_after=args.retention_days)
            copies = [backup.PlanRuleCopyActionArgs(destination_vault_arn=args.copy.arn, lifecycle=lifecycle)]
        return backup.PlanRuleArgs(
            rule_name="daily",
            target_vault_name=args.vault.name,
            schedule=SCHEDULE,
            schedule_expression_timezone="Etc/UTC",
            start_window=START_MINUTES,
            completion_window=COMPLETE_MINUTES,
            lifecycle=backup.PlanRuleLifecycleArgs(delete_after=args.retention_days),
            copy_actions=copies,
            recovery_point_tags=args.context.tags.as_dict(),
        )

    def _role(self, name: str, role: str, managed: str) -> ServiceRole:
        return ServiceRole(
            name,
            ServiceRoleArgs(
                context=self.context,
                role=role,
                service=SERVICE,
                managed=[f"service-role/{managed}"],
                statements=[ONLY_DATABASES],
            ),
            self.child_options(),
        )

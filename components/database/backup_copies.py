"""Copies of a database's continuous backups in another region."""

from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions
from pulumi_aws import rds

from components.base import ComponentArgs, PlatformComponent


@dataclass(frozen=True, kw_only=True)
class BackupCopiesArgs(ComponentArgs):
    """Source and retention of the copies; the context names the target region."""

    source_arn: pulumi.Input[str]
    key: pulumi.Input[str]
    """ARN of a KMS key in the target region."""
    retention_days: int


class BackupCopies(PlatformComponent):
    """Continuous replication of an instance's backups to another region.

    The copies include snapshots and transaction logs. A read replica repeats every mistake within seconds. These copies
    instead allow a restore to any point in time before the mistake, even after the loss of the whole source region.

    Outputs: id.
    """

    def __init__(self, name: str, args: BackupCopiesArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:database:BackupCopies", name, args.context, opts)
        replication = rds.InstanceAutomatedBackupsReplication(
            name,
            source_db_instance_arn=args.source_arn,
            kms_key_id=args.key,
            retention_period=args.retention_days,
            **self.untagged(),
        )
        self.id = replication.id
        self.register_outputs({})

"""Continuous backups of a database, kept in another region as well."""

from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions
from pulumi_aws import rds

from components.base import ComponentArgs, PlatformComponent


@dataclass(frozen=True, kw_only=True)
class BackupCopiesArgs(ComponentArgs):
    """Whose backups; the placement is the region that they are copied to."""

    source_arn: pulumi.Input[str]
    key: pulumi.Input[str]
    """ARN of a key of the region that they are copied to."""
    retention_days: int


class BackupCopies(PlatformComponent):
    """Snapshots and transaction logs of an instance, replicated to another region as they are made.

    A replica repeats every mistake within seconds; these can be restored to any moment before it, also when the whole
    first region is gone. Outputs: id.
    """

    def __init__(self, name: str, args: BackupCopiesArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:database:BackupCopies", name, args.context, opts)
        made = rds.InstanceAutomatedBackupsReplication(
            name,
            source_db_instance_arn=args.source_arn,
            kms_key_id=args.key,
            retention_period=args.retention_days,
            **self.untagged(),
        )
        self.id = made.id
        self.register_outputs({})

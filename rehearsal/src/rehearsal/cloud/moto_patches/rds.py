"""RDS: versions, replicas, subnet groups, deletions, passwords and backups."""

import json
import secrets
from typing import Any, ClassVar, cast
from uuid import uuid4

from moto.core.responses import ActionResult
from moto.rds import models, responses
from moto.rds.exceptions import (
    DBInstanceAlreadyExists,
    DBInstanceNotFoundError,
    InvalidParameterCombination,
    RDSClientError,
)
from typing_extensions import override

from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.patches import Patches

POSTGRES_VERSION = "17.6"
"""Default version of PostgreSQL instances."""
DEFAULT_RETENTION_DAYS = 7
"""Default retention of replicated backups, in days."""


class DBInstance(models.DBInstance):
    """Instance that can remove a replica from its list by identifier or by ARN."""

    original: ClassVar[type[models.DBInstance]]

    @override
    def remove_replica(self, replica: models.DBInstance) -> None:
        names = {replica.db_instance_identifier, replica.db_instance_arn}
        self.replicas = [name for name in self.replicas if name not in names]


class MasterUserSecret(models.MasterUserSecret):
    """Secret with the master user's name and a generated password."""

    original: ClassVar[type[models.MasterUserSecret]]

    @override
    def _generate_secret_string(self) -> str:
        return json.dumps({"username": self.resource.master_username, "password": secrets.token_urlsafe(24)})


class RDSBackend(models.RDSBackend):
    """Replicas and deletions with AWS's checks, and replicated automated backups."""

    original: ClassVar[type[models.RDSBackend]]

    @override
    def __init__(self, region_name: str, account_id: str) -> None:
        RDSBackend.original.__init__(self, region_name, account_id)
        self.replicated_backups: dict[str, dict[str, Any]] = {}
        """ARN → automated backup that is replicated to this region."""

    @override
    def create_db_instance_read_replica(self, db_kwargs: dict[str, Any]) -> models.DBInstance:
        if db_kwargs["db_instance_identifier"] in self.databases:
            raise DBInstanceAlreadyExists
        self.check_replica_source(self.find_db_from_id(db_kwargs["source_db_instance_identifier"]), db_kwargs)
        # `backend` comes first, because moto sets the attributes in order and needs it to find the subnet group.
        replica: Any = RDSBackend.original.create_db_instance_read_replica(self, {"backend": self, **db_kwargs})
        replica.tags = db_kwargs.get("tags")  # because moto copies the source's tags
        if replica.manage_master_user_password:  # moto also copies the secret and would delete it with the replica
            replica.manage_master_user_password = False
            del replica.master_user_secret
        return cast("models.DBInstance", replica)

    @override
    def promote_read_replica(self, db_kwargs: dict[str, Any]) -> models.DBInstance:
        database: Any = self.databases.get(db_kwargs["db_instance_identifier"])
        if database is None:
            raise DBInstanceNotFoundError(db_kwargs["db_instance_identifier"])
        if not database.is_replica:
            raise RDSClientError("InvalidDBInstanceState", "DB Instance is not a read replica.")
        source = self.find_replica_source(database)
        RDSBackend.original.promote_read_replica(self, db_kwargs)
        if source:
            source.remove_replica(database)
        database.source_db_instance_identifier = None
        return cast("models.DBInstance", database)

    @override
    def delete_db_instance(
        self,
        db_instance_identifier: str,
        final_db_snapshot_identifier: str | None = None,
        skip_final_snapshot: bool | None = False,
        delete_automated_backups: bool | None = True,
    ) -> models.DBInstance:
        database = self.databases.get(db_instance_identifier)
        if database is not None and database.is_replica:
            if self.find_replica_source(database) is None:
                database.is_replica = False
        elif database is not None and not skip_final_snapshot and not final_db_snapshot_identifier:
            raise InvalidParameterCombination(
                "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified."
            )
        return RDSBackend.original.delete_db_instance(
            self,
            db_instance_identifier,
            final_db_snapshot_identifier=final_db_snapshot_identifier,
            skip_final_snapshot=skip_final_snapshot,
            delete_automated_backups=delete_automated_backups,
        )

    @override
    def modify_db_subnet_group(self, subnet_name: str, description: str, subnets: list[Any]) -> models.DBSubnetGroup:
        (group,) = self.describe_db_subnet_groups(subnet_name)
        RDSBackend.original.modify_db_subnet_group(self, subnet_name, description, subnets)
        self.subnet_groups[subnet_name] = group
        return group

    def start_automated_backups_replication(
        self, source_arn: str, kms_key_id: str | None, retention_days: int
    ) -> dict[str, Any]:
        """Replicate an instance's automated backups from another region to this region."""
        database = self.find_by_arn(source_arn)
        if any(backup["DBInstanceArn"] == source_arn for backup in self.replicated_backups.values()):
            message = f"The backups of {source_arn} are already replicated to {self.region_name}."
            raise RDSClientError("InvalidDBInstanceState", message)
        self.check_backup_source(database, kms_key_id)
        arn = f"arn:aws:rds:{self.region_name}:{self.account_id}:auto-backup:ab-{uuid4().hex[:26]}"
        self.replicated_backups[arn] = {
            "DBInstanceAutomatedBackupsArn": arn,
            "DBInstanceArn": source_arn,
            "DBInstanceIdentifier": database.db_instance_identifier,
            "Region": database.region,
            "Status": "replicating",
            "Engine": database.engine,
            "Encrypted": bool(database.storage_encrypted),
            "KmsKeyId": kms_key_id,
            "BackupRetentionPeriod": retention_days,
        }
        return self.replicated_backups[arn]

    def stop_automated_backups_replication(self, source_arn: str) -> dict[str, Any]:
        """Stop the replication of an instance's automated backups."""
        for arn, backup in list(self.replicated_backups.items()):
            if backup["DBInstanceArn"] == source_arn:
                return self.replicated_backups.pop(arn) | {"Status": "stopped"}
        message = f"The backups of {source_arn} are not replicated to {self.region_name}."
        raise RDSClientError("DBInstanceNotFound", message)

    def find_by_arn(self, arn: str) -> Any:
        """Return the instance with this ARN, in any region of the account."""
        region, identifier = arn.split(":")[3], arn.rpartition(":")[2]
        database = models.rds_backends[self.account_id][region].databases.get(identifier)
        if database is None:
            raise DBInstanceNotFoundError(arn)
        return database

    def find_replica_source(self, replica: Any) -> Any:
        """Return the instance that a replica copies, or None if it was deleted."""
        try:
            return self.find_db_from_id(replica.source_db_instance_identifier)
        except DBInstanceNotFoundError:
            return None

    def check_replica_source(self, source: models.DBInstance, db_kwargs: dict[str, Any]) -> None:
        """Reject a source that AWS would not replicate.

        The source needs automated backups. If it is encrypted and in another region, the request needs a KMS key.
        """
        if not source.backup_retention_period:
            raise RDSClientError(
                "InvalidDBInstanceState",
                "Automated backups are not enabled for this database instance. To enable automated backups, "
                "use ModifyDBInstance to set the backup retention period to a non-zero value.",
            )
        cross_region = source.region != self.region_name
        if cross_region and source.storage_encrypted and not db_kwargs.get("kms_key_id"):
            raise InvalidParameterCombination(
                "An encrypted read replica in another region needs the KmsKeyId of a key of that region."
            )

    def check_backup_source(self, database: models.DBInstance, kms_key_id: str | None) -> None:
        """Reject an instance whose backups AWS would not replicate.

        The instance must be in another region and have automated backups. If it is encrypted, the request needs a KMS
        key.
        """
        if database.region == self.region_name:
            raise InvalidParameterCombination("The source DB instance must be in another AWS Region.")
        if not database.backup_retention_period:
            raise RDSClientError("InvalidDBInstanceState", "Automated backups are not enabled for the source instance.")
        if database.storage_encrypted and not kms_key_id:
            raise InvalidParameterCombination("Encrypted backups need the KmsKeyId of a key of this AWS Region.")


class RDSResponse(responses.RDSResponse):
    """Operations on replicated automated backups."""

    original: ClassVar[type[responses.RDSResponse]]

    def start_db_instance_automated_backups_replication(self) -> ActionResult:
        """Replicate automated backups to this region."""
        backup = cast("RDSBackend", self.backend).start_automated_backups_replication(
            self.params["SourceDBInstanceArn"],
            self.params.get("KmsKeyId"),
            int(self.params.get("BackupRetentionPeriod") or DEFAULT_RETENTION_DAYS),
        )
        return ActionResult({"DBInstanceAutomatedBackup": backup})

    def stop_db_instance_automated_backups_replication(self) -> ActionResult:
        """Stop replicating automated backups to this region."""
        source_arn = self.params["SourceDBInstanceArn"]
        backup = cast("RDSBackend", self.backend).stop_automated_backups_replication(source_arn)
        return ActionResult({"DBInstanceAutomatedBackup": backup})

    @override
    def describe_db_instance_automated_backups(self) -> ActionResult:
        replicated = cast("RDSBackend", self.backend).replicated_backups
        arn, identifier = self.params.get("DBInstanceAutomatedBackupsArn"), self.params.get("DBInstanceIdentifier")
        if arn:
            if arn not in replicated:
                raise RDSClientError("DBInstanceAutomatedBackupNotFound", f"{arn} not found.")
            return ActionResult({"DBInstanceAutomatedBackups": [replicated[arn]]})
        answer: Any = RDSResponse.original.describe_db_instance_automated_backups(self).result
        matching = [backup for backup in replicated.values() if identifier in {None, backup["DBInstanceIdentifier"]}]
        return ActionResult({"DBInstanceAutomatedBackups": [*answer["DBInstanceAutomatedBackups"], *matching]})


def install(patches: Patches) -> None:
    """Patch moto's RDS."""
    patches.update(models.DBInstance.default_engine_versions, {"postgres": POSTGRES_VERSION})
    patches.install(DBInstance)
    patches.install(MasterUserSecret)
    patches.install(RDSBackend)
    patches.install(RDSResponse)


MOTO_PATCHES = (
    MotoPatch(
        name="rds-engine-version",
        moto="starts PostgreSQL 9.3.3 by default",
        aws="starts a current version by default",
        source="RDS CreateDBInstance, EngineVersion",
        upstream="to file: RDS: Update the default engine version of PostgreSQL",
    ),
    MotoPatch(
        name="rds-replica-requirements",
        moto="creates any replica, even if its identifier is in use, and copies the source's tags",
        aws="requires an unused identifier, backups of the source and, for encrypted cross-region replicas, a KMS key",
        source="RDS CreateDBInstanceReadReplica",
        upstream="to file: RDS: Check identifier, backups and KMS key in CreateDBInstanceReadReplica",
    ),
    MotoPatch(
        name="rds-replica-by-arn",
        moto="can't delete a cross-region replica, because it lists the replica by ARN and removes it by identifier",
        aws="deletes the replica",
        source="RDS DeleteDBInstance",
        upstream="to file: RDS: DeleteDBInstance fails for cross-region replicas (follows getmoto/moto#5503)",
    ),
    MotoPatch(
        name="rds-promotion",
        moto="keeps the link between source and replica after a promotion, and promotes any other instance too",
        aws="makes the replica a standalone instance, and rejects instances that are not replicas",
        source="RDS PromoteReadReplica",
        upstream="to file: RDS: Detach the replica and reject other instances in PromoteReadReplica",
    ),
    MotoPatch(
        name="rds-orphaned-replica",
        moto="can't delete a replica whose source was deleted",
        aws="deletes the replica",
        source="RDS User Guide, Working with read replicas",
        upstream="to file: RDS: DeleteDBInstance fails for a replica whose source was deleted",
    ),
    MotoPatch(
        name="rds-subnet-group",
        moto="deletes a subnet group when it is modified",
        aws="modifies the subnet group",
        source="RDS ModifyDBSubnetGroup",
        upstream="to file: RDS: Keep the subnet group in ModifyDBSubnetGroup",
    ),
    MotoPatch(
        name="rds-final-snapshot",
        moto="deletes an instance although the request neither names nor skips the final snapshot",
        aws="rejects the deletion",
        source="RDS DeleteDBInstance, SkipFinalSnapshot",
        upstream="to file: RDS: Require FinalDBSnapshotIdentifier or SkipFinalSnapshot in DeleteDBInstance",
    ),
    MotoPatch(
        name="rds-managed-password",
        moto="stores the same user and password in every managed secret",
        aws="stores the master user's name and a generated password",
        source="RDS MasterUserSecret",
        upstream="to file: RDS: Store the master user and a generated password in managed secrets",
        operations=("CreateDBInstance", "ModifyDBInstance"),
    ),
    MotoPatch(
        name="rds-backup-replication",
        moto="can't replicate automated backups",
        aws="replicates backups to another region; encrypted backups need a KMS key of that region",
        source="RDS StartDBInstanceAutomatedBackupsReplication, StopDBInstanceAutomatedBackupsReplication",
        upstream="to file: RDS: Support replication of automated backups",
    ),
)

"""RDS: replicas across regions, promotion and deletion, as AWS does them."""

import json
import secrets
from typing import Any

from moto.rds import models
from moto.rds.exceptions import (
    DBInstanceAlreadyExists,
    DBInstanceNotFoundError,
    InvalidParameterCombination,
    RDSClientError,
)

from rehearsal.cloud.moto_patches.base import MotoPatch
from rehearsal.cloud.patches import Patches

POSTGRES_VERSION = "17.6"
"""What RDS takes when no engine version is given."""


def engine_version(patches: Patches) -> None:
    """Start PostgreSQL in a version of this decade when none is given."""
    patches.update(models.DBInstance.default_engine_versions, {"postgres": POSTGRES_VERSION})


def replica_by_arn(patches: Patches) -> None:
    """Find a replica in its source's list whether it is named there by identifier or by ARN."""

    def remove_replica(self: Any, replica: Any) -> None:
        names = {replica.db_instance_identifier, replica.db_instance_arn}
        self.replicas = [name for name in self.replicas if name not in names]

    patches.replace(models.DBInstance, "remove_replica", remove_replica)


def replica_requirements(patches: Patches) -> None:
    """Refuse a replica that RDS would refuse, and give a new one tags of its own."""

    def wrapper(original: Any) -> Any:
        def create_db_instance_read_replica(self: Any, db_kwargs: dict[str, Any]) -> Any:
            if db_kwargs["db_instance_identifier"] in self.databases:
                raise DBInstanceAlreadyExists
            _check_source(self, self.find_db_from_id(db_kwargs["source_db_instance_identifier"]), db_kwargs)
            # First, because moto sets one thing after the other and looks the subnet group up in the replica's backend.
            replica = original(self, {"backend": self, **db_kwargs})
            replica.tags = db_kwargs.get("tags")  # moto copies the source's
            if replica.manage_master_user_password:  # and its secret, which it would delete with the replica
                replica.manage_master_user_password = False
                del replica.master_user_secret
            return replica

        return create_db_instance_read_replica

    patches.wrap(models.RDSBackend, "create_db_instance_read_replica", wrapper)


def promotion(patches: Patches) -> None:
    """Promote a replica for good: neither side names the other any more."""

    def wrapper(original: Any) -> Any:
        def promote_read_replica(self: Any, db_kwargs: dict[str, Any]) -> Any:
            database = self.databases.get(db_kwargs["db_instance_identifier"])
            if database is None:
                raise DBInstanceNotFoundError(db_kwargs["db_instance_identifier"])
            if not database.is_replica:
                raise RDSClientError("InvalidDBInstanceState", "DB Instance is not a read replica.")
            source = source_of(self, database)
            original(self, db_kwargs)
            if source:
                source.remove_replica(database)
            database.source_db_instance_identifier = None
            return database

        return promote_read_replica

    patches.wrap(models.RDSBackend, "promote_read_replica", wrapper)


def orphaned_replica(patches: Patches) -> None:
    """Delete a replica whose source is gone."""

    def wrapper(original: Any) -> Any:
        def delete_db_instance(self: Any, db_instance_identifier: str, **options: Any) -> Any:
            database = self.databases.get(db_instance_identifier)
            if database is not None and database.is_replica and source_of(self, database) is None:
                database.is_replica = False
            return original(self, db_instance_identifier, **options)

        return delete_db_instance

    patches.wrap(models.RDSBackend, "delete_db_instance", wrapper)


def final_snapshot(patches: Patches) -> None:
    """Insist on a final snapshot, or on the word that none is wanted."""

    def wrapper(original: Any) -> Any:
        def delete_db_instance(self: Any, db_instance_identifier: str, **options: Any) -> Any:
            database = self.databases.get(db_instance_identifier)
            decided = options.get("skip_final_snapshot") or options.get("final_db_snapshot_identifier")
            if database is not None and not decided and not database.is_replica:
                raise InvalidParameterCombination(
                    "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified."
                )
            return original(self, db_instance_identifier, **options)

        return delete_db_instance

    patches.wrap(models.RDSBackend, "delete_db_instance", wrapper)


def managed_password(patches: Patches) -> None:
    """Put the master user's name and a password of its own into the secret that RDS manages."""

    def generate_secret_string(self: Any) -> str:
        return json.dumps({"username": self.resource.master_username, "password": secrets.token_urlsafe(24)})

    patches.replace(models.MasterUserSecret, "_generate_secret_string", generate_secret_string)


def source_of(backend: Any, replica: Any) -> Any:
    """Find what a replica copies; None when that was deleted."""
    try:
        return backend.find_db_from_id(replica.source_db_instance_identifier)
    except DBInstanceNotFoundError:
        return None


def _check_source(backend: Any, source: Any, db_kwargs: dict[str, Any]) -> None:
    if not source.backup_retention_period:
        raise RDSClientError(
            "InvalidDBInstanceState",
            "Automated backups are not enabled for this database instance. To enable automated backups, "
            "use ModifyDBInstance to set the backup retention period to a non-zero value.",
        )
    abroad = source.region != backend.region_name
    if abroad and source.storage_encrypted and not db_kwargs.get("kms_key_id"):
        raise InvalidParameterCombination(
            "An encrypted read replica in another region needs the KmsKeyId of a key of that region."
        )


MOTO_PATCHES = (
    MotoPatch(
        "rds-engine-version",
        "starts PostgreSQL 9.3.3 when no version is given",
        "takes the default version of its time",
        "RDS CreateDBInstance, EngineVersion",
        engine_version,
    ),
    MotoPatch(
        "rds-replica-requirements",
        "makes any replica, over an existing one too, with the tags of its source",
        "needs a free identifier, backups of the source and, across regions, a key for an encrypted one",
        "RDS CreateDBInstanceReadReplica",
        replica_requirements,
    ),
    MotoPatch(
        "rds-replica-by-arn",
        "can't delete a cross-region replica: it is listed by ARN and removed by identifier",
        "deletes it",
        "RDS DeleteDBInstance",
        replica_by_arn,
    ),
    MotoPatch(
        "rds-promotion",
        "goes on naming source and replica after a promotion, and promotes what is no replica",
        "makes the replica a standalone instance; refuses anything else",
        "RDS PromoteReadReplica",
        promotion,
    ),
    MotoPatch(
        "rds-orphaned-replica",
        "can't delete a replica whose source was deleted",
        "deletes it",
        "RDS User Guide, Working with read replicas",
        orphaned_replica,
    ),
    MotoPatch(
        "rds-final-snapshot",
        "deletes without a final snapshot and without being told to skip it",
        "refuses",
        "RDS DeleteDBInstance, SkipFinalSnapshot",
        final_snapshot,
    ),
    MotoPatch(
        "rds-managed-password",
        "keeps the same made-up user and password in every managed secret",
        "keeps the master user's name and a generated password",
        "RDS MasterUserSecret",
        managed_password,
    ),
)

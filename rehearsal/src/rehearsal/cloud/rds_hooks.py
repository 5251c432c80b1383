"""Hooks that give RDS PostgreSQL instances a real server.

A read replica is a streaming standby of its source, and a manual snapshot is a base backup. Other engines and the
instances of Aurora clusters stay emulated. Operations that a server can't carry out, such as point-in-time restore and
the use of automated snapshots, are rejected.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from moto.rds import models
from moto.rds.exceptions import RDSClientError
from moto.rds.models import DBSnapshot
from typing_extensions import override

from rehearsal.cloud.patches import Patches
from rehearsal.dataplanes.postgres import PORT, DatabaseError, Databases
from rehearsal.processes import ProcessError

ENGINE = "postgres"
MANUAL = "manual"
"""Type of the snapshots that contain data. The automated snapshots that moto creates contain none."""
MANAGED_MASTER_USER = "manage_master_user_password"
SOURCE_SNAPSHOT = "rehearsal_snapshot"
"""Extra argument of `create_db_instance`: the snapshot to restore.

Moto restores a snapshot by calling `create_db_instance`.
"""


def attach(patches: Patches, databases: Databases) -> None:
    """Connect moto's RDS to the data planes."""
    patches.install(RDSBackend, servers=databases)
    patches.install(DBInstance, servers=databases)


def has_server(database: models.DBInstance) -> bool:
    """Return True if an instance is backed by a real server."""
    return database.engine == ENGINE and database.db_cluster_identifier is None


@contextmanager
def rds_errors(code: str = "InsufficientDBInstanceCapacity") -> Iterator[None]:
    """Convert errors of the servers to RDS errors."""
    try:
        yield
    except (DatabaseError, ProcessError) as error:
        raise RDSClientError(code, f"rehearsal: {error}") from error


class DBInstance(models.DBInstance):
    """Instance whose endpoint is the address of its server."""

    original: ClassVar[type[models.DBInstance]]

    servers: Databases

    @property
    @override
    def endpoint(self) -> dict[str, Any] | None:  # type: ignore[override]  # None until the server runs
        if not has_server(self):
            emulated: property = DBInstance.original.endpoint  # type: ignore[assignment]  # the property object
            endpoint: dict[str, Any] | None = emulated.__get__(self)
            return endpoint
        server = self.servers.get(self.db_instance_identifier, self.region)
        return {"Address": server.host, "Port": server.port} if server else None


class RDSBackend(models.RDSBackend):
    """RDS backend whose PostgreSQL instances have running servers.

    Calls return when the servers are ready. If a server does not start, the call raises an AWS error.
    """

    original: ClassVar[type[models.RDSBackend]]

    servers: Databases

    @override
    def create_db_instance(self, db_kwargs: dict[str, Any]) -> models.DBInstance:
        snapshot = db_kwargs.pop(SOURCE_SNAPSHOT, None)
        served = db_kwargs["engine"] == ENGINE and db_kwargs.get("db_cluster_identifier") is None
        if served and not snapshot:
            _check_credentials(db_kwargs)
        database = RDSBackend.original.create_db_instance(self, db_kwargs)
        if served:
            _start(self, database, lambda: _create_server(self.servers, database, snapshot))
        return database

    @override
    def create_db_instance_read_replica(self, db_kwargs: dict[str, Any]) -> models.DBInstance:
        replica = RDSBackend.original.create_db_instance_read_replica(self, db_kwargs)
        if has_server(replica):
            source = self.find_db_from_id(db_kwargs["source_db_instance_identifier"])
            try:
                _start(
                    self,
                    replica,
                    lambda: self.servers.replicate(
                        replica.db_instance_identifier,
                        self.region_name,
                        source.db_instance_identifier,
                        source.region,
                        port=replica.port or PORT,
                    ),
                )
            except RDSClientError:
                source.remove_replica(replica)
                raise
        return replica

    @override
    def promote_read_replica(self, db_kwargs: dict[str, Any]) -> models.DBInstance:
        database = self.databases.get(db_kwargs["db_instance_identifier"])
        if database is not None and database.is_replica and has_server(database):
            with rds_errors("InvalidDBInstanceState"):
                self.servers.promote(database.db_instance_identifier, self.region_name)
        return RDSBackend.original.promote_read_replica(self, db_kwargs)

    @override
    def modify_db_instance(self, db_instance_identifier: str, db_kwargs: dict[str, Any]) -> models.DBInstance:
        before = self.databases.get(db_instance_identifier)
        if before is None or not has_server(before):
            return RDSBackend.original.modify_db_instance(self, db_instance_identifier, db_kwargs)
        _check_changes(before, db_kwargs)
        old_name, new_name = before.db_instance_identifier, db_kwargs.get("new_db_instance_identifier")
        new_password = bool(db_kwargs.get("master_user_password") or db_kwargs.get(MANAGED_MASTER_USER))
        database = RDSBackend.original.modify_db_instance(self, db_instance_identifier, db_kwargs)
        with rds_errors("InvalidDBInstanceState"):
            if new_name:
                self.servers.rename(old_name, self.region_name, database.db_instance_identifier)
            if new_password:
                self.servers.set_password(database.db_instance_identifier, self.region_name, _password(database))
        return database

    @override
    def delete_db_instance(self, db_instance_identifier: str, *args: Any, **options: Any) -> models.DBInstance:
        database = RDSBackend.original.delete_db_instance(self, db_instance_identifier, *args, **options)
        if has_server(database):
            self.servers.delete(database.db_instance_identifier, self.region_name)
        return database

    @override
    def reboot_db_instance(self, db_instance_identifier: str) -> models.DBInstance:
        database = RDSBackend.original.reboot_db_instance(self, db_instance_identifier)
        self.operate_server(database, self.servers.reboot)
        return database

    @override
    def stop_db_instance(
        self, db_instance_identifier: str, db_snapshot_identifier: str | None = None
    ) -> models.DBInstance:
        database = RDSBackend.original.stop_db_instance(self, db_instance_identifier, db_snapshot_identifier)
        self.operate_server(database, self.servers.stop)
        return database

    @override
    def start_db_instance(self, db_instance_identifier: str) -> models.DBInstance:
        database = RDSBackend.original.start_db_instance(self, db_instance_identifier)
        self.operate_server(database, self.servers.start)
        return database

    def operate_server(self, database: models.DBInstance, operate: Callable[[str, str], None]) -> None:
        """Reboot, stop or start the server of an instance, if it has one."""
        if has_server(database):
            with rds_errors("InvalidDBInstanceState"):
                operate(database.db_instance_identifier, self.region_name)

    @override
    def create_db_snapshot(
        self, db_instance_identifier: str, db_snapshot_identifier: str, *args: Any, **settings: Any
    ) -> DBSnapshot:
        snapshot = RDSBackend.original.create_db_snapshot(
            self, db_instance_identifier, db_snapshot_identifier, *args, **settings
        )
        if has_server(snapshot.database) and snapshot.snapshot_type == MANUAL:
            try:
                with rds_errors("InvalidDBInstanceState"):
                    name = snapshot.database.db_instance_identifier
                    self.servers.snapshot(name, self.region_name, snapshot.db_snapshot_identifier)
            except RDSClientError:
                del self.database_snapshots[db_snapshot_identifier]
                raise
        return snapshot

    @override
    def copy_db_snapshot(self, source_db_snapshot_identifier: str, *args: Any, **settings: Any) -> DBSnapshot:
        source = self.get_db_snapshot(source_db_snapshot_identifier)
        snapshot = RDSBackend.original.copy_db_snapshot(self, source_db_snapshot_identifier, *args, **settings)
        if has_server(snapshot.database):
            try:
                with rds_errors("DBSnapshotNotFoundFault"):
                    name = snapshot.db_snapshot_identifier
                    self.servers.copy_snapshot(source.db_snapshot_identifier, source.region, name, self.region_name)
            except RDSClientError:
                del self.database_snapshots[snapshot.db_snapshot_identifier]
                raise
        return snapshot

    @override
    def delete_db_snapshot(self, db_snapshot_identifier: str) -> DBSnapshot:
        snapshot = RDSBackend.original.delete_db_snapshot(self, db_snapshot_identifier)
        self.servers.delete_snapshot(snapshot.db_snapshot_identifier, self.region_name)
        return snapshot

    @override
    def restore_db_instance_from_db_snapshot(
        self, from_snapshot_id: str, overrides: dict[str, Any]
    ) -> models.DBInstance:
        snapshot = self.get_db_snapshot(from_snapshot_id)
        if has_server(snapshot.database):
            overrides[SOURCE_SNAPSHOT] = snapshot.db_snapshot_identifier  # moto passes it to create_db_instance
        return RDSBackend.original.restore_db_instance_from_db_snapshot(self, from_snapshot_id, overrides)

    @override
    def restore_db_instance_to_point_in_time(
        self, source_db_identifier: str, target_db_identifier: str, overrides: dict[str, Any]
    ) -> models.DBInstance:
        if any(has_server(database) for database in self.describe_db_instances(source_db_identifier)):
            raise RDSClientError(
                "PointInTimeRestoreNotEnabled",
                f"rehearsal: {source_db_identifier} does not archive its write-ahead log, so it can't be restored to a "
                "point in time; take a snapshot and restore that",
            )
        return RDSBackend.original.restore_db_instance_to_point_in_time(
            self, source_db_identifier, target_db_identifier, overrides
        )


def _create_server(servers: Databases, database: models.DBInstance, snapshot: str | None) -> None:
    name, region = database.db_instance_identifier, database.region
    if snapshot is None:
        user, password = str(database.master_username), _password(database)
        servers.create(name, region, user, password, database.db_name or "", port=database.port or PORT)
        return
    servers.restore(name, region, snapshot, port=database.port or PORT)
    if database.manage_master_user_password:
        servers.set_password(name, region, _password(database))


def _start(backend: models.RDSBackend, database: models.DBInstance, start: Callable[[], object]) -> None:
    """Start an instance's server. Delete the instance if the server does not start."""
    database.status = "creating"
    try:
        with rds_errors():
            start()
    except RDSClientError:
        _delete_created(backend, database.db_instance_identifier)
        raise
    database.status = "available"


def _delete_created(backend: models.RDSBackend, identifier: str) -> None:
    """Delete an instance and the automated snapshot that moto took of it."""
    del backend.databases[identifier]
    for name, snapshot in list(backend.database_snapshots.items()):
        if snapshot.db_instance_identifier == identifier and snapshot.snapshot_type != MANUAL:
            del backend.database_snapshots[name]


def _check_changes(database: models.DBInstance, db_kwargs: dict[str, Any]) -> None:
    if db_kwargs.get("rotate_master_user_password"):
        raise RDSClientError("InvalidParameterCombination", "rehearsal: rotating a managed password is not supported.")
    if database.is_replica and (db_kwargs.get("master_user_password") or db_kwargs.get(MANAGED_MASTER_USER)):
        raise RDSClientError("InvalidDBInstanceState", "The master password of a read replica can't be changed.")


def _check_credentials(db_kwargs: dict[str, Any]) -> None:
    for name in ("master_username", "master_user_password"):
        if not db_kwargs.get(name) and not (name == "master_user_password" and db_kwargs.get(MANAGED_MASTER_USER)):
            parameter = "".join(word.capitalize() for word in name.split("_"))
            raise RDSClientError(
                "InvalidParameterValue", f"The parameter {parameter} must be provided and must not be blank."
            )


def _password(database: models.DBInstance) -> str:
    """Return the master password, set by the program or generated in Secrets Manager."""
    if not database.manage_master_user_password:
        return str(database._master_user_password)  # noqa: SLF001  # no accessor
    return str(json.loads(database.master_user_secret.secret.secret_string or "{}")["password"])

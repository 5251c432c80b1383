"""RDS: every PostgreSQL instance gets a real server, every read replica a streaming standby.

Manual snapshots are real base backups. Other engines, and instances of Aurora clusters, stay emulated. What a server
here can't follow (point-in-time restore, automated snapshots) is refused rather than pretended.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from moto.rds.exceptions import RDSClientError
from moto.rds.models import DBInstance, DBSnapshot, RDSBackend

from rehearsal.cloud.patches import Patches
from rehearsal.dataplanes.postgres import PORT, DatabaseError, Databases
from rehearsal.processes import ProcessError

ENGINE = "postgres"
MANUAL = "manual"
"""Snapshots that somebody asked for; the automated ones that moto makes up have no data."""
MANAGED = "manage_master_user_password"
FROM_SNAPSHOT = "rehearsal_snapshot"
"""Extra argument of CreateDBInstance, which moto calls to restore a snapshot: where the data come from."""


def attach(patches: Patches, databases: Databases) -> None:
    """Wrap the operations of RDS that have a real side."""
    for operation, wrapper in _WRAPPERS.items():
        patches.wrap(RDSBackend, operation, partial(wrapper, databases))
    patches.wrap(RDSBackend, "restore_db_instance_from_db_snapshot", _restoring)
    patches.wrap(RDSBackend, "restore_db_instance_to_point_in_time", _refusing_point_in_time)
    patches.replace(DBInstance, "endpoint", _endpoint(DBInstance.endpoint, databases))


def is_real(database: DBInstance) -> bool:
    """Whether an instance has a server of its own here."""
    return database.engine == ENGINE and database.db_cluster_identifier is None


@contextmanager
def refusals(code: str = "InsufficientDBInstanceCapacity") -> Iterator[None]:
    """Say what went wrong with a server as RDS says that something went wrong."""
    try:
        yield
    except (DatabaseError, ProcessError) as error:
        raise RDSClientError(code, f"rehearsal: {error}") from error


def _endpoint(original: Any, databases: Databases) -> property:
    def endpoint(self: DBInstance) -> dict[str, Any] | None:
        if not is_real(self):
            shown: dict[str, Any] = original.fget(self)
            return shown
        server = databases.get(self.db_instance_identifier, self.region)
        return {"Address": server.host, "Port": server.port} if server else None

    return property(endpoint)


def _creating(databases: Databases, original: Any) -> Any:
    def create_db_instance(self: RDSBackend, db_kwargs: dict[str, Any]) -> DBInstance:
        snapshot = db_kwargs.pop(FROM_SNAPSHOT, None)
        real = db_kwargs["engine"] == ENGINE and db_kwargs.get("db_cluster_identifier") is None
        if real and not snapshot:
            _check_credentials(db_kwargs)
        database: DBInstance = original(self, db_kwargs)
        if real:
            _start(self, database, lambda: _serve(databases, database, snapshot))
        return database

    return create_db_instance


def _serve(databases: Databases, database: DBInstance, snapshot: str | None) -> None:
    name, region = database.db_instance_identifier, database.region
    if snapshot is None:
        user, password = str(database.master_username), _password(database)
        databases.create(name, region, user, password, database.db_name or "", port=database.port or PORT)
        return
    databases.restore(name, region, snapshot, port=database.port or PORT)
    if database.manage_master_user_password:
        databases.set_password(name, region, _password(database))


def _replicating(databases: Databases, original: Any) -> Any:
    def create_db_instance_read_replica(self: RDSBackend, db_kwargs: dict[str, Any]) -> DBInstance:
        replica: DBInstance = original(self, db_kwargs)
        if is_real(replica):
            source = self.find_db_from_id(db_kwargs["source_db_instance_identifier"])
            try:
                _start(
                    self,
                    replica,
                    lambda: databases.replicate(
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

    return create_db_instance_read_replica


def _promoting(databases: Databases, original: Any) -> Any:
    def promote_read_replica(self: RDSBackend, db_kwargs: dict[str, Any]) -> DBInstance:
        database = self.databases.get(db_kwargs["db_instance_identifier"])
        if database is not None and database.is_replica and is_real(database):
            with refusals("InvalidDBInstanceState"):
                databases.promote(database.db_instance_identifier, self.region_name)
        promoted: DBInstance = original(self, db_kwargs)
        return promoted

    return promote_read_replica


def _modifying(databases: Databases, original: Any) -> Any:
    def modify_db_instance(self: RDSBackend, db_instance_identifier: str, db_kwargs: dict[str, Any]) -> DBInstance:
        before = self.databases.get(db_instance_identifier)
        if before is None or not is_real(before):
            emulated: DBInstance = original(self, db_instance_identifier, db_kwargs)
            return emulated
        _check_changes(before, db_kwargs)
        old_name, new_name = before.db_instance_identifier, db_kwargs.get("new_db_instance_identifier")
        new_password = bool(db_kwargs.get("master_user_password") or db_kwargs.get(MANAGED))
        database: DBInstance = original(self, db_instance_identifier, db_kwargs)
        with refusals("InvalidDBInstanceState"):
            if new_name:
                databases.rename(old_name, self.region_name, database.db_instance_identifier)
            if new_password:
                databases.set_password(database.db_instance_identifier, self.region_name, _password(database))
        return database

    return modify_db_instance


def _deleting(databases: Databases, original: Any) -> Any:
    def delete_db_instance(self: RDSBackend, db_instance_identifier: str, **options: Any) -> DBInstance:
        database: DBInstance = original(self, db_instance_identifier, **options)
        if is_real(database):
            databases.delete(database.db_instance_identifier, self.region_name)
        return database

    return delete_db_instance


def _acting(act: Callable[[Databases, str, str], None]) -> Callable[[Databases, Any], Any]:
    """Wrap an operation that only needs its server to do the same."""

    def wrapper(databases: Databases, original: Any) -> Any:
        def operation(self: RDSBackend, db_instance_identifier: str, *options: Any, **more: Any) -> DBInstance:
            database: DBInstance = original(self, db_instance_identifier, *options, **more)
            if is_real(database):
                with refusals("InvalidDBInstanceState"):
                    act(databases, database.db_instance_identifier, self.region_name)
            return database

        return operation

    return wrapper


def _taking_snapshot(databases: Databases, original: Any) -> Any:
    def create_db_snapshot(
        self: RDSBackend, db_instance_identifier: str, db_snapshot_identifier: str, *options: Any, **more: Any
    ) -> DBSnapshot:
        snapshot: DBSnapshot = original(self, db_instance_identifier, db_snapshot_identifier, *options, **more)
        if is_real(snapshot.database) and snapshot.snapshot_type == MANUAL:
            try:
                with refusals("InvalidDBInstanceState"):
                    name = snapshot.database.db_instance_identifier
                    databases.snapshot(name, self.region_name, snapshot.db_snapshot_identifier)
            except RDSClientError:
                del self.database_snapshots[db_snapshot_identifier]
                raise
        return snapshot

    return create_db_snapshot


def _copying_snapshot(databases: Databases, original: Any) -> Any:
    def copy_db_snapshot(
        self: RDSBackend, source_db_snapshot_identifier: str, *options: Any, **more: Any
    ) -> DBSnapshot:
        source = self.get_db_snapshot(source_db_snapshot_identifier)
        snapshot: DBSnapshot = original(self, source_db_snapshot_identifier, *options, **more)
        if is_real(snapshot.database):
            try:
                with refusals("DBSnapshotNotFoundFault"):
                    name = snapshot.db_snapshot_identifier
                    databases.copy_snapshot(source.db_snapshot_identifier, source.region, name, self.region_name)
            except RDSClientError:
                del self.database_snapshots[snapshot.db_snapshot_identifier]
                raise
        return snapshot

    return copy_db_snapshot


def _deleting_snapshot(databases: Databases, original: Any) -> Any:
    def delete_db_snapshot(self: RDSBackend, db_snapshot_identifier: str) -> DBSnapshot:
        snapshot: DBSnapshot = original(self, db_snapshot_identifier)
        databases.delete_snapshot(snapshot.db_snapshot_identifier, self.region_name)
        return snapshot

    return delete_db_snapshot


def _restoring(original: Any) -> Any:
    def restore_db_instance_from_db_snapshot(self: RDSBackend, source: str, overrides: dict[str, Any]) -> DBInstance:
        snapshot = self.get_db_snapshot(source)
        if is_real(snapshot.database):
            overrides[FROM_SNAPSHOT] = snapshot.db_snapshot_identifier  # moto hands it on to create_db_instance
        database: DBInstance = original(self, source, overrides)
        return database

    return restore_db_instance_from_db_snapshot


def _refusing_point_in_time(original: Any) -> Any:
    def restore_db_instance_to_point_in_time(
        self: RDSBackend, source: str, target: str, overrides: dict[str, Any]
    ) -> DBInstance:
        if any(is_real(database) for database in self.describe_db_instances(source)):
            raise RDSClientError(
                "PointInTimeRestoreNotEnabled",
                f"rehearsal: {source} keeps no write-ahead log to restore from; take a snapshot and restore that",
            )
        database: DBInstance = original(self, source, target, overrides)
        return database

    return restore_db_instance_to_point_in_time


def _start(backend: RDSBackend, database: DBInstance, start: Callable[[], object]) -> None:
    """Start an instance's server; without one there is no instance."""
    database.status = "creating"
    try:
        with refusals():
            start()
    except RDSClientError:
        _forget(backend, database.db_instance_identifier)
        raise
    database.status = "available"


def _forget(backend: RDSBackend, identifier: str) -> None:
    """Undo a creation, with the automated snapshot that moto made of it."""
    del backend.databases[identifier]
    for name, snapshot in list(backend.database_snapshots.items()):
        if snapshot.db_instance_identifier == identifier and snapshot.snapshot_type != MANUAL:
            del backend.database_snapshots[name]


def _check_changes(database: DBInstance, db_kwargs: dict[str, Any]) -> None:
    if db_kwargs.get("rotate_master_user_password"):
        raise RDSClientError("InvalidParameterCombination", "rehearsal: rotating a managed password is not rehearsed.")
    if database.is_replica and (db_kwargs.get("master_user_password") or db_kwargs.get(MANAGED)):
        raise RDSClientError("InvalidDBInstanceState", "The master password of a read replica can't be changed.")


def _check_credentials(db_kwargs: dict[str, Any]) -> None:
    for name in ("master_username", "master_user_password"):
        if not db_kwargs.get(name) and not (name == "master_user_password" and db_kwargs.get(MANAGED)):
            shown = "".join(part.capitalize() for part in name.split("_"))
            raise RDSClientError(
                "InvalidParameterValue", f"The parameter {shown} must be provided and must not be blank."
            )


def _password(database: DBInstance) -> str:
    """The master password: what the program chose, or what RDS keeps in Secrets Manager."""
    if not database.manage_master_user_password:
        return str(database._master_user_password)  # noqa: SLF001  # moto shows it to nobody
    return str(json.loads(database.master_user_secret.secret.secret_string or "{}")["password"])


_WRAPPERS: Mapping[str, Callable[[Databases, Any], Any]] = {
    "create_db_instance": _creating,
    "create_db_instance_read_replica": _replicating,
    "promote_read_replica": _promoting,
    "modify_db_instance": _modifying,
    "delete_db_instance": _deleting,
    "reboot_db_instance": _acting(Databases.reboot),
    "stop_db_instance": _acting(Databases.stop),
    "start_db_instance": _acting(Databases.start),
    "create_db_snapshot": _taking_snapshot,
    "copy_db_snapshot": _copying_snapshot,
    "delete_db_snapshot": _deleting_snapshot,
}

"""Database snapshots: base backups from which new servers start."""

import secrets
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path

from rehearsal.dataplanes.postgres.endpoint import DatabaseError
from rehearsal.dataplanes.postgres.installation import Installation
from rehearsal.dataplanes.postgres.roles import REPLICATION_USER
from rehearsal.dataplanes.postgres.server import PostgresServer


@dataclass(frozen=True)
class Snapshot:
    """One base backup, and the master user of the database from which it was taken."""

    directory: Path
    master_user: str


class Snapshots:
    """The snapshots of one rehearsal, each identified by region and name.

    A snapshot is kept when its database is deleted.
    """

    def __init__(self, replication_password: str) -> None:
        self._password = replication_password
        self._lock = threading.Lock()
        self._snapshots: dict[tuple[str, str], Snapshot] = {}

    def take(self, server: PostgresServer, name: str) -> None:
        """Take a base backup of a running server.

        Raises DatabaseError if the server is not running.
        """
        region = server.endpoint.region
        directory = _directory(server.installation, region, name)
        base_backup(server, directory, self._password)
        with self._lock:
            self._snapshots[region, name] = Snapshot(directory, server.master_user)

    def copy(self, installation: Installation, source: tuple[str, str], target: tuple[str, str]) -> None:
        """Copy a snapshot, possibly to another region.

        `source` and `target` are (region, name).
        """
        snapshot = self.find(*source)
        directory = _directory(installation, *target)
        installation.run_any("cp", "-a", str(snapshot.directory), str(directory))
        with self._lock:
            self._snapshots[target] = Snapshot(directory, snapshot.master_user)

    def find(self, region: str, name: str) -> Snapshot:
        """Return a snapshot. Raises DatabaseError if it does not exist."""
        with self._lock:
            snapshot = self._snapshots.get((region, name))
        if snapshot is None:
            raise DatabaseError(f"there is no snapshot {name} in {region}; take it first")
        return snapshot

    def delete(self, region: str, name: str) -> None:
        """Remove a snapshot if it exists."""
        with self._lock:
            snapshot = self._snapshots.pop((region, name), None)
        if snapshot:
            shutil.rmtree(snapshot.directory, ignore_errors=True)


def base_backup(server: PostgresServer, target: Path, password: str, *options: str) -> None:
    """Copy a running server's data with pg_basebackup.

    The copy is consistent as of the end of the backup.
    """
    server.installation.run(
        "pg_basebackup",
        *("-D", str(target), "-X", "stream", "--checkpoint=fast", "--no-sync", *options),
        *("-d", f"host={server.server_address.host} port={server.server_address.port} user={REPLICATION_USER}"),
        env={"PGPASSWORD": password, "PGSSLMODE": server.installation.ssl_mode},
    )


def _directory(installation: Installation, region: str, name: str) -> Path:
    return installation.data / f"snapshot-{region}-{name.replace(':', '-')}-{secrets.token_hex(3)}"

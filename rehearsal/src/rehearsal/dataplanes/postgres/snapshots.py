"""Snapshots of databases: real base backups that a new server can be started from."""

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
    """One base backup; `master` is the master user of the database that it was taken of."""

    directory: Path
    master: str


class Snapshots:
    """The snapshots of one rehearsal, by region and name. They outlive their database."""

    def __init__(self, replication_password: str) -> None:
        self._password = replication_password
        self._lock = threading.Lock()
        self._taken: dict[tuple[str, str], Snapshot] = {}

    def take(self, server: PostgresServer, name: str) -> None:
        """Back a running server up under this name. Raises DatabaseError when it doesn't run."""
        region = server.endpoint.region
        directory = _directory(server.installation, region, name)
        base_backup(server, directory, self._password)
        with self._lock:
            self._taken[region, name] = Snapshot(directory, server.master)

    def copy(self, installation: Installation, source: tuple[str, str], target: tuple[str, str]) -> None:
        """Copy a snapshot, also into another region. Both are region and name."""
        snapshot = self.find(*source)
        directory = _directory(installation, *target)
        installation.run_any("cp", "-a", str(snapshot.directory), str(directory))
        with self._lock:
            self._taken[target] = Snapshot(directory, snapshot.master)

    def find(self, region: str, name: str) -> Snapshot:
        """Find a snapshot. Raises DatabaseError when none of this name was taken here."""
        with self._lock:
            snapshot = self._taken.get((region, name))
        if snapshot is None:
            raise DatabaseError(f"no snapshot {name} was taken in {region}; take one first")
        return snapshot

    def delete(self, region: str, name: str) -> None:
        """Remove a snapshot; unknown ones are no error."""
        with self._lock:
            snapshot = self._taken.pop((region, name), None)
        if snapshot:
            shutil.rmtree(snapshot.directory, ignore_errors=True)


def base_backup(server: PostgresServer, target: Path, password: str, *options: str) -> None:
    """Copy a running server's data with its own tool, consistent at the moment of the copy's end."""
    server.installation.run(
        "pg_basebackup",
        *("-D", str(target), "-X", "stream", "--checkpoint=fast", "--no-sync", *options),
        *("-d", f"host={server.inner.host} port={server.inner.port} user={REPLICATION_USER}"),
        env={"PGPASSWORD": password, "PGSSLMODE": server.installation.ssl_mode},
    )


def _directory(installation: Installation, region: str, name: str) -> Path:
    return installation.data / f"snapshot-{region}-{name.replace(':', '-')}-{secrets.token_hex(3)}"

"""All real servers of one rehearsal: status, restart and shutdown."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from rehearsal.dataplanes.kubernetes import Addon, Clusters
from rehearsal.dataplanes.postgres import Databases
from rehearsal.dataplanes.postgres.installation import remove_data
from rehearsal.dataplanes.vault import VaultServer
from rehearsal.home import Home
from rehearsal.processes import Supervisor


class ServerType(StrEnum):
    """Type of a real server."""

    KUBERNETES = "kubernetes"
    POSTGRES = "postgres"
    VAULT = "vault"


@dataclass(frozen=True)
class ServerStatus:
    """Current status of one server; `endpoint` is the address for clients."""

    name: str
    type: ServerType
    endpoint: str
    alive: bool


class DataPlanes:
    """The real servers of one rehearsal: clusters, databases and Vault.

    The servers are started on demand. `find_binary` returns the path of a command-line tool. The `addons` run in every
    cluster. Only one process at a time may manage the servers of a home; `remove_leftovers` cleans up after a process
    that was killed.
    """

    def __init__(self, home: Home, find_binary: Callable[[str], Path], addons: Sequence[Addon] = ()) -> None:
        self.supervisor = Supervisor(home)
        self.clusters = Clusters(home, self.supervisor, find_binary, addons)
        self.databases = Databases(home, self.supervisor)
        self.vault = VaultServer(home, self.supervisor, find_binary)

    def status(self) -> tuple[ServerStatus, ...]:
        """Return the status of every server that was started and not deleted."""
        return tuple(self._status())

    def heal(self) -> tuple[str, ...]:
        """Restart dead servers and return the names of their processes.

        The servers keep their data. If one type of server (Vault, databases, clusters) fails to restart, the other
        types are restarted before the error is raised.

        Raises:
            ProcessError: a server does not start.
            VaultError: Vault does not become active.
        """
        restarted: list[str] = []
        failures: list[Exception] = []
        for plane in (self.vault, self.databases, self.clusters):
            try:
                restarted += plane.heal()
            except Exception as error:  # restart the other servers first
                failures.append(error)
        if failures:
            raise failures[0]
        return tuple(restarted)

    def stop_all(self) -> None:
        """Stop all servers and wait until they have ended.

        The data of databases are removed; those of Vault and etcd are kept.
        """
        self.clusters.stop()
        self.databases.stop_all()
        self.vault.stop()
        self.supervisor.stop_all()

    @staticmethod
    def remove_leftovers(home: Home) -> list[str]:
        """Stop the servers that a killed daemon left behind; return their process names.

        Database files are removed, including those outside the home.
        """
        stopped = Supervisor.kill_leftovers(home)
        remove_data(home)
        return stopped

    def _status(self) -> Iterator[ServerStatus]:
        for cluster in self.clusters.all():
            alive = self.clusters.alive(cluster.name, cluster.region)
            yield ServerStatus(f"{cluster.region}/{cluster.name}", ServerType.KUBERNETES, cluster.url, alive)
        for database in self.databases.all():
            name, address = f"{database.region}/{database.identifier}", f"{database.host}:{database.port}"
            yield ServerStatus(
                name, ServerType.POSTGRES, address, self.databases.alive(database.identifier, database.region)
            )
        vault = self.vault.last_endpoint()
        if vault:
            yield ServerStatus("vault", ServerType.VAULT, vault.address, self.vault.endpoint() is not None)

"""All data planes of one rehearsal in one hand."""

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
    """What sort of server a data plane is."""

    KUBERNETES = "kubernetes"
    POSTGRES = "postgres"
    VAULT = "vault"


@dataclass(frozen=True)
class ServerStatus:
    """One data plane as it is now; `endpoint` is what a client connects to."""

    name: str
    type: ServerType
    endpoint: str
    alive: bool


class DataPlanes:
    """The real servers of one rehearsal: clusters, databases and Vault, all started on demand.

    `binaries` finds a command-line tool by name; every cluster gets the `addons`. Only one process at a time may hold
    the data planes of a home; `clear` ends what a killed one left.
    """

    def __init__(self, home: Home, binaries: Callable[[str], Path], addons: Sequence[Addon] = ()) -> None:
        self.supervisor = Supervisor(home)
        self.clusters = Clusters(home, self.supervisor, binaries, addons)
        self.databases = Databases(home, self.supervisor)
        self.vault = VaultServer(home, self.supervisor, binaries)

    def status(self) -> tuple[ServerStatus, ...]:
        """Every data plane that was started and not deleted."""
        return tuple(self._status())

    def heal(self) -> tuple[str, ...]:
        """Restart whatever died, with its data kept; returns the names of the processes.

        Everything is tried before the first failure, a ProcessError or VaultError, is raised.
        """
        healed: list[str] = []
        failures: list[Exception] = []
        for plane in (self.vault, self.databases, self.clusters):
            try:
                healed += plane.heal()
            except Exception as error:  # whatever it is, the other planes must not wait for it
                failures.append(error)
        if failures:
            raise failures[0]
        return tuple(healed)

    def stop_all(self) -> None:
        """End everything; returns when no process is left. Databases are removed, Vault's and etcd's data stay."""
        self.clusters.stop()
        self.databases.stop_all()
        self.vault.stop()
        self.supervisor.stop_all()

    @staticmethod
    def clear(home: Home) -> list[str]:
        """End what a killed process left running and remove what it kept outside of the home; returns the names."""
        ended = Supervisor.kill_leftovers(home)
        remove_data(home)
        return ended

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

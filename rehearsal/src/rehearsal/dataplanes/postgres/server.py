"""One PostgreSQL server: its files, its settings, and administrative connections to it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGINT
from typing import Any

import psycopg

from rehearsal.dataplanes.pki import Authority
from rehearsal.dataplanes.postgres.endpoint import DatabaseEndpoint, DatabaseError
from rehearsal.dataplanes.postgres.installation import Installation
from rehearsal.dataplanes.postgres.tls_proxy import Address, TlsProxy
from rehearsal.processes import ProcessSpec

ADMINISTRATOR = "rdsadmin"
"""RDS's own superuser; customers never get its password."""
_DROP_SLOT = "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = %s"
_ACCESS_RULES = """\
{host} all         all 127.0.0.0/8 scram-sha-256
{host} replication all 127.0.0.0/8 scram-sha-256
"""


@dataclass
class PostgresServer:
    """One server as it is run; `slot` is the replication slot it reads at `source`, while it is a standby.

    Clients connect to `endpoint`, we to `inner`: the same, unless PostgreSQL lacks TLS and a `front` adds it.
    `stopped` means that somebody wanted it to stop; `lock` is held while its process is started or ended.
    """

    endpoint: DatabaseEndpoint
    inner: Address
    installation: Installation
    directory: Path
    master: str
    admin_password: str
    source: "PostgresServer | None" = None
    slot: str = ""
    front: TlsProxy | None = None
    stopped: bool = False
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def name(self) -> str:
        """Name of its process; never used twice, so that a new database may take a deleted one's identifier."""
        return f"postgres.{self.directory.name}"

    @property
    def data(self) -> Path:
        """The data directory proper."""
        return self.directory / "data"

    def prepare(self, authority: Authority) -> None:
        """Write access rules, certificate and key for the account that PostgreSQL runs as; start a front if need be.

        Connections are encrypted or refused, as on RDS, where rds.force_ssl is on since PostgreSQL 15.
        """
        rules = self.directory / "access.conf"
        rules.write_text(_ACCESS_RULES.format(host="hostssl" if self.installation.tls else "host"))
        key, certificate = authority.serve(self.endpoint.identifier, (self.endpoint.host,)).write(
            self.directory, "server"
        )
        for file in (rules, key, certificate):
            self.installation.own(file)
        if not self.installation.tls:
            front = TlsProxy(Address(self.endpoint.host, self.endpoint.port), self.inner, certificate, key)
            try:
                front.start()
            except OSError as error:
                raise DatabaseError(f"{self.endpoint.identifier}: {error.strerror}; create it again") from error
            self.front = front

    def close(self) -> None:
        """End what `prepare` started; the process must have ended before."""
        front, self.front = self.front, None
        if front:
            front.stop()

    def settings(self) -> dict[str, str]:
        """Everything that differs from PostgreSQL's defaults, given on the command line so that no copy inherits it."""
        return {
            "listen_addresses": self.inner.host,
            "port": str(self.inner.port),
            "unix_socket_directories": "",  # paths of sockets may have 107 bytes, and ours are longer
            "hba_file": str(self.directory / "access.conf"),
            "ssl": "on" if self.installation.tls else "off",
            "ssl_cert_file": str(self.directory / "server.crt"),
            "ssl_key_file": str(self.directory / "server.key"),
            "password_encryption": "scram-sha-256",
            "wal_level": "replica",
            "hot_standby": "on",
            "max_wal_senders": "10",
            "max_replication_slots": "10",
            "max_slot_wal_keep_size": "1GB",  # a standby that never comes back must not fill the disk
            "wal_retrieve_retry_interval": "500ms",  # standbys come back quickly after the primary does
            "fsync": "off",  # a rehearsal survives killed processes, not a machine without power
            "shared_buffers": "32MB",  # many servers share this machine
            "cluster_name": self.endpoint.identifier,
            "timezone": "UTC",
            "log_timezone": "UTC",
        }

    def spec(self) -> ProcessSpec:
        """How the Supervisor runs it. SIGINT is PostgreSQL's fast shutdown: it does not wait for clients."""
        settings = tuple(word for name, value in self.settings().items() for word in ("-c", f"{name}={value}"))
        return ProcessSpec(
            name=self.name,
            argv=(str(self.installation.bin / "postgres"), "-D", str(self.data), *settings),
            cwd=self.directory,
            env={"LC_ALL": "C"},
            user=self.installation.user,
            ready=self.accepts_connections,
            stop_signal=SIGINT,
        )

    @contextmanager
    def administer(self, database: str = "postgres") -> Iterator["psycopg.Connection[Any]"]:
        """Connect as RDS's own superuser, committing every statement. Raises DatabaseError for what PostgreSQL says."""
        try:
            with psycopg.connect(
                host=self.inner.host,
                port=self.inner.port,
                user=ADMINISTRATOR,
                password=self.admin_password,
                dbname=database,
                sslmode=self.installation.ssl_mode,
                connect_timeout=5,
                autocommit=True,
            ) as connection:
                yield connection
        except psycopg.Error as error:
            raise DatabaseError(f"{self.endpoint.identifier}: {str(error).strip().splitlines()[0]}") from error

    def accepts_connections(self) -> bool:
        """Whether it serves: up, and for a standby consistent enough to be read."""
        try:
            with self.administer():
                return True
        except DatabaseError:
            return False

    def is_standby(self) -> bool:
        """Whether it is read-only because it follows another server."""
        return bool(self._ask("SELECT pg_is_in_recovery()"))

    def is_streaming(self) -> bool:
        """Whether a standby is connected to its primary."""
        return bool(self._ask("SELECT count(*) FROM pg_stat_wal_receiver WHERE status = 'streaming'"))

    def drop_slot(self, slot: str) -> None:
        """Forget a standby. Raises DatabaseError while the standby is still connected."""
        with self.administer() as connection:
            connection.execute(_DROP_SLOT, (slot,))

    def _ask(self, query: str) -> Any:
        with self.administer() as connection:
            row = connection.execute(query.encode()).fetchone()
        return row[0] if row else None

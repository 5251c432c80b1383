"""One PostgreSQL server: files, settings and administrative connections."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGINT
from typing import Any

import psycopg

from rehearsal import tuning
from rehearsal.dataplanes.pki import Authority
from rehearsal.dataplanes.postgres.endpoint import DatabaseEndpoint, DatabaseError
from rehearsal.dataplanes.postgres.installation import Installation
from rehearsal.dataplanes.postgres.tls_proxy import Address, TlsProxy
from rehearsal.processes import ProcessSpec

ADMINISTRATOR = "rdsadmin"
"""RDS's own superuser. As on RDS, users never get its password."""
_DROP_SLOT = "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = %s"
_ACCESS_RULES = """\
{host} all         all 127.0.0.0/8 scram-sha-256
{host} replication all 127.0.0.0/8 scram-sha-256
"""


@dataclass
class PostgresServer:
    """One PostgreSQL server: a primary, or the standby of its `source`.

    A standby streams from the `replication_slot` on its `source`. Clients connect to `endpoint`. PostgreSQL itself
    listens at `server_address`, which is the same address unless there is a `tls_proxy`. `stopped` is True if the
    server was stopped on request. Hold `lock` to start or stop the process.
    """

    endpoint: DatabaseEndpoint
    server_address: Address
    installation: Installation
    directory: Path
    master_user: str
    admin_password: str
    source: "PostgresServer | None" = None
    replication_slot: str = ""
    tls_proxy: TlsProxy | None = None
    stopped: bool = False
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def name(self) -> str:
        """Process name, unique even if a database reuses the identifier of a deleted one."""
        return f"postgres.{self.directory.name}"

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.directory / "data"

    def prepare(self, authority: Authority) -> None:
        """Write access rules, certificate and key; start a TLS proxy if necessary.

        The proxy is necessary if PostgreSQL was built without TLS. Unencrypted connections are rejected, as on RDS,
        where rds.force_ssl is on by default since PostgreSQL 15.
        """
        rules = self.directory / "access.conf"
        rules.write_text(_ACCESS_RULES.format(host="hostssl" if self.installation.tls else "host"))
        key, certificate = authority.issue(self.endpoint.identifier, (self.endpoint.host,)).write(
            self.directory, "server"
        )
        for file in (rules, key, certificate):
            self.installation.own(file)
        if not self.installation.tls:
            tls_proxy = TlsProxy(Address(self.endpoint.host, self.endpoint.port), self.server_address, certificate, key)
            try:
                tls_proxy.start()
            except OSError as error:
                raise DatabaseError(
                    f"{self.endpoint.identifier} can't listen on {self.endpoint.host}:{self.endpoint.port} "
                    f"({error.strerror}); create the database again"
                ) from error
            self.tls_proxy = tls_proxy

    def close(self) -> None:
        """Stop the TLS proxy. PostgreSQL must have ended already."""
        tls_proxy, self.tls_proxy = self.tls_proxy, None
        if tls_proxy:
            tls_proxy.stop()

    def settings(self) -> dict[str, str]:
        """Return the settings, which are passed on the command line.

        In contrast to settings in a file, they are not copied with the data directory.
        """
        return {
            "listen_addresses": self.server_address.host,
            "port": str(self.server_address.port),
            "unix_socket_directories": "",  # socket paths are limited to 107 bytes, and these would be longer
            "hba_file": str(self.directory / "access.conf"),
            "ssl": "on" if self.installation.tls else "off",
            "ssl_cert_file": str(self.directory / "server.crt"),
            "ssl_key_file": str(self.directory / "server.key"),
            "password_encryption": "scram-sha-256",
            "wal_level": "replica",
            "hot_standby": "on",
            "max_wal_senders": "10",
            "max_replication_slots": "10",
            "max_slot_wal_keep_size": "1GB",  # a standby that never reconnects must not fill the disk
            "wal_retrieve_retry_interval": "500ms",  # standbys reconnect soon after the primary is back
            "fsync": "off" if tuning.enabled("disk-syncs") else "on",
            "shared_buffers": "32MB",  # many servers share this machine
            "cluster_name": self.endpoint.identifier,
            "timezone": "UTC",
            "log_timezone": "UTC",
        }

    def spec(self) -> ProcessSpec:
        """Return the process specification.

        The stop signal is SIGINT, PostgreSQL's fast shutdown, which does not wait for clients.
        """
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
        """Connect as RDS's own superuser with autocommit.

        Raises DatabaseError with PostgreSQL's message.
        """
        try:
            with psycopg.connect(
                host=self.server_address.host,
                port=self.server_address.port,
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
        """Return True if the server accepts connections.

        A standby accepts them once it has reached a consistent state.
        """
        try:
            with self.administer():
                return True
        except DatabaseError:
            return False

    def is_standby(self) -> bool:
        """Return True if the server is a read-only standby."""
        return bool(self._query("SELECT pg_is_in_recovery()"))

    def is_streaming(self) -> bool:
        """Return True if a standby is streaming from its primary."""
        return bool(self._query("SELECT count(*) FROM pg_stat_wal_receiver WHERE status = 'streaming'"))

    def drop_slot(self, slot: str) -> None:
        """Drop the replication slot of a standby.

        Raises DatabaseError while the standby is connected.
        """
        with self.administer() as connection:
            connection.execute(_DROP_SLOT, (slot,))

    def _query(self, query: str) -> Any:
        with self.administer() as connection:
            row = connection.execute(query.encode()).fetchone()
        return row[0] if row else None

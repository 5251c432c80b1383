"""The databases of one rehearsal."""

import re
import secrets
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace

from tenacity import RetryError, Retrying
from tenacity.retry import retry_if_exception_type, retry_if_result
from tenacity.stop import stop_after_delay
from tenacity.wait import wait_fixed

from rehearsal.dataplanes.addresses import free_address
from rehearsal.dataplanes.pki import Authority, write_secret
from rehearsal.dataplanes.postgres import roles
from rehearsal.dataplanes.postgres.endpoint import DatabaseEndpoint, DatabaseError
from rehearsal.dataplanes.postgres.installation import Installation, prepare, remove_data
from rehearsal.dataplanes.postgres.server import ADMINISTRATOR, PostgresServer
from rehearsal.dataplanes.postgres.snapshots import Snapshots, base_backup
from rehearsal.dataplanes.postgres.tls_proxy import Address
from rehearsal.home import Home
from rehearsal.processes import Supervisor, free_ports

STREAMING_SECONDS = 20.0
"""Seconds that a new standby may take to connect to its primary."""
PROMOTION_SECONDS = 60
"""Seconds that a promotion may take."""
SLOT_SECONDS = 5.0
"""Seconds that the old primary may take to detect that its standby has disconnected."""

PORT = 5432
"""PostgreSQL's default port, which is also RDS's default."""
TEMPLATE = "template"
"""Data directory that initdb creates once. New servers start from a copy of it."""

Key = tuple[str, str]
"""Region and identifier."""


class Databases:
    """Real PostgreSQL servers, one per RDS instance. Thread-safe.

    Raises:
        DatabaseError: the request is invalid or failed.
        ProcessError: a server does not start.
    """

    def __init__(self, home: Home, supervisor: Supervisor) -> None:
        self._home = home
        self._supervisor = supervisor
        self._lock = threading.Lock()
        self._servers: dict[Key, PostgresServer | None] = {}
        self._preparing = threading.Lock()
        self._prepared: Installation | None = None
        self._authority = Authority.create(f"rehearsal databases of {home.stack}")
        self._admin_password = secrets.token_urlsafe(24)
        self._replication_password = secrets.token_urlsafe(24)
        self._snapshots = Snapshots(self._replication_password)

    @property
    def authority_pem(self) -> str:
        """Certificate of the authority of all databases.

        Clients need it for `sslmode=verify-full`.
        """
        return self._authority.pem

    def create(
        self, identifier: str, region: str, username: str, password: str, database: str = "", *, port: int = PORT
    ) -> DatabaseEndpoint:
        """Start a new server and wait until it accepts connections.

        The server has the version of the machine's PostgreSQL. It has its own loopback address, so that databases can
        share a port. As on RDS, the master user can create roles and databases but is not a superuser. The master user
        owns `database`; if the name is empty, no database is created.
        """

        def start() -> PostgresServer:
            server = self._new_server(identifier, region, port, username)
            with self._discard_on_error(server):
                server.installation.run_any("cp", "-a", str(server.installation.data / TEMPLATE), str(server.data))
                self._supervisor.start(server.spec())
                with server.administer() as connection:
                    roles.create_roles(connection, self._replication_password)
                    roles.create_master(connection, username, password, database)
            return server

        return self._register((region, identifier), start)

    def replicate(
        self, identifier: str, region: str, source_identifier: str, source_region: str, *, port: int = PORT
    ) -> DatabaseEndpoint:
        """Start a streaming standby of another database and wait until it is streaming."""
        source = self._find(source_identifier, source_region)

        def start() -> PostgresServer:
            server = self._new_server(identifier, region, port, source.master_user)
            server.source, server.replication_slot = source, re.sub("[^a-z0-9]", "_", server.directory.name)[:63]
            with self._discard_on_error(server):
                base_backup(source, server.data, self._replication_password, "-R", "-C", "-S", server.replication_slot)
                self._supervisor.start(server.spec())
                _await_streaming(server)
            return server

        return self._register((region, identifier), start)

    def restore(self, identifier: str, region: str, snapshot: str, *, port: int = PORT) -> DatabaseEndpoint:
        """Start a new server from a snapshot in its region.

        Users and passwords are those of the snapshot.
        """
        backup = self._snapshots.find(region, snapshot)

        def start() -> PostgresServer:
            server = self._new_server(identifier, region, port, backup.master_user)
            with self._discard_on_error(server):
                server.installation.run_any("cp", "-a", str(backup.directory), str(server.data))
                self._supervisor.start(server.spec())
            return server

        return self._register((region, identifier), start)

    def snapshot(self, identifier: str, region: str, name: str) -> None:
        """Take a snapshot of a running database and keep it until `delete_snapshot`."""
        self._snapshots.take(self._find(identifier, region), name)

    def copy_snapshot(self, name: str, region: str, new_name: str, new_region: str) -> None:
        """Copy a snapshot, possibly to another region."""
        self._snapshots.copy(self._installation(), (region, name), (new_region, new_name))

    def delete_snapshot(self, name: str, region: str) -> None:
        """Remove a snapshot if it exists."""
        self._snapshots.delete(region, name)

    def promote(self, identifier: str, region: str) -> None:
        """Promote a standby to a writable server, even if its primary no longer exists."""
        server = self._find(identifier, region)
        if not server.is_standby():
            raise DatabaseError(f"{identifier} in {region} is not a replica and can't be promoted")
        with server.administer() as connection:
            promoted = connection.execute("SELECT pg_promote(true, %s)", (PROMOTION_SECONDS,)).fetchone()
        if not promoted or not promoted[0]:
            raise DatabaseError(f"{identifier} in {region} was not promoted within {PROMOTION_SECONDS} s; see its log")
        self._leave_source(server)

    def set_password(self, identifier: str, region: str, password: str) -> None:
        """Change the master user's password."""
        server = self._find(identifier, region)
        with server.administer() as connection:
            roles.set_password(connection, server.master_user, password)

    def rename(self, identifier: str, region: str, new_identifier: str) -> None:
        """Change the identifier of a database; its address stays the same."""
        with self._lock:
            if (region, new_identifier) in self._servers:
                raise DatabaseError(f"database {new_identifier} already exists in {region}")
            server = self._servers.pop((region, identifier), None)
            if server is None:
                raise DatabaseError(f"there is no database {identifier} in {region}")
            server.endpoint = replace(server.endpoint, identifier=new_identifier)
            self._servers[region, new_identifier] = server

    def reboot(self, identifier: str, region: str) -> None:
        """Restart the server at the same address."""
        self.stop(identifier, region)
        self.start(identifier, region)

    def stop(self, identifier: str, region: str) -> None:
        """Stop the server and keep its data; `heal` does not restart it."""
        server = self._find(identifier, region)
        with server.lock:
            server.stopped = True
            self._supervisor.stop(server.name)

    def start(self, identifier: str, region: str) -> None:
        """Start a stopped server."""
        server = self._find(identifier, region)
        with server.lock:
            self._supervisor.start(server.spec())
            server.stopped = False

    def delete(self, identifier: str, region: str) -> None:
        """Stop a server and remove its data, if it exists.

        Its standbys keep running without a primary.
        """
        with self._lock:
            server = self._servers.pop((region, identifier), None)
        if server:
            self._discard(server)

    def get(self, identifier: str, region: str) -> DatabaseEndpoint | None:
        """Return the endpoint of a database; None when it does not exist or is not up yet."""
        with self._lock:
            server = self._servers.get((region, identifier))
        return server.endpoint if server else None

    def all(self) -> tuple[DatabaseEndpoint, ...]:
        """Return the endpoints of all databases, running or not."""
        return tuple(server.endpoint for server in self._existing())

    def alive(self, identifier: str, region: str) -> bool:
        """Return True if the database's server is running."""
        with self._lock:
            server = self._servers.get((region, identifier))
        return server is not None and self._supervisor.alive(server.name)

    def heal(self) -> tuple[str, ...]:
        """Restart dead servers and return the names of their processes.

        The servers keep their data.
        """
        restarted = []
        for server in self._existing():
            with server.lock:
                if not server.stopped and not self._supervisor.alive(server.name):
                    self._supervisor.start(server.spec())
                    restarted.append(server.name)
        return tuple(restarted)

    def stop_all(self) -> None:
        """Stop all servers and remove their data."""
        with self._lock:
            servers = [server for server in self._servers.values() if server]
            self._servers.clear()
        if servers:
            with ThreadPoolExecutor(len(servers)) as pool:
                list(pool.map(lambda server: self._supervisor.stop(server.name), servers))
        for server in servers:
            server.close()
        with self._preparing:
            self._prepared = None
            remove_data(self._home)

    def _existing(self) -> list[PostgresServer]:
        with self._lock:
            return [server for server in self._servers.values() if server]

    def _find(self, identifier: str, region: str) -> PostgresServer:
        with self._lock:
            server = self._servers.get((region, identifier))
        if server is None:
            raise DatabaseError(f"there is no database {identifier} in {region}; create it first")
        return server

    def _register(self, key: Key, start: Callable[[], PostgresServer]) -> DatabaseEndpoint:
        """Reserve the identifier, then start the server without holding the lock.

        A start takes a second, and other calls should not wait for it.
        """
        with self._lock:
            if key in self._servers:
                raise DatabaseError(f"database {key[1]} already exists in {key[0]}")
            self._servers[key] = None
        try:
            server = start()
        except BaseException:
            with self._lock:
                del self._servers[key]
            raise
        with self._lock:
            self._servers[key] = server
        return server.endpoint

    def _new_server(self, identifier: str, region: str, port: int, master_user: str) -> PostgresServer:
        installation = self._installation()
        endpoint = DatabaseEndpoint(identifier, region, free_address(port), port)
        server_address = Address(endpoint.host, port) if installation.tls else Address("127.0.0.1", *free_ports(1))
        directory = installation.data / f"{region}-{identifier}-{secrets.token_hex(3)}"
        directory.mkdir(mode=0o700)
        installation.own(directory)
        server = PostgresServer(endpoint, server_address, installation, directory, master_user, self._admin_password)
        server.prepare(self._authority)
        return server

    def _installation(self) -> Installation:
        """Find PostgreSQL and run initdb once for all servers.

        Copying the data directory that initdb created takes a tenth of the time of running initdb again.
        """
        with self._preparing:
            if self._prepared is None:
                installation = prepare(self._home)
                _create_template(installation, self._admin_password)
                self._prepared = installation
            return self._prepared

    def _leave_source(self, server: PostgresServer) -> None:
        """Drop the replication slot of a standby on its former source.

        Do nothing if the source is not running.
        """
        source, server.source = server.source, None
        if source is None or not self._supervisor.alive(source.name):
            return
        retrying = Retrying(
            retry=retry_if_exception_type(DatabaseError), stop=stop_after_delay(SLOT_SECONDS), wait=wait_fixed(0.1)
        )
        with suppress(RetryError):  # max_slot_wal_keep_size limits the WAL that a remaining slot keeps
            retrying(source.drop_slot, server.replication_slot)

    @contextmanager
    def _discard_on_error(self, server: PostgresServer) -> Iterator[None]:
        """Remove the server if the block fails."""
        try:
            yield
        except BaseException:
            self._discard(server)
            raise

    def _discard(self, server: PostgresServer) -> None:
        with server.lock:
            self._supervisor.stop(server.name, timeout=3)
            server.close()
            self._leave_source(server)
            shutil.rmtree(server.directory, ignore_errors=True)


def _create_template(installation: Installation, admin_password: str) -> None:
    password = installation.data / "password"
    write_secret(password, admin_password)
    installation.own(password)
    installation.run(
        "initdb",
        *("-D", str(installation.data / TEMPLATE), "--username", ADMINISTRATOR, "--pwfile", str(password)),
        *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"),
    )
    password.unlink()


def _await_streaming(server: PostgresServer) -> None:
    retrying = Retrying(
        retry=retry_if_result(lambda streaming: not streaming),
        stop=stop_after_delay(STREAMING_SECONDS),
        wait=wait_fixed(0.05),
    )
    try:
        retrying(server.is_streaming)
    except RetryError as error:
        name = server.endpoint.identifier
        raise DatabaseError(
            f"{name} is not streaming from its source after {STREAMING_SECONDS:g} s; see its log"
        ) from error

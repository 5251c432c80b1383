"""One real Vault on raft storage, unsealed again after a crash.

Unlike a production Vault, this server listens without TLS (`tls_disable`), but only on loopback. Its root token and
unseal key are stored in `data/vault`, where only their owner can read them.
"""

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import hvac
import requests
from tenacity import RetryError, Retrying
from tenacity.retry import retry_if_result
from tenacity.stop import stop_after_delay
from tenacity.wait import wait_fixed

from rehearsal.dataplanes.health import is_healthy
from rehearsal.dataplanes.pki import write_secret
from rehearsal.errors import RehearsalError
from rehearsal.home import Home
from rehearsal.processes import ProcessSpec, Supervisor, on_free_ports, port_open

PROCESS_NAME = "vault"
ACTIVE_SECONDS = 30.0
"""Time for raft to elect the only node as its leader."""
HEALTH_PATH = "/v1/sys/health"


class VaultError(RehearsalError):
    """Vault can't be initialised, unsealed or reached.

    The message says why and what to do.
    """


@dataclass(frozen=True)
class VaultEndpoint:
    """Address and root token of Vault."""

    address: str
    token: str


@dataclass(frozen=True)
class _VaultKeys:
    """Root token, unseal key and ports of an initialised Vault.

    Raft identifies its only node by address, so the ports must not change.
    """

    port: int
    cluster_port: int
    token: str
    unseal_key: str


class VaultServer:
    """The Vault server of one rehearsal. Thread-safe."""

    def __init__(self, home: Home, supervisor: Supervisor, find_binary: Callable[[str], Path]) -> None:
        self._supervisor = supervisor
        self._find_binary = find_binary
        self._directory = home.data / "vault"
        self._lock = threading.Lock()
        self._needed = False

    def ensure(self) -> VaultEndpoint:
        """Start, initialise and unseal Vault if necessary, and return its endpoint.

        If Vault is healthy, this takes a single request.

        Raises:
            ProcessError: Vault does not start.
            VaultError: Vault does not become active.
        """
        with self._lock:
            self._needed = True
            keys = self._keys() or on_free_ports(2, self._initialise)
            if not self._supervisor.alive(PROCESS_NAME):
                self._start(keys.port, keys.cluster_port)
            if not is_healthy(keys.port, HEALTH_PATH):
                _unseal(keys)
            return _endpoint(keys)

    def endpoint(self) -> VaultEndpoint | None:
        """Return the endpoint without starting Vault; None when it is not running."""
        return self.last_endpoint() if self._supervisor.alive(PROCESS_NAME) else None

    def last_endpoint(self) -> VaultEndpoint | None:
        """Return the endpoint of a running or dead Vault; None when it was never started."""
        keys = self._keys()
        return _endpoint(keys) if keys and self._needed else None

    def heal(self) -> tuple[str, ...]:
        """Restart and unseal a dead Vault; do nothing if it was never started."""
        if not self._needed or self._supervisor.alive(PROCESS_NAME):
            return ()
        self.ensure()
        return (PROCESS_NAME,)

    def stop(self) -> None:
        """Stop Vault and keep its data; the next `ensure` unseals it."""
        with self._lock:
            self._needed = False
            self._supervisor.stop(PROCESS_NAME)

    @property
    def _keys_file(self) -> Path:
        return self._directory / "keys.json"

    def _keys(self) -> _VaultKeys | None:
        try:
            return _VaultKeys(**json.loads(self._keys_file.read_text()))
        except FileNotFoundError:
            return None

    def _initialise(self, ports: tuple[int, ...]) -> _VaultKeys:
        shutil.rmtree(self._directory, ignore_errors=True)  # storage without saved keys can't be unsealed
        (self._directory / "raft").mkdir(parents=True, mode=0o700)
        port, cluster_port = ports
        self._start(port, cluster_port)
        try:
            with _client(port) as client:
                initialised = client.sys.initialize(secret_shares=1, secret_threshold=1)
        except VaultError:
            self._supervisor.stop(PROCESS_NAME, timeout=0)
            raise
        keys = _VaultKeys(port, cluster_port, initialised["root_token"], initialised["keys_base64"][0])
        write_secret(self._keys_file, json.dumps(asdict(keys)))
        return keys

    def _start(self, port: int, cluster_port: int) -> None:
        config = self._directory / "vault.json"
        config.write_text(json.dumps(_configuration(self._directory / "raft", port, cluster_port), indent=1))
        self._supervisor.start(
            ProcessSpec(
                name=PROCESS_NAME,
                argv=(str(self._find_binary(PROCESS_NAME)), "server", f"-config={config}"),
                cwd=self._directory,
                env={"HOME": str(self._directory)},
                ready=lambda: port_open(port),
            )
        )


def _configuration(storage: Path, port: int, cluster_port: int) -> dict[str, Any]:
    return {
        "storage": {"raft": {"path": str(storage), "node_id": "rehearsal", "performance_multiplier": 1}},
        "listener": {
            "tcp": {
                "address": f"127.0.0.1:{port}",
                "cluster_address": f"127.0.0.1:{cluster_port}",
                "tls_disable": True,
            }
        },
        "api_addr": f"http://127.0.0.1:{port}",
        "cluster_addr": f"https://127.0.0.1:{cluster_port}",
        "disable_mlock": True,  # locking memory needs a privilege, and a rehearsal has no real secrets
        "ui": False,
    }


def _unseal(keys: _VaultKeys) -> None:
    with _client(keys.port) as client:
        client.sys.submit_unseal_key(keys.unseal_key)
    retrying = Retrying(
        retry=retry_if_result(lambda active: not active), stop=stop_after_delay(ACTIVE_SECONDS), wait=wait_fixed(0.05)
    )
    try:
        retrying(is_healthy, keys.port, HEALTH_PATH)
    except RetryError as error:
        raise VaultError(f"Vault was unsealed but is not active after {ACTIVE_SECONDS:g} s; see its log") from error


@contextmanager
def _client(port: int) -> Iterator[Any]:
    """Yield an `hvac.Client` without a token, for initialising and unsealing."""
    with requests.Session() as session:
        session.trust_env = False  # a proxy can't reach a server on loopback
        try:
            yield hvac.Client(url=f"http://127.0.0.1:{port}", token="", session=session)
        except (hvac.exceptions.VaultError, requests.RequestException) as error:
            raise VaultError(f"a request to Vault at 127.0.0.1:{port} failed: {error}; see its log") from error


def _endpoint(keys: _VaultKeys) -> VaultEndpoint:
    return VaultEndpoint(f"http://127.0.0.1:{keys.port}", keys.token)

"""The emulated `vault` provider: what pulumi-vault does, towards the real Vault of a rehearsal."""

import threading
from pathlib import Path

from rehearsal.providers.protocol import CheckFailure, CheckResult, Fidelity
from rehearsal.providers.schema import SdkSchemas
from rehearsal.providers.values import DEFAULTS, Properties
from rehearsal.providers.vault.api import Endpoint, Server, VaultApi
from rehearsal.providers.vault.catalog import TYPES
from rehearsal.providers.vault.resources import VaultConfigured

_OPTIONS = frozenset(
    {"addAddressToEnv", "address", "authLogin", "authLoginAws", "authLoginAzure", "authLoginCert", "authLoginGcp"}
    | {"authLoginJwt", "authLoginKerberos", "authLoginOci", "authLoginOidc", "authLoginRadius"}
    | {"authLoginTokenFile", "authLoginUserpass", "caCertDir", "caCertFile", "clientAuth", "headers"}
    | {"maxLeaseTtlSeconds", "maxRetries", "maxRetriesCcc", "namespace", "setNamespaceFromToken", "skipChildToken"}
    | {"skipGetVaultVersion", "skipTlsVerify", "tlsServerName", "token", "tokenName", "vaultVersionOverride"}
)

_ENGINE = frozenset({DEFAULTS, "__internal", "pluginChecksums", "pluginDownloadURL", "version"})
"""Keys of the engine's own among a provider's inputs."""


class VaultProvider:
    """Shared by all engines of a rehearsal; whatever address a program gives, it talks to the rehearsal's Vault."""

    name = "vault"

    def __init__(self, server: Server, schemas: SdkSchemas, files: Path) -> None:
        self.version = schemas.version
        self._server = server
        self._schemas = schemas
        self._files = files
        self._clients: dict[tuple[str, str], VaultApi] = {}
        self._lock = threading.Lock()

    def check_config(self, config: Properties) -> CheckResult:
        """Accept what the real provider's configuration has; credentials are not used."""
        failures = [
            CheckFailure(key, f"the vault provider has no option {key!r}")
            for key in sorted(config)
            if key not in _OPTIONS and key not in _ENGINE
        ]
        if config.get("namespace"):
            failures.append(CheckFailure("namespace", "needs Vault Enterprise; the rehearsal's Vault is not"))
        return CheckResult(dict(config), failures)

    def configure(self, config: Properties) -> VaultConfigured:
        """Bind to the rehearsal's Vault, which is started on first need."""
        del config  # the address is a production name, and credentials are for there
        return VaultConfigured(self._schemas, self.client)

    def fidelity(self, type_token: str) -> Fidelity:
        """What is implemented is real; the rest fails at Check."""
        return Fidelity.REAL if type_token in TYPES else Fidelity.RECORDED

    def client(self) -> VaultApi:
        """A client of the Vault as it is now, started if need be."""
        endpoint: Endpoint = self._server.ensure()
        key = (endpoint.address, endpoint.token)
        with self._lock:
            if key not in self._clients:
                self._clients[key] = VaultApi(endpoint, self._files)
            return self._clients[key]

    def close(self) -> None:
        """Give up all connections."""
        with self._lock:
            for api in self._clients.values():
                api.close()
            self._clients.clear()

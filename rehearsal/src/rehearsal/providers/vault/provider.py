"""Emulated `vault` provider before configuration."""

import threading
from pathlib import Path

from rehearsal.providers.protocol import CheckFailure, CheckResult, Fidelity
from rehearsal.providers.schema import SdkSchemas
from rehearsal.providers.values import DEFAULTS, Properties
from rehearsal.providers.vault.api import OnDemandVault, VaultAccess, VaultApi
from rehearsal.providers.vault.catalog import TYPES
from rehearsal.providers.vault.resources import ConfiguredVault

_OPTIONS = frozenset(
    {"addAddressToEnv", "address", "authLogin", "authLoginAws", "authLoginAzure", "authLoginCert", "authLoginGcp"}
    | {"authLoginJwt", "authLoginKerberos", "authLoginOci", "authLoginOidc", "authLoginRadius"}
    | {"authLoginTokenFile", "authLoginUserpass", "caCertDir", "caCertFile", "clientAuth", "headers"}
    | {"maxLeaseTtlSeconds", "maxRetries", "maxRetriesCcc", "namespace", "setNamespaceFromToken", "skipChildToken"}
    | {"skipGetVaultVersion", "skipTlsVerify", "tlsServerName", "token", "tokenName", "vaultVersionOverride"}
)

_ENGINE = frozenset({DEFAULTS, "__internal", "pluginChecksums", "pluginDownloadURL", "version"})
"""Provider inputs that belong to the engine."""


class VaultProvider:
    """The `vault` provider, shared by all engines of a rehearsal.

    It ignores addresses: there is one Vault.
    """

    name = "vault"

    def __init__(self, server: OnDemandVault, schemas: SdkSchemas, files: Path) -> None:
        self.version = schemas.version
        self._server = server
        self._schemas = schemas
        self._files = files
        self._clients: dict[tuple[str, str], VaultApi] = {}
        self._lock = threading.Lock()

    def check_config(self, config: Properties) -> CheckResult:
        """Accept the real provider's options; credentials are not used."""
        failures = [
            CheckFailure(key, f"the vault provider has no option {key!r}")
            for key in sorted(config)
            if key not in _OPTIONS and key not in _ENGINE
        ]
        if config.get("namespace"):
            failures.append(
                CheckFailure("namespace", "requires Vault Enterprise; the rehearsal runs the community edition")
            )
        return CheckResult(dict(config), failures)

    def configure(self, config: Properties) -> ConfiguredVault:
        """Return the configured provider. The rehearsal's Vault is started on first use."""
        del config  # address and credentials are those of the real Vault
        return ConfiguredVault(self._schemas, self.client)

    def fidelity(self, type_token: str) -> Fidelity:
        """Return REAL for supported types. Check refuses all others."""
        return Fidelity.REAL if type_token in TYPES else Fidelity.RECORDED

    def client(self) -> VaultApi:
        """Return a client of the running Vault, starting Vault if necessary."""
        endpoint: VaultAccess = self._server.ensure()
        key = (endpoint.address, endpoint.token)
        with self._lock:
            if key not in self._clients:
                self._clients[key] = VaultApi(endpoint, self._files)
            return self._clients[key]

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            for api in self._clients.values():
                api.close()
            self._clients.clear()

"""Emulated `vault` provider: options, API clients and fidelity.

`configure` returns the configured provider.
"""

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
"""Provider inputs that the Pulumi engine adds."""


class VaultProvider:
    """The `vault` provider, shared by all Pulumi engines of a rehearsal.

    It ignores configured addresses, because a rehearsal has only one Vault.
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
        """Accept the options of the real provider. Credentials are ignored."""
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
        """Return the configured provider.

        The Vault of the rehearsal is started on first use.
        """
        del config  # its address and credentials belong to another Vault
        return ConfiguredVault(self._schemas, self.client)

    def fidelity(self, type_token: str) -> Fidelity:
        """Return the fidelity of a resource type.

        Supported types are REAL. All others count as RECORDED, but `check` rejects them.
        """
        return Fidelity.REAL if type_token in TYPES else Fidelity.RECORDED

    def client(self) -> VaultApi:
        """Return a client of the running Vault. Start Vault if necessary."""
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

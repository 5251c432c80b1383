"""Emulated `kubernetes` provider: options, API clients and fidelity.

`configure` returns the provider of one cluster.
"""

import threading
from collections.abc import Mapping
from typing import Any

from rehearsal.providers.kubernetes.api import Api
from rehearsal.providers.kubernetes.kubeconfig import ClusterRegistry, Connection
from rehearsal.providers.kubernetes.releases import RELEASE, ReleaseRouter
from rehearsal.providers.kubernetes.resources import ConfiguredKubernetes, ProviderSettings
from rehearsal.providers.protocol import CheckFailure, CheckResult, Fidelity
from rehearsal.providers.schema import SdkSchemas
from rehearsal.providers.values import DEFAULTS, UNKNOWN, Properties

_OPTIONS = frozenset(
    {"alwaysRender", "cluster", "clusterIdentifier", "context", "deleteUnreachable", "enableConfigMapMutable"}
    | {"enablePatchForce", "enableSecretMutable", "enableServerSideApply", "helmReleaseSettings", "kubeClientSettings"}
    | {"kubeconfig", "namespace", "renderYamlToDirectory", "skipUpdateUnreachable", "strictMode"}
    | {"suppressDeprecationWarnings", "suppressHelmHookWarnings", "upsertExistingObjects"}
)

_ENGINE = frozenset({DEFAULTS, "__internal", "pluginChecksums", "pluginDownloadURL", "version"})
"""Provider inputs that the Pulumi engine adds."""


class KubernetesProvider:
    """The `kubernetes` provider, shared by all Pulumi engines of a rehearsal.

    It keeps one client per combination of server and credentials.
    """

    name = "kubernetes"

    def __init__(self, clusters: ClusterRegistry, schemas: SdkSchemas) -> None:
        self.version = schemas.version
        self._clusters = clusters
        self._schemas = schemas
        self._clients: dict[Connection, Api] = {}
        self._lock = threading.Lock()

    def check_config(self, config: Properties) -> CheckResult:
        """Accept the real provider's options, except those that can't be rehearsed."""
        failures = [
            CheckFailure(key, f"the kubernetes provider has no option {key!r}")
            for key in sorted(config)
            if key not in _OPTIONS and key not in _ENGINE
        ]
        if config.get("renderYamlToDirectory"):
            failures.append(CheckFailure("renderYamlToDirectory", "not supported by the emulated provider; remove it"))
        if _flag(config, "enableServerSideApply") is False:
            failures.append(
                CheckFailure("enableServerSideApply", "the emulated provider always uses server-side apply; remove it")
            )
        return CheckResult(dict(config), failures)

    def configure(self, config: Properties) -> ReleaseRouter:
        """Return the provider with this configuration.

        The provider contacts its cluster on first use.
        """
        mutable = {"ConfigMap": "enableConfigMapMutable", "Secret": "enableSecretMutable"}
        settings = ProviderSettings(
            kubeconfig=config.get("kubeconfig"),
            context=_text(config, "context"),
            cluster=_text(config, "cluster"),
            namespace=_text(config, "namespace"),
            mutable=frozenset(kind for kind, option in mutable.items() if _flag(config, option)),
            force=bool(_flag(config, "enablePatchForce")),
            upsert=bool(_flag(config, "upsertExistingObjects")),
            delete_unreachable=bool(_flag(config, "deleteUnreachable")),
        )
        objects = ConfiguredKubernetes(settings, self._clusters, self._schemas, self.client)
        return ReleaseRouter(objects, self._schemas)

    def fidelity(self, type_token: str) -> Fidelity:
        """Return the fidelity of a resource type.

        Helm releases are RECORDED. All other types are REAL, because a real API server manages their objects.
        """
        return Fidelity.RECORDED if type_token == RELEASE else Fidelity.REAL

    def client(self, connection: Connection) -> Api:
        """Return the client of a connection."""
        with self._lock:
            if connection not in self._clients:
                self._clients[connection] = Api(connection)
            return self._clients[connection]

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            for api in self._clients.values():
                api.close()
            self._clients.clear()


def _text(config: Mapping[str, Any], key: str) -> str:
    value = config.get(key)
    return str(value) if value and value != UNKNOWN else ""


def _flag(config: Mapping[str, Any], key: str) -> bool | None:
    """Return the value of a boolean option, or None if it is absent.

    The option arrives as a boolean or as JSON text.
    """
    value = config.get(key)
    return None if value is None else str(value).lower() == "true"

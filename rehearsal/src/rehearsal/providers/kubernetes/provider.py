"""The emulated `kubernetes` provider: what pulumi-kubernetes does, towards the real API servers of a rehearsal."""

import threading
from collections.abc import Mapping
from typing import Any

from rehearsal.providers.kubernetes.api import Api
from rehearsal.providers.kubernetes.kubeconfig import Connection, Directory
from rehearsal.providers.kubernetes.releases import RELEASE, KubernetesWithReleases
from rehearsal.providers.kubernetes.resources import KubernetesConfigured, Settings
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
"""Keys of the engine's own among a provider's inputs."""


class KubernetesProvider:
    """Shared by all engines of a rehearsal; keeps one client per server and credentials."""

    name = "kubernetes"

    def __init__(self, clusters: Directory, schemas: SdkSchemas) -> None:
        self.version = schemas.version
        self._clusters = clusters
        self._schemas = schemas
        self._clients: dict[Connection, Api] = {}
        self._lock = threading.Lock()

    def check_config(self, config: Properties) -> CheckResult:
        """Accept what the real provider's configuration has; refuse what can't be rehearsed."""
        failures = [
            CheckFailure(key, f"the kubernetes provider has no option {key!r}")
            for key in sorted(config)
            if key not in _OPTIONS and key not in _ENGINE
        ]
        if config.get("renderYamlToDirectory"):
            failures.append(
                CheckFailure("renderYamlToDirectory", "not implemented by the emulated provider; leave it out")
            )
        if _flag(config, "enableServerSideApply") is False:
            failures.append(
                CheckFailure("enableServerSideApply", "the emulated provider only does server-side apply; leave it out")
            )
        return CheckResult(dict(config), failures)

    def configure(self, config: Properties) -> KubernetesWithReleases:
        """Bind to a cluster; it is contacted on first need."""
        mutable = {"ConfigMap": "enableConfigMapMutable", "Secret": "enableSecretMutable"}
        settings = Settings(
            kubeconfig=config.get("kubeconfig"),
            context=_text(config, "context"),
            cluster=_text(config, "cluster"),
            namespace=_text(config, "namespace"),
            mutable=frozenset(kind for kind, option in mutable.items() if _flag(config, option)),
            force=bool(_flag(config, "enablePatchForce")),
            upsert=bool(_flag(config, "upsertExistingObjects")),
            delete_unreachable=bool(_flag(config, "deleteUnreachable")),
        )
        objects = KubernetesConfigured(settings, self._clusters, self._schemas, self.client)
        return KubernetesWithReleases(objects, self._schemas)

    def fidelity(self, type_token: str) -> Fidelity:
        """An API server, its admission and its controllers are real; charts can't be had here."""
        return Fidelity.RECORDED if type_token == RELEASE else Fidelity.REAL

    def client(self, connection: Connection) -> Api:
        """The client for a connection."""
        with self._lock:
            if connection not in self._clients:
                self._clients[connection] = Api(connection)
            return self._clients[connection]

    def close(self) -> None:
        """Give up all connections."""
        with self._lock:
            for api in self._clients.values():
                api.close()
            self._clients.clear()


def _text(config: Mapping[str, Any], key: str) -> str:
    value = config.get(key)
    return str(value) if value and value != UNKNOWN else ""


def _flag(config: Mapping[str, Any], key: str) -> bool | None:
    """A switch of the configuration, which arrives as a boolean or as its JSON text."""
    value = config.get(key)
    return None if value is None else str(value).lower() == "true"

"""Load balancers are emulated: Ingresses and Services that ask for one get a host name as AWS would give it.

The AWS Load Balancer Controller needs real subnets and target groups; all that a rehearsal needs of it is that
`.status.loadBalancer` gets filled in, since controllers and programs wait for that. No traffic flows.
"""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kubernetes import client, watch
from urllib3.exceptions import HTTPError

from rehearsal.dataplanes.kubernetes.client import connect
from rehearsal.dataplanes.kubernetes.model import ClusterEndpoint

RETRY_SECONDS = 1.0
"""How long to leave an API server alone that does not answer."""


@dataclass(frozen=True)
class _LoadBalancedType:
    """One kind that gets a host name: how to watch it, whether one object wants it, and how to give it."""

    name: str
    all: Callable[[Any], Callable[..., Any]]
    wants: Callable[[Any], bool]
    give: Callable[[Any, str, str, dict[str, Any]], Any]
    network: bool
    """A network load balancer (named below `elb.REGION`), else an application load balancer."""


LOAD_BALANCED_TYPES = (
    _LoadBalancedType(
        name="Ingress",
        all=lambda api: client.NetworkingV1Api(api).list_ingress_for_all_namespaces,
        wants=lambda _ingress: True,
        give=lambda api, *args: client.NetworkingV1Api(api).patch_namespaced_ingress_status(*args),
        network=False,
    ),
    _LoadBalancedType(
        name="Service",
        all=lambda api: client.CoreV1Api(api).list_service_for_all_namespaces,
        wants=lambda service: service.spec.type == "LoadBalancer",
        give=lambda api, *args: client.CoreV1Api(api).patch_namespaced_service_status(*args),
        network=True,
    ),
)


def hostname(namespace: str, name: str, region: str, *, network: bool) -> str:
    """Build the name that AWS's controller would choose, stable for the same object."""
    digest = hashlib.sha256(f"{namespace}/{name}".encode()).hexdigest()
    short = "-".join(part.replace("-", "")[:8] for part in (namespace, name))
    domain = f"elb.{region}.amazonaws.com" if network else f"{region}.elb.amazonaws.com"
    return f"k8s-{short}-{digest[:10]}-{int(digest[10:18], 16)}.{domain}"


class LoadBalancerController:
    """Watches one cluster, one thread per kind, until it is stopped."""

    def __init__(self, endpoint: ClusterEndpoint) -> None:
        self._endpoint = endpoint
        self._stopping = threading.Event()
        new_watch: Any = watch.Watch  # untyped in an otherwise typed package
        self._watches: dict[str, Any] = {kind.name: new_watch() for kind in LOAD_BALANCED_TYPES}
        self._threads = [
            threading.Thread(target=self._serve, args=(kind,), name=f"{kind.name} of {endpoint.name}", daemon=True)
            for kind in LOAD_BALANCED_TYPES
        ]

    def start(self) -> None:
        """Begin to watch."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End the threads; returns when they are gone."""
        self._stopping.set()
        for thread in self._threads:
            while thread.is_alive():
                self._watches_end()
                thread.join(RETRY_SECONDS)

    def _watches_end(self) -> None:
        for stream in self._watches.values():
            stream.stop()

    def _serve(self, kind: _LoadBalancedType) -> None:
        with connect(self._endpoint) as api:
            while not self._stopping.is_set():
                try:
                    self._follow(kind, api)
                except (client.ApiException, HTTPError):
                    self._stopping.wait(RETRY_SECONDS)  # the API server is being restarted, or ends

    def _follow(self, kind: _LoadBalancedType, api: Any) -> None:
        for event in self._watches[kind.name].stream(kind.all(api), timeout_seconds=300):
            if self._stopping.is_set():
                return
            found = event["object"]
            if event["type"] == "DELETED" or not kind.wants(found) or found.status.load_balancer.ingress:
                continue
            meta = found.metadata
            host = hostname(meta.namespace, meta.name, self._endpoint.region, network=kind.network)
            status = {"status": {"loadBalancer": {"ingress": [{"hostname": host}]}}}
            kind.give(api, meta.name, meta.namespace, status)

"""Emulation of the AWS Load Balancer Controller.

The real controller needs real subnets and target groups. The emulation only sets the host name in
`.status.loadBalancer` of Ingresses and of Services of type LoadBalancer, because controllers and programs wait for it.
No traffic flows.
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
"""Delay before retrying an API server that does not answer."""


@dataclass(frozen=True)
class _LoadBalancedType:
    """A Kubernetes kind whose objects receive the host name of a load balancer."""

    name: str
    list_function: Callable[[Any], Callable[..., Any]]
    """Function that takes an API client and returns the client's function that lists all objects of the kind."""
    needs_load_balancer: Callable[[Any], bool]
    patch_status: Callable[[Any, str, str, dict[str, Any]], Any]
    network: bool
    """True for a network load balancer (domain `elb.REGION`), False for an application load balancer."""


LOAD_BALANCED_TYPES = (
    _LoadBalancedType(
        name="Ingress",
        list_function=lambda api: client.NetworkingV1Api(api).list_ingress_for_all_namespaces,
        needs_load_balancer=lambda _ingress: True,
        patch_status=lambda api, *args: client.NetworkingV1Api(api).patch_namespaced_ingress_status(*args),
        network=False,
    ),
    _LoadBalancedType(
        name="Service",
        list_function=lambda api: client.CoreV1Api(api).list_service_for_all_namespaces,
        needs_load_balancer=lambda service: service.spec.type == "LoadBalancer",
        patch_status=lambda api, *args: client.CoreV1Api(api).patch_namespaced_service_status(*args),
        network=True,
    ),
)


def hostname(namespace: str, name: str, region: str, *, network: bool) -> str:
    """Return a host name in AWS's format; the same object always has the same name."""
    digest = hashlib.sha256(f"{namespace}/{name}".encode()).hexdigest()
    short = "-".join(part.replace("-", "")[:8] for part in (namespace, name))
    domain = f"elb.{region}.amazonaws.com" if network else f"{region}.elb.amazonaws.com"
    return f"k8s-{short}-{digest[:10]}-{int(digest[10:18], 16)}.{domain}"


class LoadBalancerController:
    """Watches one cluster with one thread per kind until it is stopped."""

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
        """Start watching."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop the threads and wait until they have ended."""
        self._stopping.set()
        for thread in self._threads:
            while thread.is_alive():
                self._stop_watches()
                thread.join(RETRY_SECONDS)

    def _stop_watches(self) -> None:
        for stream in self._watches.values():
            stream.stop()

    def _serve(self, kind: _LoadBalancedType) -> None:
        with connect(self._endpoint) as api:
            while not self._stopping.is_set():
                try:
                    self._follow(kind, api)
                except (client.ApiException, HTTPError):
                    self._stopping.wait(RETRY_SECONDS)  # the API server restarts or stops

    def _follow(self, kind: _LoadBalancedType, api: Any) -> None:
        for event in self._watches[kind.name].stream(kind.list_function(api), timeout_seconds=300):
            if self._stopping.is_set():
                return
            body = event["object"]
            if event["type"] == "DELETED" or not kind.needs_load_balancer(body) or body.status.load_balancer.ingress:
                continue
            meta = body.metadata
            host = hostname(meta.namespace, meta.name, self._endpoint.region, network=kind.network)
            status = {"status": {"loadBalancer": {"ingress": [{"hostname": host}]}}}
            kind.patch_status(api, meta.name, meta.namespace, status)

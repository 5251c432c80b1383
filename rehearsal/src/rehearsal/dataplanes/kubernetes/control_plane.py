"""The processes that are a cluster, and the flags that make them one: etcd, API server, controllers, scheduler, kwok.

There are no machines behind the nodes: kwok plays the kubelets, so pods get scheduled and become Ready but run nothing.
Everything that decides (admission, RBAC, pod security, controllers, the scheduler) is the real thing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SERVICE_NETWORK = "172.20.0.0/16"
"""EKS gives services this range where the VPC does not use it itself."""
KWOK_NODE_ANNOTATION = ("kwok.x-k8s.io/node", "fake")
"""Annotation of the nodes whose kubelet is played."""


@dataclass(frozen=True)
class ControlPlanePorts:
    """Where the parts of one cluster listen on 127.0.0.1."""

    etcd: int
    etcd_peer: int
    api: int
    controllers: int
    scheduler: int
    kubelets: int


@dataclass(frozen=True)
class ControlPlane:
    """One cluster: its files, its ports and the Kubernetes version it shows, e.g. `1.33` (empty: the newest)."""

    directory: Path
    ports: ControlPlanePorts
    version: str = ""

    @property
    def url(self) -> str:
        """Address of the API server."""
        return f"https://127.0.0.1:{self.ports.api}"

    @property
    def kubeconfig(self) -> Path:
        """Client configuration of an administrator."""
        return self.directory / "kubeconfig"

    @property
    def tokens(self) -> Path:
        """The API server's static bearer tokens."""
        return self.directory / "tokens.csv"

    def key(self, name: str) -> Path:
        """A private key of this cluster."""
        return self.directory / f"{name}.key"

    def certificate(self, name: str) -> Path:
        """A certificate or public key of this cluster."""
        return self.directory / f"{name}.crt"


@dataclass(frozen=True)
class ControlPlaneProcess:
    """One process of a cluster: its binary, its flags and where it says that it is ready."""

    name: str
    flags: Mapping[str, str]
    port: int
    path: str
    secure: bool = True

    @property
    def argv(self) -> tuple[str, ...]:
        """The flags as the command line has them."""
        return tuple(f"--{flag}={value}" for flag, value in self.flags.items())


def api_processes(plane: ControlPlane) -> tuple[ControlPlaneProcess, ...]:
    """List what serves the API."""
    return _etcd(plane), _api_server(plane)


def controller_processes(plane: ControlPlane) -> tuple[ControlPlaneProcess, ...]:
    """List what works on the API, and so can only start when it is served."""
    return _controllers(plane), _scheduler(plane), _kubelets(plane)


def _etcd(plane: ControlPlane) -> ControlPlaneProcess:
    """No TLS: loopback only, and the data are a rehearsal's."""
    client, peer = f"http://127.0.0.1:{plane.ports.etcd}", f"http://127.0.0.1:{plane.ports.etcd_peer}"
    flags = {
        "name": "default",
        "data-dir": str(plane.directory / "etcd"),
        "listen-client-urls": client,
        "advertise-client-urls": client,
        "listen-peer-urls": peer,
        "initial-advertise-peer-urls": peer,
        "initial-cluster": f"default={peer}",
        "unsafe-no-fsync": "true",  # survives a killed process, not a killed machine: right for a rehearsal
        "log-level": "warn",
    }
    return ControlPlaneProcess("etcd", flags, plane.ports.etcd, "/readyz", secure=False)


def _api_server(plane: ControlPlane) -> ControlPlaneProcess:
    """ValidatingAdmissionPolicy and pod security admission are on by default."""
    flags = {
        "etcd-servers": f"http://127.0.0.1:{plane.ports.etcd}",
        "bind-address": "127.0.0.1",
        "advertise-address": "127.0.0.1",
        "secure-port": str(plane.ports.api),
        "endpoint-reconciler-type": "none",  # a loopback address is refused as an endpoint of `kubernetes`
        "authorization-mode": "RBAC",
        "token-auth-file": str(plane.tokens),
        "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
        "service-account-key-file": str(plane.certificate("service-accounts")),
        "service-account-signing-key-file": str(plane.key("service-accounts")),
        "service-cluster-ip-range": SERVICE_NETWORK,
        "allow-privileged": "true",  # as on EKS: pod security admission decides, per namespace
        **_serving(plane),
        **_version(plane),
    }
    return ControlPlaneProcess("kube-apiserver", flags, plane.ports.api, "/readyz")


def _controllers(plane: ControlPlane) -> ControlPlaneProcess:
    """All controllers but the one that gives out pod networks."""
    flags = {
        "controllers": "*,-node-ipam-controller",
        "service-account-private-key-file": str(plane.key("service-accounts")),
        "root-ca-file": str(plane.certificate("ca")),
        "bind-address": "127.0.0.1",
        "secure-port": str(plane.ports.controllers),
        **_client(plane),
        **_serving(plane),
        **_version(plane),
    }
    return ControlPlaneProcess("kube-controller-manager", flags, plane.ports.controllers, "/healthz")


def _scheduler(plane: ControlPlane) -> ControlPlaneProcess:
    flags = {
        "bind-address": "127.0.0.1",
        "secure-port": str(plane.ports.scheduler),
        **_client(plane),
        **_serving(plane),
        **_version(plane),
    }
    return ControlPlaneProcess("kube-scheduler", flags, plane.ports.scheduler, "/readyz")


def _kubelets(plane: ControlPlane) -> ControlPlaneProcess:
    """Every node that carries the annotation has its kubelet played by kwok."""
    flags = {
        "kubeconfig": str(plane.kubeconfig),
        "manage-nodes-with-annotation-selector": "=".join(KWOK_NODE_ANNOTATION),
        "node-lease-duration-seconds": "0",  # heartbeats instead: a lease would outlive a killed kwok by its length
        "server-address": f"127.0.0.1:{plane.ports.kubelets}",
    }
    return ControlPlaneProcess("kwok", flags, plane.ports.kubelets, "/healthz", secure=False)


def _serving(plane: ControlPlane) -> dict[str, str]:
    """One serving certificate for all parts: making one each would cost a second."""
    return {
        "tls-cert-file": str(plane.certificate("apiserver")),
        "tls-private-key-file": str(plane.key("apiserver")),
        "profiling": "false",
    }


def _client(plane: ControlPlane) -> dict[str, str]:
    return {
        "kubeconfig": str(plane.kubeconfig),
        "leader-elect": "false",
        "kube-api-qps": "200",
        "kube-api-burst": "400",
    }


def _version(plane: ControlPlane) -> dict[str, str]:
    """An older minor version is emulated by Kubernetes itself; its binaries refuse what they can't emulate."""
    return {"emulated-version": plane.version} if plane.version else {}


def kubeconfig(plane: ControlPlane, name: str, ca_data: str, token: str) -> dict[str, object]:
    """Build the content of a kubeconfig file; `ca_data` is the authority's certificate in base64.

    The user is named after the cluster: clients merge the files of several clusters, and the first of a name wins.
    """
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "clusters": [{"name": name, "cluster": {"server": plane.url, "certificate-authority-data": ca_data}}],
        "users": [{"name": name, "user": {"token": token}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
    }

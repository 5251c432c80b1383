"""Processes of a cluster and their flags.

The processes are etcd, the API server, the controller manager, the scheduler and kwok. Nodes have no machines: kwok
simulates the kubelets, so pods are scheduled and become Ready but run nothing. Admission, RBAC, pod security,
controllers and the scheduler are real.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rehearsal import tuning

SERVICE_NETWORK = "172.20.0.0/16"
"""Service range that EKS uses unless it overlaps with the VPC."""
AUTHORITY, ETCD = "ca", "etcd"
"""File names, without suffix, of the certificates of the cluster's authority and of etcd."""
KWOK_NODE_ANNOTATION = ("kwok.x-k8s.io/node", "fake")
"""Annotation of nodes whose kubelet kwok simulates."""


@dataclass(frozen=True)
class ControlPlanePorts:
    """Ports of one cluster's processes on 127.0.0.1."""

    etcd: int
    etcd_peer: int
    etcd_health: int
    api: int
    controllers: int
    scheduler: int
    kubelets: int


@dataclass(frozen=True)
class ControlPlane:
    """Files, ports and emulated Kubernetes version of one cluster.

    `version` is, for example, `1.33`; if it is empty, the binaries use their own version.
    """

    directory: Path
    ports: ControlPlanePorts
    version: str = ""

    @property
    def url(self) -> str:
        """URL of the API server."""
        return f"https://127.0.0.1:{self.ports.api}"

    @property
    def kubeconfig(self) -> Path:
        """Kubeconfig file of the administrator."""
        return self.directory / "kubeconfig"

    @property
    def tokens(self) -> Path:
        """File with the API server's static bearer tokens."""
        return self.directory / "tokens.csv"

    def key(self, name: str) -> Path:
        """Return the path of a private key."""
        return self.directory / f"{name}.key"

    def certificate(self, name: str) -> Path:
        """Return the path of a certificate or public key."""
        return self.directory / f"{name}.crt"


@dataclass(frozen=True)
class ControlPlaneProcess:
    """One process of a cluster: binary, flags and readiness endpoint."""

    name: str
    flags: Mapping[str, str]
    port: int
    path: str
    secure: bool = True

    @property
    def argv(self) -> tuple[str, ...]:
        """Command-line arguments."""
        return tuple(f"--{flag}={value}" for flag, value in self.flags.items())


def api_processes(control_plane: ControlPlane) -> tuple[ControlPlaneProcess, ...]:
    """Return the processes that serve the API."""
    return _etcd(control_plane), _api_server(control_plane)


def controller_processes(control_plane: ControlPlane) -> tuple[ControlPlaneProcess, ...]:
    """Return the processes that use the API and start once it is served."""
    return _controllers(control_plane), _scheduler(control_plane), _kubelets(control_plane)


def _etcd(control_plane: ControlPlane) -> ControlPlaneProcess:
    """Return the process of etcd, which requires a client certificate of the cluster.

    Other users of the machine can reach etcd's ports, and etcd stores secrets. Its health port needs no certificate,
    because it returns no data.
    """
    client, peer = f"https://127.0.0.1:{control_plane.ports.etcd}", f"https://127.0.0.1:{control_plane.ports.etcd_peer}"
    files = {
        "cert-file": str(control_plane.certificate(ETCD)),
        "key-file": str(control_plane.key(ETCD)),
        "trusted-ca-file": str(control_plane.certificate(AUTHORITY)),
        "client-cert-auth": "true",
    }
    flags = {
        "name": "default",
        "data-dir": str(control_plane.directory / "etcd"),
        "listen-client-urls": client,
        "advertise-client-urls": client,
        "listen-peer-urls": peer,
        "initial-advertise-peer-urls": peer,
        "initial-cluster": f"default={peer}",
        "listen-metrics-urls": f"http://127.0.0.1:{control_plane.ports.etcd_health}",
        "unsafe-no-fsync": str(tuning.enabled("disk-syncs")).lower(),
        "log-level": "warn",
        **files,
        **{f"peer-{flag}": value for flag, value in files.items()},
    }
    return ControlPlaneProcess("etcd", flags, control_plane.ports.etcd_health, "/readyz", secure=False)


def _api_server(control_plane: ControlPlane) -> ControlPlaneProcess:
    """Return the process of the API server.

    ValidatingAdmissionPolicy and pod security admission are on by default.
    """
    flags = {
        "etcd-servers": f"https://127.0.0.1:{control_plane.ports.etcd}",
        "etcd-cafile": str(control_plane.certificate(AUTHORITY)),
        "etcd-certfile": str(control_plane.certificate(ETCD)),
        "etcd-keyfile": str(control_plane.key(ETCD)),
        "bind-address": "127.0.0.1",
        "advertise-address": "127.0.0.1",
        "secure-port": str(control_plane.ports.api),
        "endpoint-reconciler-type": "none",  # the `kubernetes` service refuses a loopback address as its endpoint
        "authorization-mode": "RBAC",
        "token-auth-file": str(control_plane.tokens),
        "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
        "service-account-key-file": str(control_plane.certificate("service-accounts")),
        "service-account-signing-key-file": str(control_plane.key("service-accounts")),
        "service-cluster-ip-range": SERVICE_NETWORK,
        "allow-privileged": "true",  # as on EKS, where pod security admission decides per namespace
        **_serving(control_plane),
        **_version(control_plane),
    }
    return ControlPlaneProcess("kube-apiserver", flags, control_plane.ports.api, "/readyz")


def _controllers(control_plane: ControlPlane) -> ControlPlaneProcess:
    """Return the process of the controller manager.

    It runs all controllers except the one that assigns networks to nodes for their pods.
    """
    flags = {
        "controllers": "*,-node-ipam-controller",
        "service-account-private-key-file": str(control_plane.key("service-accounts")),
        "root-ca-file": str(control_plane.certificate("ca")),
        "bind-address": "127.0.0.1",
        "secure-port": str(control_plane.ports.controllers),
        **_client(control_plane),
        **_serving(control_plane),
        **_version(control_plane),
    }
    return ControlPlaneProcess("kube-controller-manager", flags, control_plane.ports.controllers, "/healthz")


def _scheduler(control_plane: ControlPlane) -> ControlPlaneProcess:
    flags = {
        "bind-address": "127.0.0.1",
        "secure-port": str(control_plane.ports.scheduler),
        **_client(control_plane),
        **_serving(control_plane),
        **_version(control_plane),
    }
    return ControlPlaneProcess("kube-scheduler", flags, control_plane.ports.scheduler, "/readyz")


def _kubelets(control_plane: ControlPlane) -> ControlPlaneProcess:
    """Return the process of kwok, which simulates the kubelet of every annotated node."""
    flags = {
        "kubeconfig": str(control_plane.kubeconfig),
        "manage-nodes-with-annotation-selector": "=".join(KWOK_NODE_ANNOTATION),
        "node-lease-duration-seconds": "0",  # kwok uses heartbeats instead, because a lease would outlive a killed kwok
        "server-address": f"127.0.0.1:{control_plane.ports.kubelets}",
    }
    return ControlPlaneProcess("kwok", flags, control_plane.ports.kubelets, "/healthz", secure=False)


def _serving(control_plane: ControlPlane) -> dict[str, str]:
    """Return flags for the serving certificate.

    All processes share one certificate, which saves a second at the start of a cluster.
    """
    return {
        "tls-cert-file": str(control_plane.certificate("apiserver")),
        "tls-private-key-file": str(control_plane.key("apiserver")),
        "profiling": "false",
    }


def _client(control_plane: ControlPlane) -> dict[str, str]:
    return {
        "kubeconfig": str(control_plane.kubeconfig),
        "leader-elect": "false",
        "kube-api-qps": "200",
        "kube-api-burst": "400",
    }


def _version(control_plane: ControlPlane) -> dict[str, str]:
    """Return the flag that makes Kubernetes emulate an older minor version.

    The binaries reject versions that they do not support.
    """
    return {"emulated-version": control_plane.version} if control_plane.version else {}


def kubeconfig(control_plane: ControlPlane, name: str, ca_data: str, token: str) -> dict[str, object]:
    """Return the content of a kubeconfig file.

    `ca_data` is the authority's certificate in base64. The user is named after the cluster, because clients that merge
    several files keep only the first user with a given name.
    """
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "clusters": [{"name": name, "cluster": {"server": control_plane.url, "certificate-authority-data": ca_data}}],
        "users": [{"name": name, "user": {"token": token}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
    }

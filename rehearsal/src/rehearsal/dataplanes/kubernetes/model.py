"""Public types of the Kubernetes data plane."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from rehearsal.errors import RehearsalError


class ClusterError(RehearsalError):
    """A cluster can't be created, reached or changed.

    The message says why and what to do.
    """


@dataclass(frozen=True)
class ClusterEndpoint:
    """Address and administrator's credentials of one cluster."""

    name: str
    region: str
    url: str
    ca_pem: str
    token: str
    """Bearer token of a user in `system:masters`."""
    kubeconfig: Path
    """Kubeconfig file of the administrator."""


@dataclass(frozen=True)
class Taint:
    """Taint of a node; `effect` is spelled as in Kubernetes, e.g. `NoSchedule`."""

    key: str
    value: str
    effect: str


@dataclass(frozen=True)
class NodeSpec:
    """One node: vCPUs, GiB of memory, zone, labels and taints.

    `name` is unique in its cluster.
    """

    name: str
    cpu: int
    memory_gib: float
    zone: str
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: Sequence[Taint] = ()


@dataclass(frozen=True)
class Addon:
    """A controller that runs as a pod in a real cluster and as a local process here.

    `binary` is the name of the add-on's tool; if it is empty, only the add-on's CRDs are installed. `crds` is a
    directory with the CRDs as YAML files, or None. In `argv`, `{kubeconfig}` and `{ports[0]}`, `{ports[1]}`, … are
    replaced when the cluster starts. `ports` is the number of the add-on's ports. The add-on is ready when it listens
    on all of them.
    """

    name: str
    binary: str
    crds: Path | None
    argv: tuple[str, ...] = ()
    ports: int = 0


def argo_rollouts(crds: Path) -> Addon:
    """Return the add-on that runs the Argo Rollouts controller.

    `crds` is a copy of `manifests/crds` of its Go module.
    """
    return Addon(
        name="argo-rollouts",
        binary="argo-rollouts",
        crds=crds,
        argv=(
            "--kubeconfig={kubeconfig}",
            "--leader-elect=false",
            "--metricsport={ports[0]}",
            "--healthzPort={ports[1]}",
            "--loglevel=info",
            "--qps=200",
            "--burst=400",
        ),
        ports=2,
    )


def argo_cd(crds: Path) -> Addon:
    """Return the add-on that installs Argo CD's CRDs without its controllers.

    `crds` is a copy of `manifests/crds` of its Go module.
    """
    return Addon(name="argo-cd", binary="", crds=crds)


ADDONS: Mapping[str, Callable[[Path], Addon]] = MappingProxyType({"argo-rollouts": argo_rollouts, "argo-cd": argo_cd})
"""Supported add-ons by name: functions that take the directory of the add-on's CRDs."""

"""What callers of the Kubernetes data plane exchange with it.

Exceptions::

    ClusterError                a cluster can't be made, reached or changed; one sentence with what to do
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from rehearsal.errors import RehearsalError


class ClusterError(RehearsalError):
    """A cluster can't be made, reached or changed; the message says why and what to do."""


@dataclass(frozen=True)
class ClusterEndpoint:
    """How to reach one cluster as its administrator."""

    name: str
    region: str
    url: str
    ca_pem: str
    token: str
    """Bearer token of a user in `system:masters`."""
    kubeconfig: Path
    """A file that kubectl and every other client understand."""


@dataclass(frozen=True)
class Taint:
    """Keeps pods that don't tolerate it off a node; `effect` in Kubernetes' spelling, e.g. `NoSchedule`."""

    key: str
    value: str
    effect: str


@dataclass(frozen=True)
class NodeSpec:
    """One node: vCPUs, GiB of memory, and what the scheduler reads. `name` is unique in its cluster."""

    name: str
    cpu: int
    memory_gib: float
    zone: str
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: Sequence[Taint] = ()


@dataclass(frozen=True)
class Addon:
    """A controller that would be a pod in a real cluster and is a process beside this one.

    `binary` is the tool's name as `binaries` knows it, or "" when only its kinds are wanted. `crds` is a directory of
    YAML files with its custom resource definitions, or None when it has none. In `argv`, `{kubeconfig}` and
    `{ports[0]}`, `{ports[1]}`, … stand for what only the running cluster knows; the add-on is up when it listens on all
    of its `ports`.
    """

    name: str
    binary: str
    crds: Path | None
    argv: tuple[str, ...] = ()
    ports: int = 0


def argo_rollouts(crds: Path) -> Addon:
    """Describe the Argo Rollouts controller; `crds` is a copy of `manifests/crds` of its Go module."""
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
    """Describe Argo CD's kinds without its controllers; `crds` is a copy of `manifests/crds` of its Go module."""
    return Addon(name="argo-cd", binary="", crds=crds)


ADDONS: Mapping[str, Callable[[Path], Addon]] = MappingProxyType({"argo-rollouts": argo_rollouts, "argo-cd": argo_cd})
"""The add-ons that are known by name; each is given the directory of its custom resource definitions."""

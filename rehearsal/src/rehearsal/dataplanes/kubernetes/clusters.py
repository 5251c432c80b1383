"""The clusters of one rehearsal: made, healed and deleted."""

import base64
import secrets
import shutil
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from rehearsal.dataplanes import pki
from rehearsal.dataplanes.health import is_healthy
from rehearsal.dataplanes.kubernetes.addons import apply_crds, command_line
from rehearsal.dataplanes.kubernetes.client import connect
from rehearsal.dataplanes.kubernetes.control_plane import (
    ControlPlane,
    ControlPlanePorts,
    ControlPlaneProcess,
    api_processes,
    controller_processes,
    kubeconfig,
)
from rehearsal.dataplanes.kubernetes.load_balancer_controller import LoadBalancerController
from rehearsal.dataplanes.kubernetes.model import Addon, ClusterEndpoint, ClusterError, NodeSpec
from rehearsal.dataplanes.kubernetes.nodes import set_nodes
from rehearsal.home import Home
from rehearsal.processes import ProcessError, ProcessSpec, Supervisor, free_ports, on_free_ports, port_open

FindBinary = Callable[[str], Path]
"""Finds a command-line tool by name."""

Stages = tuple[tuple[ProcessSpec, ...], ...]
"""Processes in the order of their start; those of one stage start side by side."""

HOSTS = ("127.0.0.1", "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc")


@dataclass
class _Cluster:
    """One cluster as it runs; `stages` are its processes, each stage needing the one before."""

    plane: ControlPlane
    endpoint: ClusterEndpoint
    load_balancers: LoadBalancerController
    stages: Stages
    lock: threading.Lock

    @property
    def specs(self) -> tuple[ProcessSpec, ...]:
        return tuple(spec for stage in self.stages for spec in stage)


class Clusters:
    """Real Kubernetes control planes, one per EKS cluster. Safe to use from many threads at once.

    Every cluster gets the `addons`. What a caller asks wrongly raises ClusterError, what does not start ProcessError.
    """

    def __init__(self, home: Home, supervisor: Supervisor, binaries: FindBinary, addons: Sequence[Addon] = ()) -> None:
        self._home = home
        self._supervisor = supervisor
        self._binaries = binaries
        self._addons = tuple(addons)
        self._lock = threading.Lock()
        self._clusters: dict[tuple[str, str], _Cluster | None] = {}

    def create(self, name: str, region: str, version: str = "") -> ClusterEndpoint:
        """Start a cluster and return when it serves, its controllers included.

        `version` is a minor version such as `1.33`; the binaries emulate it, or refuse with a sentence that says which
        versions they can. An earlier cluster's data of the same name are removed first.
        """
        key = (region, name)
        with self._lock:
            if key in self._clusters:
                raise ClusterError(f"cluster {name} already exists in {region}")
            self._clusters[key] = None
        try:
            cluster = on_free_ports(6, lambda ports: self._start(name, region, version, ControlPlanePorts(*ports)))
        except BaseException:
            with self._lock:
                del self._clusters[key]
            raise
        with self._lock:
            self._clusters[key] = cluster
        return cluster.endpoint

    def delete(self, name: str, region: str) -> None:
        """End a cluster and remove its data; unknown clusters are no error."""
        with self._lock:
            cluster = self._clusters.pop((region, name), None)
        if cluster:
            with cluster.lock:
                self._discard(cluster)

    def get(self, name: str, region: str) -> ClusterEndpoint | None:
        """How to reach a cluster; None when there is none, or when it isn't up yet."""
        with self._lock:
            cluster = self._clusters.get((region, name))
        return cluster.endpoint if cluster else None

    def all(self) -> tuple[ClusterEndpoint, ...]:
        """Every cluster that is up."""
        return tuple(cluster.endpoint for cluster in self._running())

    def set_nodes(self, cluster: str, region: str, group: str, nodes: Sequence[NodeSpec]) -> None:
        """Give a node group of a cluster exactly these nodes; returns when they are Ready."""
        found = self._find(cluster, region)
        with found.lock, connect(found.endpoint) as api:
            set_nodes(api, region, group, nodes)

    def set_version(self, name: str, region: str, version: str) -> None:
        """Restart a cluster's control plane as another minor version; when that is refused, the old one comes back."""
        cluster = self._find(name, region)
        with cluster.lock:
            before = cluster.plane, cluster.stages
            cluster.plane = replace(cluster.plane, version=version)
            cluster.stages = (*self._control_plane(cluster.plane, cluster.endpoint), *cluster.stages[2:])
            try:
                self._replace_changed(before[1], cluster.stages)
            except ProcessError as error:
                self._replace_changed(cluster.stages, before[1])
                cluster.plane, cluster.stages = before
                raise ClusterError(f"{name} can't become Kubernetes {version}: {error}") from error

    def heal(self) -> tuple[str, ...]:
        """Restart every part of every cluster that died, with its data kept; returns their names."""
        healed = []
        for cluster in self._running():
            with cluster.lock:
                for spec in cluster.specs:
                    if not self._supervisor.alive(spec.name):
                        self._supervisor.start(spec)
                        healed.append(spec.name)
        return tuple(healed)

    def alive(self, name: str, region: str) -> bool:
        """Whether all parts of a cluster run."""
        with self._lock:
            cluster = self._clusters.get((region, name))
        return cluster is not None and all(self._supervisor.alive(spec.name) for spec in cluster.specs)

    def stop(self) -> None:
        """End all clusters; their data stay until a cluster of the same name is created."""
        with self._lock:
            clusters = [cluster for cluster in self._clusters.values() if cluster]
            self._clusters.clear()
        for cluster in clusters:
            with cluster.lock:
                self._end(cluster)

    def _running(self) -> list[_Cluster]:
        with self._lock:
            return [cluster for cluster in self._clusters.values() if cluster]

    def _find(self, name: str, region: str) -> _Cluster:
        with self._lock:
            cluster = self._clusters.get((region, name))
        if cluster is None:
            raise ClusterError(f"there is no cluster {name} in {region}; create it first")
        return cluster

    def _start(self, name: str, region: str, version: str, ports: ControlPlanePorts) -> _Cluster:
        directory = self._home.data / "clusters" / f"{region}-{name}"
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True, mode=0o700)
        plane = ControlPlane(directory, ports, version)
        endpoint = _write_files(plane, name, region)
        stages = self._control_plane(plane, endpoint)
        cluster = _Cluster(plane, endpoint, LoadBalancerController(endpoint), stages, threading.Lock())
        try:
            self._start_stages(cluster.stages)
            cluster.load_balancers.start()
            self._define(cluster)
            for addon in self._addons:
                if addon.binary:
                    self._add(cluster, addon)
        except BaseException:
            self._discard(cluster)
            raise
        return cluster

    def _define(self, cluster: _Cluster) -> None:
        """The kinds of all add-ons at once: the API server takes seconds to serve one, and hardly more for all."""
        directories = [addon.crds for addon in self._addons if addon.crds]
        if directories:
            with connect(cluster.endpoint) as api:
                apply_crds(api, directories)

    def _add(self, cluster: _Cluster, addon: Addon) -> None:
        ports = free_ports(addon.ports)
        spec = ProcessSpec(
            name=_process_name(addon.name, cluster.endpoint),
            argv=(str(self._binaries(addon.binary)), *command_line(addon, cluster.plane.kubeconfig, ports)),
            cwd=cluster.plane.directory,
            env={"HOME": str(cluster.plane.directory)},
            ready=lambda: all(port_open(port) for port in ports),
        )
        cluster.stages = (*cluster.stages, (spec,))
        self._supervisor.start(spec)

    def _control_plane(self, plane: ControlPlane, endpoint: ClusterEndpoint) -> Stages:
        return tuple(
            tuple(self._spec(part, plane, endpoint) for part in parts)
            for parts in (api_processes(plane), controller_processes(plane))
        )

    def _spec(self, part: ControlPlaneProcess, plane: ControlPlane, endpoint: ClusterEndpoint) -> ProcessSpec:
        return ProcessSpec(
            name=_process_name(part.name, endpoint),
            argv=(str(self._binaries(part.name)), *part.argv),
            cwd=plane.directory,
            env={"HOME": str(plane.directory)},
            ready=lambda: is_healthy(part.port, part.path, endpoint.ca_pem if part.secure else None),
        )

    def _start_stages(self, stages: Iterable[tuple[ProcessSpec, ...]]) -> None:
        for stage in stages:
            self._start_together(stage)

    def _start_together(self, stage: tuple[ProcessSpec, ...]) -> None:
        """Start processes side by side: they are waiting most of the time. When one fails, none is left."""
        if not stage:
            return
        with ThreadPoolExecutor(len(stage)) as pool:
            starts = [pool.submit(self._supervisor.start, spec) for spec in stage]
            done, _ = wait(starts, return_when=FIRST_EXCEPTION)
            failures = [error for start in done if (error := start.exception())]
            if failures:
                for spec in stage:
                    self._supervisor.stop(spec.name, timeout=0)
                raise failures[0]

    def _replace_changed(self, old: Stages, new: Stages) -> None:
        """Restart the processes whose command line is another one now."""
        running = {spec.name: spec.argv for stage in old for spec in stage}
        changed = [tuple(spec for spec in stage if running.get(spec.name) != spec.argv) for stage in new]
        for stage in reversed(changed):
            for spec in stage:
                self._supervisor.stop(spec.name, timeout=1)
        self._start_stages(changed)

    def _end(self, cluster: _Cluster) -> None:
        with ThreadPoolExecutor(len(cluster.specs)) as pool:
            list(pool.map(lambda spec: self._supervisor.stop(spec.name, timeout=0), reversed(cluster.specs)))
        cluster.load_balancers.stop()

    def _discard(self, cluster: _Cluster) -> None:
        self._end(cluster)
        shutil.rmtree(cluster.plane.directory, ignore_errors=True)


def _process_name(part: str, endpoint: ClusterEndpoint) -> str:
    return f"{part}.{endpoint.region}.{endpoint.name}"


def _write_files(plane: ControlPlane, name: str, region: str) -> ClusterEndpoint:
    """Make a cluster's keys, its administrator's token and kubeconfig."""
    authority = pki.Authority.create(f"rehearsal cluster {region}/{name}")
    token = secrets.token_urlsafe(32)
    authority.serve("kube-apiserver", HOSTS).write(plane.directory, "apiserver")
    pki.signing_keys().write(plane.directory, "service-accounts")
    plane.certificate("ca").write_text(authority.pem)
    pki.write_secret(plane.tokens, f'{token},admin,admin,"system:masters"\n')
    ca_data = base64.b64encode(authority.pem.encode()).decode()
    pki.write_secret(plane.kubeconfig, yaml.safe_dump(kubeconfig(plane, name, ca_data, token), sort_keys=False))
    return ClusterEndpoint(name, region, plane.url, authority.pem, token, plane.kubeconfig)

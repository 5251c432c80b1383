"""The clusters of one rehearsal: create, upgrade, restart and delete."""

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
    AUTHORITY,
    ETCD,
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
"""Function that returns the path of a command-line tool by name."""

StartStages = tuple[tuple[ProcessSpec, ...], ...]
"""Processes in start order; the processes of one stage start in parallel."""

API_SERVER_HOSTS = ("127.0.0.1", "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc")


@dataclass
class _Cluster:
    """A running cluster; each stage of processes depends on the stage before it."""

    control_plane: ControlPlane
    endpoint: ClusterEndpoint
    load_balancers: LoadBalancerController
    stages: StartStages
    lock: threading.Lock

    @property
    def specs(self) -> tuple[ProcessSpec, ...]:
        return tuple(spec for stage in self.stages for spec in stage)


class Clusters:
    """Real Kubernetes control planes, one per EKS cluster. Thread-safe.

    All `addons` run in every cluster.

    Its methods raise ClusterError if a request is invalid or fails, and ProcessError if a process does not start.
    """

    def __init__(
        self, home: Home, supervisor: Supervisor, find_binary: FindBinary, addons: Sequence[Addon] = ()
    ) -> None:
        self._home = home
        self._supervisor = supervisor
        self._find_binary = find_binary
        self._addons = tuple(addons)
        self._lock = threading.Lock()
        self._clusters: dict[tuple[str, str], _Cluster | None] = {}

    def create(self, name: str, region: str, version: str = "") -> ClusterEndpoint:
        """Start a cluster and wait until its API server and controllers are ready.

        `version` is the minor version that the binaries emulate, such as `1.33`. The binaries reject an unsupported
        version and list the supported ones. Data of an earlier cluster with the same name are removed first.
        """
        key = (region, name)
        with self._lock:
            if key in self._clusters:
                raise ClusterError(f"cluster {name} already exists in {region}")
            self._clusters[key] = None
        try:
            cluster = on_free_ports(7, lambda ports: self._start(name, region, version, ControlPlanePorts(*ports)))
        except BaseException:
            with self._lock:
                del self._clusters[key]
            raise
        with self._lock:
            self._clusters[key] = cluster
        return cluster.endpoint

    def delete(self, name: str, region: str) -> None:
        """Stop a cluster and remove its data, if it exists."""
        with self._lock:
            cluster = self._clusters.pop((region, name), None)
        if cluster:
            with cluster.lock:
                self._discard(cluster)

    def get(self, name: str, region: str) -> ClusterEndpoint | None:
        """Return the endpoint of a cluster; None when it does not exist or is not up yet."""
        with self._lock:
            cluster = self._clusters.get((region, name))
        return cluster.endpoint if cluster else None

    def all(self) -> tuple[ClusterEndpoint, ...]:
        """Return the endpoints of all running clusters."""
        return tuple(cluster.endpoint for cluster in self._running())

    def set_nodes(self, cluster: str, region: str, group: str, nodes: Sequence[NodeSpec]) -> None:
        """Reconcile a node group to exactly these nodes and wait until they are Ready."""
        running = self._find(cluster, region)
        with running.lock, connect(running.endpoint) as api:
            set_nodes(api, region, group, nodes)

    def set_version(self, name: str, region: str, version: str) -> None:
        """Restart a cluster's control plane with another minor version.

        If that fails, restart the control plane with the old version.
        """
        cluster = self._find(name, region)
        with cluster.lock:
            before = cluster.control_plane, cluster.stages
            cluster.control_plane = replace(cluster.control_plane, version=version)
            cluster.stages = (*self._process_stages(cluster.control_plane, cluster.endpoint), *cluster.stages[2:])
            try:
                self._replace_changed(before[1], cluster.stages)
            except ProcessError as error:
                self._replace_changed(cluster.stages, before[1])
                cluster.control_plane, cluster.stages = before
                raise ClusterError(f"{name} can't be changed to Kubernetes {version}: {error}") from error

    def heal(self) -> tuple[str, ...]:
        """Restart the dead processes of all clusters and return the processes' names.

        The clusters keep their data.
        """
        restarted = []
        for cluster in self._running():
            with cluster.lock:
                for spec in cluster.specs:
                    if not self._supervisor.alive(spec.name):
                        self._supervisor.start(spec)
                        restarted.append(spec.name)
        return tuple(restarted)

    def alive(self, name: str, region: str) -> bool:
        """Return True if all processes of a cluster are running."""
        with self._lock:
            cluster = self._clusters.get((region, name))
        return cluster is not None and all(self._supervisor.alive(spec.name) for spec in cluster.specs)

    def stop(self) -> None:
        """Stop all clusters.

        Their data are kept until a cluster with the same name is created.
        """
        with self._lock:
            clusters = [cluster for cluster in self._clusters.values() if cluster]
            self._clusters.clear()
        for cluster in clusters:
            with cluster.lock:
                self._stop(cluster)

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
        control_plane = ControlPlane(directory, ports, version)
        endpoint = _write_files(control_plane, name, region)
        stages = self._process_stages(control_plane, endpoint)
        cluster = _Cluster(control_plane, endpoint, LoadBalancerController(endpoint), stages, threading.Lock())
        try:
            self._start_stages(cluster.stages)
            cluster.load_balancers.start()
            self._install_crds(cluster)
            for addon in self._addons:
                if addon.binary:
                    self._start_addon(cluster, addon)
        except BaseException:
            self._discard(cluster)
            raise
        return cluster

    def _install_crds(self, cluster: _Cluster) -> None:
        """Install the CRDs of all add-ons at once.

        The API server needs seconds to serve one new CRD, and hardly longer to serve all of them together.
        """
        directories = [addon.crds for addon in self._addons if addon.crds]
        if directories:
            with connect(cluster.endpoint) as api:
                apply_crds(api, directories)

    def _start_addon(self, cluster: _Cluster, addon: Addon) -> None:
        ports = free_ports(addon.ports)
        spec = ProcessSpec(
            name=_process_name(addon.name, cluster.endpoint),
            argv=(str(self._find_binary(addon.binary)), *command_line(addon, cluster.control_plane.kubeconfig, ports)),
            cwd=cluster.control_plane.directory,
            env={"HOME": str(cluster.control_plane.directory)},
            ready=lambda: all(port_open(port) for port in ports),
        )
        cluster.stages = (*cluster.stages, (spec,))
        self._supervisor.start(spec)

    def _process_stages(self, control_plane: ControlPlane, endpoint: ClusterEndpoint) -> StartStages:
        return tuple(
            tuple(self._spec(process, control_plane, endpoint) for process in processes)
            for processes in (api_processes(control_plane), controller_processes(control_plane))
        )

    def _spec(
        self, process: ControlPlaneProcess, control_plane: ControlPlane, endpoint: ClusterEndpoint
    ) -> ProcessSpec:
        return ProcessSpec(
            name=_process_name(process.name, endpoint),
            argv=(str(self._find_binary(process.name)), *process.argv),
            cwd=control_plane.directory,
            env={"HOME": str(control_plane.directory)},
            ready=lambda: is_healthy(process.port, process.path, endpoint.ca_pem if process.secure else None),
        )

    def _start_stages(self, stages: Iterable[tuple[ProcessSpec, ...]]) -> None:
        for stage in stages:
            self._start_together(stage)

    def _start_together(self, stage: tuple[ProcessSpec, ...]) -> None:
        """Start the processes of one stage in parallel, because a start is mostly waiting.

        If one of them fails, stop all of them.
        """
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

    def _replace_changed(self, old: StartStages, new: StartStages) -> None:
        """Restart the processes whose command line changed."""
        running = {spec.name: spec.argv for stage in old for spec in stage}
        changed = [tuple(spec for spec in stage if running.get(spec.name) != spec.argv) for stage in new]
        for stage in reversed(changed):
            for spec in stage:
                self._supervisor.stop(spec.name, timeout=1)
        self._start_stages(changed)

    def _stop(self, cluster: _Cluster) -> None:
        with ThreadPoolExecutor(len(cluster.specs)) as pool:
            list(pool.map(lambda spec: self._supervisor.stop(spec.name, timeout=0), reversed(cluster.specs)))
        cluster.load_balancers.stop()

    def _discard(self, cluster: _Cluster) -> None:
        self._stop(cluster)
        shutil.rmtree(cluster.control_plane.directory, ignore_errors=True)


def _process_name(process: str, endpoint: ClusterEndpoint) -> str:
    return f"{process}.{endpoint.region}.{endpoint.name}"


def _write_files(control_plane: ControlPlane, name: str, region: str) -> ClusterEndpoint:
    """Write a cluster's keys, tokens and kubeconfig, and return its endpoint."""
    authority = pki.Authority.create(f"rehearsal cluster {region}/{name}")
    token = secrets.token_urlsafe(32)
    authority.issue("kube-apiserver", API_SERVER_HOSTS).write(control_plane.directory, "apiserver")
    authority.issue("etcd", ("127.0.0.1",), client=True).write(control_plane.directory, ETCD)
    pki.signing_keys().write(control_plane.directory, "service-accounts")
    control_plane.certificate(AUTHORITY).write_text(authority.pem)
    pki.write_secret(control_plane.tokens, f'{token},admin,admin,"system:masters"\n')
    ca_data = base64.b64encode(authority.pem.encode()).decode()
    pki.write_secret(
        control_plane.kubeconfig, yaml.safe_dump(kubeconfig(control_plane, name, ca_data, token), sort_keys=False)
    )
    return ClusterEndpoint(name, region, control_plane.url, authority.pem, token, control_plane.kubeconfig)

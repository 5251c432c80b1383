"""Settings of teams, services and Vault."""

from ipaddress import IPv4Network
from typing import Annotated

from pydantic import Field

from components.admission.plan import PodSecurity
from components.cluster.plan import Workload
from components.delivery.pod_permissions import EvidenceAccess
from components.delivery.priorities import Priority
from components.secrets.plan import DatabaseAccess
from stacks.sections.fields import (
    Count,
    Cpu,
    Email,
    Flag,
    HttpsUrl,
    Image,
    Label,
    Memory,
    Positive,
    Repository,
    Section,
    Whole,
    matching,
)


class Vault(Section):
    """The environment's Vault server, which this program does not deploy."""

    address: HttpsUrl
    cidr: IPv4Network
    """Address range of Vault: it connects to the database from there, and services connect to it there."""
    audit_file: Annotated[str, matching(r"/\S+|stdout", "an absolute path on Vault's machine, or stdout")]
    """Audit log of Vault. Vault stops serving requests when it cannot write it; `stdout` avoids full disks."""
    agent_image: Image
    """Image of the Vault Agent sidecar. It must be in an image repository of every team whose service uses it."""


class Team(Section):
    """A team and its namespace, which has the team's name."""

    pod_security: PodSecurity
    owner: Label
    contact: Email
    cost_centre: Label
    machines: tuple[Workload, ...]
    """Workloads whose node groups are charged to the team. All others are charged to the environment's owner."""
    job_pods: Count
    """Number of pods for jobs (migrations, training, batches) in the quota, each of the environment's size."""
    image_repositories: Annotated[tuple[Repository, ...], Field(min_length=1)]
    """Repositories that images of the team's pods may come from."""


class Service(Section):
    """A blue-green service of size `scale` at `<name>.<domain>`."""

    team: Label
    feature: Label
    """Feature that its resources are charged to."""
    image: Image
    port: Annotated[Whole, Field(ge=1024, le=65535)]
    health_path: Annotated[str, matching(r"/\S*", "a path")]
    target_cpu_percent: Annotated[Whole, Field(ge=1, le=100)]
    priority: Priority
    database: DatabaseAccess
    evidence: EvidenceAccess
    cache: Flag
    """Grant access to the cache. The standby has no cache."""


class Scale(Section):
    """Size of each service: the requirements' `environments:` block."""

    replicas: Positive
    cpu: Cpu
    memory: Memory
    auto_scaling: Flag
    min_replicas: Positive
    max_replicas: Positive

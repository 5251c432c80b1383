"""Settings of teams, services and Vault."""

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
    PrivateNetwork,
    Repository,
    Section,
    Whole,
    matching,
)


class Vault(Section):
    """The environment's Vault server, which this program does not deploy."""

    address: HttpsUrl
    cidr: PrivateNetwork
    """Address range of Vault, from which Vault connects to the database and in which services reach Vault."""
    audit_file: Annotated[str, matching(r"/\S+|stdout", "an absolute path on Vault's machine, or stdout")]
    """Path of Vault's audit log. Vault rejects requests while it cannot write the log; `stdout` avoids full disks."""
    agent_image: Image
    """Image of the Vault Agent sidecar. Every team whose service uses the agent must allow the image's repository."""


class Team(Section):
    """A team and its namespace, which has the team's name."""

    pod_security: PodSecurity
    owner: Label
    contact: Email
    cost_centre: Label
    machines: tuple[Workload, ...]
    """Workloads whose node groups are charged to the team. Other node groups are charged to the environment's owner."""
    job_pods: Count
    """Number of job pods (migrations, training, batches) in the quota, each with the size in `scale`."""
    image_repositories: Annotated[tuple[Repository, ...], Field(min_length=1)]
    """Repositories from which the team's pods may run images."""


class Service(Section):
    """A blue-green service of size `scale` at `<name>.<domain>`."""

    team: Label
    feature: Label
    """Feature that the service's resources are charged to."""
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

"""What runs in the cluster, and where its secrets are."""

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
    """The environment's Vault, which runs outside this program's reach."""

    address: HttpsUrl
    cidr: IPv4Network
    """From where Vault connects to the database, and where services reach it."""
    audit_file: Annotated[str, matching(r"/\S+|stdout", "a file of Vault's machine, or stdout")]
    """Vault answers nobody while it cannot record: with `stdout` the log shipper empties it, and no disk fills up."""
    agent_image: Image
    """What the injector puts beside services; like all images of their pods it must be one their team may run."""


class Team(Section):
    """Who has a namespace: it has the team's name."""

    pod_security: PodSecurity
    owner: Label
    contact: Email
    cost_centre: Label
    machines: tuple[Workload, ...]
    """Kinds of work whose node groups the team alone pays for; the rest is charged to the environment's owner."""
    job_pods: Count
    """Pods of the environment's size that may run beside the team's services: migrations, training, batches."""
    image_repositories: Annotated[tuple[Repository, ...], Field(min_length=1)]
    """Where images of the team's pods may come from."""


class Service(Section):
    """One blue-green service. Its size is the environment's (`scale`), its host `<name>.<domain>`."""

    team: Label
    feature: Label
    """What its resources are charged to."""
    image: Image
    port: Annotated[Whole, Field(ge=1024, le=65535)]
    health_path: Annotated[str, matching(r"/\S*", "a path")]
    target_cpu_percent: Annotated[Whole, Field(ge=1, le=100)]
    priority: Priority
    database: DatabaseAccess
    evidence: EvidenceAccess
    cache: Flag
    """Whether it signs in to the cache, of which the standby has none."""


class Scale(Section):
    """The document's `environments:` block: how large a service is here."""

    replicas: Positive
    cpu: Cpu
    memory: Memory
    auto_scaling: Flag
    min_replicas: Positive
    max_replicas: Positive

"""What runs in the cluster, and where its secrets are."""

from ipaddress import IPv4Network
from typing import Annotated

from pydantic import Field

from stacks.sections.fields import Cpu, Flag, HttpsUrl, Image, Label, Memory, Positive, Section, Whole, matching


class Vault(Section):
    """The environment's Vault, which runs outside this program's reach."""

    address: HttpsUrl
    cidr: IPv4Network
    """From where Vault connects to the database, and where services reach it."""
    audit_file: Annotated[str, matching(r"/\S+|stdout", "a file of Vault's machine, or stdout")]
    """Vault answers nobody while it cannot record: with `stdout` the log shipper empties it, and no disk fills up."""


class Service(Section):
    """The blue-green service. `replicas` and resources are the document's table."""

    namespace: Label
    name: Label
    image: Image
    port: Annotated[Whole, Field(ge=1024, le=65535)]
    health_path: Annotated[str, matching(r"/\S*", "a path")]
    replicas: Positive
    cpu: Cpu
    memory: Memory
    auto_scaling: Flag
    min_replicas: Positive
    max_replicas: Positive
    target_cpu_percent: Annotated[Whole, Field(ge=1, le=100)]

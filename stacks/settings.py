"""The shape of `Pulumi.<env>.yaml`: what an environment's settings are, each key on its own.

What keys must be *together* is `stacks.rules`; reading them is `stacks.loading` (files) and `stacks.configuration`
(the engine). Keys are camelCase in the files, fields snake_case here.
"""

import re
from ipaddress import IPv4Network
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from components.network.plan import QUARTERS
from stacks.figures import DataClass, Environment

LOG_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
"""Days that CloudWatch Logs accepts; the long ones are whole years."""
INSIGHTS_DAYS = (7, *(31 * months for months in range(1, 24)), 731)


def _matching(pattern: str, meaning: str) -> AfterValidator:
    compiled = re.compile(pattern)

    def check(text: str) -> str:
        if not compiled.fullmatch(text):
            raise ValueError(f"{text!r} is not {meaning}")
        return text

    return AfterValidator(check)


def _one_of(allowed: tuple[int, ...], meaning: str) -> AfterValidator:
    def check(value: int) -> int:
        if value not in allowed:
            nearest = min(allowed, key=lambda other: abs(other - value))
            raise ValueError(f"{value} is not {meaning}; the nearest is {nearest}")
        return value

    return AfterValidator(check)


def _pinned(image: str) -> str:
    version = image.partition("/")[2].partition(":")[2]
    if not version or version == "latest":
        raise ValueError(f"{image} is not pinned; name a version (:1.4.0) or a digest (@sha256:…), never latest")
    return image


Text = Annotated[str, Field(min_length=1)]
Flag = Annotated[bool, Field(strict=True)]
Whole = Annotated[int, Field(strict=True)]
Count = Annotated[Whole, Field(ge=0)]
Positive = Annotated[Whole, Field(ge=1)]
Account = Annotated[str, _matching(r"\d{12}", "an AWS account id (12 digits)")]
Region = Annotated[str, _matching(r"[a-z]{2}(-[a-z]+)+-\d", "an AWS region, such as us-east-1")]
Email = Annotated[str, _matching(r"[^@\s]+@[^@\s]+\.[^@\s]+", "an e-mail address")]
DnsName = Annotated[str, _matching(r"([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z]{2,}", "a domain name")]
Label = Annotated[
    str, _matching(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?", "a name of lower-case letters, digits and hyphens")
]
Zone = Annotated[str, _matching(f"[{QUARTERS}]", f"a zone letter ({', '.join(QUARTERS)})")]
Zones = Annotated[tuple[Zone, ...], Field(min_length=1)]
Cpu = Annotated[str, _matching(r"[1-9]\d*m?", "an amount of CPU, such as 500m")]
Memory = Annotated[str, _matching(r"[1-9]\d*[MG]i", "an amount of memory, such as 512Mi")]
HttpsUrl = Annotated[str, _matching(r"https://[^/\s]+", "an https:// address without a path")]
LogDays = Annotated[Whole, _one_of(LOG_DAYS, "a retention that CloudWatch Logs knows")]
InsightsDays = Annotated[Whole, _one_of(INSIGHTS_DAYS, "a retention that Performance Insights knows")]
Image = Annotated[
    str,
    _matching(
        r"\d{12}\.dkr\.ecr\.[-a-z0-9]+\.amazonaws\.com/[^:@\s]+((:|@sha256:)[^:@\s]+)?",
        "an image of our own registry (<account>.dkr.ecr.<region>.amazonaws.com/…)",
    ),
    AfterValidator(_pinned),
]


class Section(BaseModel):
    """A group of keys; unknown ones are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel)


class Ownership(Section):
    """Who answers for the environment and who pays for it."""

    team: Label
    owner: Label
    cost_centre: Label


class Data(Section):
    """What the environment's data is, and whether it may be lost."""

    classification: DataClass
    disposable: Flag
    """True: `pulumi destroy` takes the data too. False: deletion protection, final snapshots, no emptied buckets."""


class Network(Section):
    """The VPC of the primary region."""

    cidr: IPv4Network
    zones: Zones
    nat_per_zone: Flag
    flow_log_retention_days: LogDays


class NodeGroup(Section):
    """Machines of one kind; `spot` ones only take batch work."""

    instance_types: Annotated[tuple[Text, ...], Field(min_length=1)]
    spot: Flag
    min: Count
    desired: Count
    max: Positive
    disk_gib: Annotated[Whole, Field(ge=20)]


class Cluster(Section):
    """The Kubernetes cluster."""

    version: Annotated[str, _matching(r"1\.\d\d", "a Kubernetes version, such as 1.34")]
    public_access_cidrs: tuple[IPv4Network, ...]
    """Who may reach the API over the internet; empty turns the public endpoint off."""
    administrators: Annotated[tuple[Text, ...], Field(min_length=1)]
    """IAM roles of the environment's account that administer the cluster; the deploying role is one."""
    log_retention_days: LogDays
    node_zones: Zones
    node_cap: Positive
    """Most machines that all groups together may ever be."""
    node_groups: Annotated[dict[Label, NodeGroup], Field(min_length=1)]


class Database(Section):
    """The PostgreSQL instance; its replica in the DR region has the same size."""

    version: Annotated[str, _matching(r"\d\d", "a major version of PostgreSQL, such as 16")]
    instance_class: Annotated[str, _matching(r"db\.[a-z0-9]+\.[a-z0-9]+", "an RDS instance class")]
    storage_gib: Annotated[Whole, Field(ge=20)]
    storage_cap_gib: Positive
    multi_zone: Flag
    backup_retention_days: Annotated[Whole, Field(ge=1, le=35)]
    insights_retention_days: InsightsDays
    log_retention_days: LogDays


class Evidence(Section):
    """The store of evidence: recordings and reports that a case rests on."""

    object_lock: Flag
    """True: nobody, root included, deletes or overwrites evidence within its retention."""
    retention_years: Positive
    cold_after_days: Annotated[Whole, Field(ge=30)]
    archive_after_days: Positive
    access_log_retention_days: Positive


class Recovery(Section):
    """The DR region. Its address range stays reserved where it is not enabled."""

    enabled: Flag
    region: Region
    cidr: IPv4Network
    zones: Zones


class Vault(Section):
    """The environment's Vault, which runs outside this program's reach."""

    address: HttpsUrl
    cidr: IPv4Network
    """From where Vault connects to the database, and where services reach it."""
    audit_file: Annotated[str, _matching(r"/\S+|stdout", "a file of Vault's machine, or stdout")]
    """Vault answers nobody while it cannot record: with `stdout` the log shipper empties it, and no disk fills up."""


class Service(Section):
    """The blue-green service. `replicas` and resources are the document's table."""

    namespace: Label
    name: Label
    image: Image
    port: Annotated[Whole, Field(ge=1024, le=65535)]
    health_path: Annotated[str, _matching(r"/\S*", "a path")]
    replicas: Positive
    cpu: Cpu
    memory: Memory
    auto_scaling: Flag
    min_replicas: Positive
    max_replicas: Positive
    target_cpu_percent: Annotated[Whole, Field(ge=1, le=100)]


class Cost(Section):
    """The monthly budget in US dollars, and who hears of it."""

    monthly_budget: Positive
    notify: Annotated[tuple[Email, ...], Field(min_length=1, max_length=10)]


class EnvironmentSettings(Section):
    """All settings of one environment."""

    environment: Annotated[Environment, Field(exclude=True)]
    account: Account
    region: Region
    domain: DnsName
    ownership: Ownership
    data: Data
    network: Network
    cluster: Cluster
    database: Database
    evidence: Evidence
    recovery: Recovery
    vault: Vault
    service: Service
    cost: Cost

    @property
    def regions(self) -> tuple[str, ...]:
        """Regions the environment has resources in, the primary one first."""
        return (self.region, self.recovery.region) if self.recovery.enabled else (self.region,)

    @property
    def host(self) -> str:
        """DNS name under which the service is reached."""
        return f"{self.service.name}.{self.domain}"

"""The shape of `Pulumi.<env>.yaml`: what an environment's settings are.

Groups of keys are in `stacks.sections`. What keys must be *together* is `stacks.rules`; reading them is
`stacks.loading` (files) and `stacks.configuration` (the engine). Keys are camelCase in the files, snake_case here.
"""

from typing import Annotated

from pydantic import Field

from stacks.figures import Environment
from stacks.sections.audit import Audit
from stacks.sections.cluster import Cluster
from stacks.sections.data import Database, Evidence
from stacks.sections.delivery import Service, Vault
from stacks.sections.fields import Account, DnsName, Region, Section
from stacks.sections.governance import Cost, Data, Ownership, Repository
from stacks.sections.network import Network, Recovery


class EnvironmentSettings(Section):
    """All settings of one environment."""

    environment: Annotated[Environment, Field(exclude=True)]
    account: Account
    region: Region
    domain: DnsName
    ownership: Ownership
    repository: Repository
    data: Data
    audit: Audit
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

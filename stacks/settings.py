"""The shape of `Pulumi.<env>.yaml`: what an environment's settings are.

Groups of keys are in `stacks.sections`. What keys must be *together* is `stacks.rules`; reading them is
`stacks.loading` (files) and `stacks.configuration` (the engine). Keys are camelCase in the files, snake_case here.
"""

from typing import Annotated

from pydantic import Field

from stacks.figures import Environment
from stacks.sections.cluster import Cluster
from stacks.sections.data import Database, Evidence
from stacks.sections.delivery import Scale, Service, Team, Vault
from stacks.sections.fields import Account, DnsName, Label, Region, Section
from stacks.sections.governance import Cost, Data, Ownership
from stacks.sections.network import Network, Recovery


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
    teams: Annotated[dict[Label, Team], Field(min_length=1)]
    services: dict[Label, Service]
    scale: Scale
    cost: Cost

    @property
    def regions(self) -> tuple[str, ...]:
        """Regions the environment has resources in, the primary one first."""
        return (self.region, self.recovery.region) if self.recovery.enabled else (self.region,)

    @property
    def hosts(self) -> dict[str, str]:
        """DNS names of all services."""
        return {name: self.host(name) for name in self.services}

    def host(self, service: str) -> str:
        """DNS name under which a service is reached."""
        return f"{service}.{self.domain}"

    @property
    def services_by_team(self) -> dict[str, dict[str, Service]]:
        """The services of every team, of those without any as well."""
        grouped: dict[str, dict[str, Service]] = {team: {} for team in self.teams}
        for name, service in self.services.items():
            grouped[service.team][name] = service
        return grouped

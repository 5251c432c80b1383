"""Model of `Pulumi.<env>.yaml`: the settings of one environment.

Groups of keys are in `stacks.sections` and rules across keys in `stacks.validation`. `stacks.loading` reads files and
`stacks.configuration` reads the engine's configuration. Keys are camelCase in the files and snake_case here.
"""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from components.cluster.plan import Workload
from stacks.requirements import Environment
from stacks.sections.audit import Audit
from stacks.sections.cluster import Cluster, NodeGroup, SchoolHours
from stacks.sections.data import Backup, Cache, Database, Evidence
from stacks.sections.delivery import Scale, Service, Team, Vault
from stacks.sections.edge import Edge
from stacks.sections.fields import Account, DnsName, Label, Region, Section
from stacks.sections.gitops import GitOps
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
    school_hours: SchoolHours
    database: Database
    cache: Cache
    evidence: Evidence
    backup: Backup
    recovery: Recovery
    edge: Edge
    vault: Vault
    teams: Annotated[dict[Label, Team], Field(min_length=1)]
    services: dict[Label, Service]
    scale: Scale
    gitops: GitOps
    cost: Cost

    @property
    def regions(self) -> tuple[str, ...]:
        """Regions with resources of the environment, the primary region first."""
        return (self.region, self.recovery.region) if self.recovery.enabled else (self.region,)

    @property
    def hosts(self) -> dict[str, str]:
        """DNS names of all services, by service."""
        return {name: self.host(name) for name in self.services}

    def host(self, service: str) -> str:
        """Return the DNS name of a service."""
        return f"{service}.{self.domain}"

    @property
    def revision(self) -> str:
        """Git revision that Argo CD deploys to this environment."""
        revision: str = getattr(self.gitops.revisions, self.environment)
        return revision

    @property
    def services_by_team(self) -> dict[str, dict[str, Service]]:
        """Services by team, including teams without services."""
        grouped: dict[str, dict[str, Service]] = {team: {} for team in self.teams}
        for name, service in self.services.items():
            grouped[service.team][name] = service
        return grouped

    def payer(self, workload: Workload) -> tuple[str, Team] | None:
        """Return the team that pays for a workload's machines, as (name, team).

        None means that the environment's owner pays.
        """
        return next(((name, team) for name, team in self.teams.items() if workload in team.machines), None)

    @property
    def standby_groups(self) -> Mapping[str, NodeGroup]:
        """Node groups of the DR cluster, at standby size unless scaled out."""
        if self.recovery.scaled_out:
            return self.cluster.node_groups
        return {
            name: self.cluster.node_groups[name].resized(sizes.min, sizes.desired, sizes.max)
            for name, sizes in self.recovery.node_groups.items()
        }

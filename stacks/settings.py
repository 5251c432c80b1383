"""The shape of `Pulumi.<env>.yaml`: what an environment's settings are.

Groups of keys are in `stacks.sections`. What keys must be *together* is `stacks.validation`; reading them is
`stacks.loading` (files) and `stacks.configuration` (the engine). Keys are camelCase in the files, snake_case here.
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
    def revision(self) -> str:
        """What this environment runs of the repository that Argo CD watches."""
        found: str = getattr(self.gitops.revisions, self.environment)
        return found

    @property
    def services_by_team(self) -> dict[str, dict[str, Service]]:
        """The services of every team, of those without any as well."""
        grouped: dict[str, dict[str, Service]] = {team: {} for team in self.teams}
        for name, service in self.services.items():
            grouped[service.team][name] = service
        return grouped

    def payer(self, workload: Workload) -> tuple[str, Team] | None:
        """The team that pays for the machines of this kind of work, with its name; None: the environment's owner."""
        return next(((name, team) for name, team in self.teams.items() if workload in team.machines), None)

    @property
    def standby_groups(self) -> Mapping[str, NodeGroup]:
        """The DR cluster's node groups: the primary's, with a standby's sizes unless it is scaled out."""
        if self.recovery.scaled_out:
            return self.cluster.node_groups
        waiting = self.recovery.node_groups.items()
        return {
            name: self.cluster.node_groups[name].resized(sizes.min, sizes.desired, sizes.max) for name, sizes in waiting
        }

"""Rules of teams and services: quotas, owners, images and unique names."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from components.cluster.plan import Workload
from components.delivery.registries import is_from_repository
from components.delivery.rollout_plan import COLOUR_SUFFIXES
from components.gitops.project_plan import RESERVED
from components.secrets.agent_plan import CONTAINERS
from components.secrets.plan import ROLE_OF
from stacks.errors import Mistake
from stacks.parsed_values import ParsedValues
from stacks.requirements import REPLICA_CAP, Environment
from stacks.sections.delivery import Service, Team
from stacks.validation.base import Mistakes, SettingsRule

RESERVED_NAMESPACES = RESERVED | {"kube-public", "kube-node-lease", "vault-auth"}
"""Names that teams cannot have: namespaces of Kubernetes and the platform, and Argo CD projects.

Each team has a namespace and an Argo CD project with the team's name.
"""
STANDBY_SUFFIX = "-dr"
"""Suffix of the standby's resource names."""
RESERVED_SERVICE_ACCOUNTS = frozenset({"default", "ci-cd"})
"""Service accounts that exist in every team's namespace."""
MAX_SERVICE_NAME = 64 - max(len(f"campus-{environment}-service-{STANDBY_SUFFIX}") for environment in Environment)
"""Maximum length of a service name.

IAM allows 64 characters in a role name ("IAM and AWS STS quotas"). Kubernetes would allow more.
"""


def replicas_are_ordered(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Check that replica counts are ordered, capped, and equal if scaling is off."""
    keys = ("scale.minReplicas", "scale.replicas", "scale.maxReplicas")
    for (low, low_value), (high, high_value) in pairwise((key, values[key]) for key in keys):
        if low_value > high_value:
            yield Mistake(low, f"{low_value} is more than {high} ({high_value})")
    if values["scale.maxReplicas"] > REPLICA_CAP:
        yield Mistake("scale.maxReplicas", f"{values['scale.maxReplicas']} is above the cap of {REPLICA_CAP}")
    if values["scale.autoScaling"] is False and len({values[key] for key in keys}) > 1:
        yield Mistake("scale.autoScaling", "is off, so minReplicas and maxReplicas must equal replicas")


def team_names_are_not_reserved(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Check that a team's name is not a reserved namespace."""
    for name in sorted(RESERVED_NAMESPACES & values["teams"].keys()):
        yield Mistake(f"teams.{name}", "is a reserved namespace; rename the team")


def team_quotas_are_not_empty(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Check that a team without services has room for job pods."""
    busy = {service.team for service in values["services"].values()}
    for name, team in values["teams"].items():
        if name not in busy and not team.job_pods:
            yield Mistake(
                f"teams.{name}.jobPods", "0 leaves an empty quota, because the team has no service; set at least 1"
            )


def workloads_are_charged_to_one_team(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Check that no workload is charged to two teams."""
    payers: dict[Workload, str] = {}
    for name, team in values["teams"].items():
        for workload in team.machines:
            if workload in payers:
                other = f"teams.{payers[workload]}.machines"
                sentence = f"{workload} is also in {other}; only one team can pay for a node group"
                yield Mistake(f"teams.{name}.machines", sentence)
            payers.setdefault(workload, name)


def services_belong_to_a_team(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Check that each service belongs to a team that may use the service's image."""
    teams: Mapping[str, Team] = values["teams"]
    for name, service in values["services"].items():
        team = teams.get(service.team)
        if team is None:
            yield Mistake(
                f"services.{name}.team", f"{service.team} is not one of the teams ({', '.join(sorted(teams))})"
            )
        elif not is_from_repository(service.image, team.image_repositories):
            repositories = ", ".join(team.image_repositories)
            sentence = f"{service.image} is not in an image repository of {service.team} ({repositories})"
            yield Mistake(f"services.{name}.image", sentence)


def agent_image_is_allowed(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Check that teams whose services use the database may run Vault Agent's image."""
    image, teams = values["vault.agentImage"], values["teams"]
    teams_with_agents = {service.team for service in values["services"].values() if service.database in ROLE_OF}
    for name in sorted(teams_with_agents & teams.keys()):
        allowed = teams[name].image_repositories
        if not is_from_repository(image, allowed):
            yield Mistake("vault.agentImage", f"{image} is not in an image repository of {name} ({', '.join(allowed)})")


def service_names_are_unique(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Check that service names are unique, not reserved, and not too long for IAM."""
    services: Mapping[str, Service] = values["services"]
    for name in services:
        key = f"services.{name}"
        if name in RESERVED_SERVICE_ACCOUNTS:
            yield Mistake(key, "is the name of a service account that every namespace has; rename the service")
        if name in CONTAINERS:
            yield Mistake(key, "is the name of a container that Vault's injector adds to pods; rename the service")
        if len(name) > MAX_SERVICE_NAME:
            yield Mistake(
                key, f"is longer than {MAX_SERVICE_NAME} characters, so the service's IAM role name would be too long"
            )
        for other in _services_with_colour(name, services):
            yield Mistake(key, f"is also the name of a Kubernetes Service of services.{other}; rename one of them")
        if (other := name.removesuffix(STANDBY_SUFFIX)) != name and other in services:
            yield Mistake(key, f"is also the name of services.{other} in the DR region; rename one of them")


def _services_with_colour(name: str, services: Iterable[str]) -> Iterator[str]:
    for colour in COLOUR_SUFFIXES:
        if name.endswith(colour) and (other := name.removesuffix(colour)) in services:
            yield other


RULES: tuple[SettingsRule, ...] = (
    replicas_are_ordered,
    team_names_are_not_reserved,
    team_quotas_are_not_empty,
    workloads_are_charged_to_one_team,
    services_belong_to_a_team,
    agent_image_is_allowed,
    service_names_are_unique,
)

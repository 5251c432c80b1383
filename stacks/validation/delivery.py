"""Teams have room, services have a team, and names meet nowhere in a cluster."""

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

TAKEN_NAMESPACES = RESERVED | {"kube-public", "kube-node-lease", "vault-auth"}
"""Namespaces of Kubernetes and of the platform itself, and Argo CD's projects: a team's project has its name too."""
STANDBY = "-dr"
"""What follows the names of the standby's resources in the program."""
TAKEN_ACCOUNTS = frozenset({"default", "ci-cd"})
"""Service accounts that every team's namespace has already."""
LONGEST_SERVICE = 64 - max(len(f"campus-{environment}-service-{STANDBY}") for environment in Environment)
"""IAM's limit on a role's name ("IAM and AWS STS quotas") in the longest of ours; Kubernetes would allow more."""


def replicas_are_in_order(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Replicas lie between their bounds, the bounds under the cap, and all are equal where nothing scales."""
    keys = ("scale.minReplicas", "scale.replicas", "scale.maxReplicas")
    for (low, low_value), (high, high_value) in pairwise((key, values[key]) for key in keys):
        if low_value > high_value:
            yield Mistake(low, f"{low_value} is more than {high} ({high_value})")
    if values["scale.maxReplicas"] > REPLICA_CAP:
        yield Mistake("scale.maxReplicas", f"{values['scale.maxReplicas']} is above the cap of {REPLICA_CAP}")
    if values["scale.autoScaling"] is False and len({values[key] for key in keys}) > 1:
        yield Mistake("scale.autoScaling", "is off, so minReplicas and maxReplicas must equal replicas")


def teams_have_a_namespace_of_their_own(_environment: Environment, values: ParsedValues) -> Mistakes:
    """A team's name is free in the cluster."""
    for name in sorted(TAKEN_NAMESPACES & values["teams"].keys()):
        yield Mistake(f"teams.{name}", "is a namespace of the platform's own; name the team otherwise")


def teams_have_room(_environment: Environment, values: ParsedValues) -> Mistakes:
    """A quota of no pods at all is a mistake."""
    busy = {service.team for service in values["services"].values()}
    for name, team in values["teams"].items():
        if name not in busy and not team.job_pods:
            yield Mistake(f"teams.{name}.jobPods", "0 leaves room for nothing: the team has no service either")


def machines_are_paid_for_once(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Two teams cannot be charged for the same node group."""
    payers: dict[Workload, str] = {}
    for name, team in values["teams"].items():
        for workload in team.machines:
            if workload in payers:
                sentence = f"{workload} is also in teams.{payers[workload]}.machines; one team pays for a node group"
                yield Mistake(f"teams.{name}.machines", sentence)
            payers.setdefault(workload, name)


def services_belong_to_a_team(_environment: Environment, values: ParsedValues) -> Mistakes:
    """Each service's team is one of the teams, and may use the service's image."""
    teams: Mapping[str, Team] = values["teams"]
    for name, service in values["services"].items():
        team = teams.get(service.team)
        if team is None:
            yield Mistake(f"services.{name}.team", f"{service.team} is not one of teams ({', '.join(sorted(teams))})")
        elif not is_from_repository(service.image, team.image_repositories):
            yield Mistake(
                f"services.{name}.image",
                f"{service.image} is in no image repository of {service.team} ({', '.join(team.image_repositories)})",
            )


def agents_are_let_in(_environment: Environment, values: ParsedValues) -> Mistakes:
    """A team whose service reads in the database may run the Vault Agent that brings it its credentials."""
    image, teams = values["vault.agentImage"], values["teams"]
    asking = {service.team for service in values["services"].values() if service.database in ROLE_OF}
    for name in sorted(asking & teams.keys()):
        allowed = teams[name].image_repositories
        if not is_from_repository(image, allowed):
            yield Mistake("vault.agentImage", f"{image} is in no image repository of {name} ({', '.join(allowed)})")


def names_of_services_are_free(_environment: Environment, values: ParsedValues) -> Mistakes:
    """A service's name is nobody else's: no account's, agent's or colour's of another; nor too long for a colour."""
    services: Mapping[str, Service] = values["services"]
    for name in services:
        key = f"services.{name}"
        if name in TAKEN_ACCOUNTS:
            yield Mistake(key, "is a service account of every namespace; name the service otherwise")
        if name in CONTAINERS:
            yield Mistake(key, "is a container that Vault's injector adds to the pod; name the service otherwise")
        if len(name) > LONGEST_SERVICE:
            yield Mistake(key, f"is longer than {LONGEST_SERVICE} letters, the most that its IAM role has room for")
        for other in _whose_colours(name, services):
            yield Mistake(key, f"is also the name of a colour of services.{other}; name one of them otherwise")
        if (other := name.removesuffix(STANDBY)) != name and other in services:
            yield Mistake(key, f"is also what services.{other} is called in the DR region; name one of them otherwise")


def _whose_colours(name: str, services: Iterable[str]) -> Iterator[str]:
    for colour in COLOUR_SUFFIXES:
        if name.endswith(colour) and (other := name.removesuffix(colour)) in services:
            yield other


RULES: tuple[SettingsRule, ...] = (
    replicas_are_in_order,
    teams_have_a_namespace_of_their_own,
    teams_have_room,
    machines_are_paid_for_once,
    services_belong_to_a_team,
    agents_are_let_in,
    names_of_services_are_free,
)

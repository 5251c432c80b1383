"""The access matrix of one environment: for everybody what they have in AWS, in each cluster, and in Vault."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from operations.access import aws, kubernetes, vault
from operations.access.aws import AwsRole
from operations.access.kubernetes import Binding, Door, Rule
from operations.access.vault import Held, Path
from operations.access.who import Kind, Who
from operations.bootstrap.place import Place
from operations.recording import Graph
from stacks.access import Persona
from stacks.requirements import Environment


@dataclass
class Rights:
    """What somebody has."""

    aws: set[str] = field(default_factory=set)
    """Names of the IAM roles that they may take on."""
    kubernetes: dict[str, set[Binding]] = field(default_factory=lambda: defaultdict(set))
    """By cluster."""
    vault: set[Held] = field(default_factory=set)

    @property
    def nothing(self) -> bool:
        """Whether they have nothing at all."""
        return not (self.aws or self.kubernetes or self.vault)


@dataclass(frozen=True)
class Matrix:
    """Rows by who, and what the names in them stand for."""

    environment: Environment
    account: str
    clusters: tuple[str, ...]
    rows: Mapping[Who, Rights]
    entrance: Door
    aws_roles: Mapping[str, AwsRole]
    kubernetes_roles: Mapping[str, tuple[Rule, ...]]
    vault_policies: Mapping[str, tuple[Path, ...]]


def matrix(graph: Graph, place: Place) -> Matrix:
    """Read an environment's program, and what was bootstrapped for it. Every persona has a row, empty or not."""
    aws_roles = {role.name: role for role in (*aws.program_roles(graph), *aws.pipeline_roles(place))}
    entrance = kubernetes.door(graph, _takers(graph, aws_roles))
    rows: dict[Who, Rights] = defaultdict(Rights)
    for persona in Persona:
        rows[Who(Kind.PEOPLE, persona)] = Rights()
    for role in aws_roles.values():
        for who in role.takers:
            rows[who].aws.add(role.name)
    for who, cluster, binding in kubernetes.bindings(graph, entrance):
        rows[who].kubernetes[cluster].add(binding)
    groups = {group: who for (_, group), who in entrance.groups.items()}
    for who, held in vault.held(graph, groups):
        rows[who].vault.add(held)
    return Matrix(
        environment=Environment(graph.exports["environment"]),
        account=place.account,
        clusters=tuple(sorted({node["name"] for node in graph.all("eks.Cluster")})),
        rows=dict(sorted(rows.items())),
        entrance=entrance,
        aws_roles=dict(sorted(aws_roles.items())),
        kubernetes_roles=kubernetes.roles(graph),
        vault_policies=vault.policies(graph),
    )


def _takers(graph: Graph, roles: Mapping[str, AwsRole]) -> dict[str, Who]:
    """Who takes a role on, by its name and by the ARN that the recording has for it; roles that one alone takes."""
    by_name = {name: role.takers[0] for name, role in roles.items() if len(role.takers) == 1}
    by_arn = {node.arn: by_name[node["name"]] for node in graph.all("iam.Role") if node["name"] in by_name}
    return {**by_name, **by_arn}

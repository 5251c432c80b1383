"""Access matrix of one environment: grants in AWS, each cluster and Vault."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from operations.access import aws, kubernetes, vault
from operations.access.aws import AwsRole
from operations.access.kubernetes import AccessEntries, Binding, Rule
from operations.access.principals import Principal, PrincipalKind
from operations.access.vault import Path, VaultGrant
from operations.bootstrap.context import AccountContext
from operations.recording import Graph
from stacks.access import Persona
from stacks.requirements import Environment


@dataclass
class Grants:
    """Grants of one principal."""

    aws: set[str] = field(default_factory=set)
    """Names of the IAM roles that the principal may assume."""
    kubernetes: dict[str, set[Binding]] = field(default_factory=lambda: defaultdict(set))
    """Role bindings by cluster."""
    vault: set[VaultGrant] = field(default_factory=set)

    @property
    def nothing(self) -> bool:
        """True if there are no grants."""
        return not (self.aws or self.kubernetes or self.vault)


@dataclass(frozen=True)
class Matrix:
    """Grants by principal, with the roles and policies that the grants name."""

    environment: Environment
    account: str
    clusters: tuple[str, ...]
    rows: Mapping[Principal, Grants]
    access_entries: AccessEntries
    aws_roles: Mapping[str, AwsRole]
    kubernetes_roles: Mapping[str, tuple[Rule, ...]]
    vault_policies: Mapping[str, tuple[Path, ...]]


def matrix(graph: Graph, context: AccountContext) -> Matrix:
    """Return the access matrix of an environment's program and of its bootstrap roles.

    Every persona has a row, even without grants.
    """
    aws_roles = {role.name: role for role in (*aws.program_roles(graph), *aws.pipeline_roles(context))}
    access_entries = kubernetes.access_entries(graph, _principals(graph, aws_roles))
    rows: dict[Principal, Grants] = defaultdict(Grants)
    for persona in Persona:
        rows[Principal(PrincipalKind.PEOPLE, persona)] = Grants()
    for role in aws_roles.values():
        for principal in role.principals:
            rows[principal].aws.add(role.name)
    for principal, cluster, binding in kubernetes.bindings(graph, access_entries):
        rows[principal].kubernetes[cluster].add(binding)
    groups = {group: principal for (_, group), principal in access_entries.groups.items()}
    for principal, grant in vault.grants(graph, groups):
        rows[principal].vault.add(grant)
    return Matrix(
        environment=Environment(graph.exports["environment"]),
        account=context.account,
        clusters=tuple(sorted({node["name"] for node in graph.all("eks.Cluster")})),
        rows=dict(sorted(rows.items())),
        access_entries=access_entries,
        aws_roles=dict(sorted(aws_roles.items())),
        kubernetes_roles=kubernetes.roles(graph),
        vault_policies=vault.policies(graph),
    )


def _principals(graph: Graph, roles: Mapping[str, AwsRole]) -> dict[str, Principal]:
    """Return the principals of roles with a single principal, by role name and ARN."""
    by_name = {name: role.principals[0] for name, role in roles.items() if len(role.principals) == 1}
    by_arn = {node.arn: by_name[node["name"]] for node in graph.all("iam.Role") if node["name"] in by_name}
    return {**by_name, **by_arn}

"""Cluster layer: the primary cluster and the roles of people with access."""

from components.cluster.args import AccessGrant
from components.identity.persona_plan import session_seconds
from components.identity.persona_roles import PersonaRoles, PersonaRolesArgs
from stacks.access import ACCESS, group
from stacks.layers.base import Layer
from stacks.layers.foundation import FoundationOutputs
from stacks.layers.network import NetworkOutputs
from stacks.layers.regional_cluster import ClusterOutputs, RegionalClusterArgs, deploy_cluster
from stacks.settings import EnvironmentSettings


def cluster(settings: EnvironmentSettings, base: FoundationOutputs, network: NetworkOutputs) -> ClusterOutputs:
    """Deploy the roles of people, then the cluster that grants them access."""
    layer = Layer("Cluster", base.context.with_feature("cluster"), [base.aws])
    args = RegionalClusterArgs(
        layer=layer,
        suffix="",
        network=network.primary,
        zones=settings.cluster.node_zones,
        keys=base.keys,
        people=_people(settings, layer),
        node_groups=settings.cluster.node_groups,
    )
    return deploy_cluster(settings, args)


def _people(settings: EnvironmentSettings, layer: Layer) -> list[AccessGrant]:
    """Deploy an IAM role per persona of `stacks.access`, with its Kubernetes group."""
    personas = tuple(ACCESS[settings.environment])
    roles = PersonaRoles(
        "people",
        PersonaRolesArgs(
            context=layer.context.with_feature("access"),
            personas=personas,
            session_seconds=session_seconds(production_like=settings.environment.production_like),
        ),
        layer.child_options(),
    )
    return [AccessGrant(persona, roles.arns[persona], (group(persona),)) for persona in personas]

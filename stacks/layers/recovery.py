"""Recovery layer: the warm standby cluster in the DR region."""

from dataclasses import dataclass

from stacks.layers.base import Layer
from stacks.layers.foundation import FoundationOutputs
from stacks.layers.network import NetworkOutputs
from stacks.layers.regional_cluster import ClusterOutputs, RegionalClusterArgs, deploy_cluster
from stacks.settings import EnvironmentSettings

SUFFIX = "-dr"


@dataclass(frozen=True)
class RecoveryOutputs:
    """The standby cluster; None without a DR region."""

    cluster: ClusterOutputs | None


def recovery(
    settings: EnvironmentSettings, base: FoundationOutputs, network: NetworkOutputs, cluster: ClusterOutputs
) -> RecoveryOutputs:
    """Deploy the standby cluster. In a disaster, it only needs more nodes.

    The people with access to the primary cluster also have access to the standby. Nodes use every zone, because a
    standby has few nodes and fewer zones would save nothing.
    """
    if network.recovery is None:
        return RecoveryOutputs(None)
    layer = Layer("Recovery", base.recovery_context.with_feature("recovery"), [base.aws])
    args = RegionalClusterArgs(
        layer=layer,
        suffix=SUFFIX,
        network=network.recovery,
        zones=settings.recovery.zones,
        keys=base.recovery_keys,
        people=cluster.people,
        node_groups=settings.standby_groups,
        fixed_sizes=True,
    )
    return RecoveryOutputs(deploy_cluster(settings, args))

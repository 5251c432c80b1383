"""The DR region's warm standby: a cluster like the primary's with as few machines as wait there, or as many as run."""

from dataclasses import dataclass

from stacks.layers.base import Layer
from stacks.layers.foundation import FoundationOutputs
from stacks.layers.network import NetworkOutputs
from stacks.layers.regional_cluster import ClusterOutputs, RegionalClusterArgs, deploy_cluster
from stacks.settings import EnvironmentSettings

SUFFIX = "-dr"


@dataclass(frozen=True)
class RecoveryOutputs:
    """How the standby is reached; None where there is no DR region."""

    cluster: ClusterOutputs | None


def recovery(
    settings: EnvironmentSettings, base: FoundationOutputs, network: NetworkOutputs, cluster: ClusterOutputs
) -> RecoveryOutputs:
    """All of a cluster that takes long to make exists before the disaster; only machines are missing.

    The same people have access as in the primary. Machines stand in every zone: a standby has few, and saves none by
    standing together.
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

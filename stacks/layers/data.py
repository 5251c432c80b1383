"""The data of one environment: database, cache, evidence, Vault's snapshots, backups; with copies in the DR region."""

from dataclasses import dataclass

import pulumi

from components.keys.plan import PUBLISHERS, Purpose
from components.notices.topic import NoticeTopic, NoticeTopicArgs
from stacks.layers.backups import backups
from stacks.layers.base import Layer
from stacks.layers.cache import CacheOutputs, cache
from stacks.layers.database import database
from stacks.layers.foundation import FoundationOutputs
from stacks.layers.network import NetworkOutputs
from stacks.layers.regional_cluster import ClusterOutputs
from stacks.layers.stores import Notices, evidence, vault_snapshots
from stacks.settings import EnvironmentSettings


@dataclass(frozen=True)
class DataOutputs:
    """Where data is. `replica_*`, `*_dr` are None where there is no DR region."""

    address: pulumi.Output[str]
    port: pulumi.Output[int]
    username: pulumi.Output[str]
    password: pulumi.Output[str]
    replica_address: pulumi.Output[str] | None
    replica_arn: pulumi.Output[str] | None
    cache: CacheOutputs
    evidence_bucket: pulumi.Output[str]
    evidence_bucket_dr: pulumi.Output[str] | None
    access_log_bucket: pulumi.Output[str]
    """Takes logs by the time that its name is known."""
    access_log_bucket_dr: pulumi.Output[str] | None
    vault_snapshot_bucket: pulumi.Output[str]
    vault_snapshot_bucket_dr: pulumi.Output[str] | None
    backup_vault: pulumi.Output[str]
    backup_vault_dr: pulumi.Output[str] | None
    notices: pulumi.Output[str]
    """ARN of the topic that hears of failed backups and late copies."""


def data(
    settings: EnvironmentSettings, base: FoundationOutputs, network: NetworkOutputs, cluster: ClusterOutputs
) -> DataOutputs:
    """Stores first, then what copies and backs them up."""
    layer = Layer("Data", base.placement, [base.aws])
    notices = _notices(base, layer)
    records = database(settings, base, network, layer)
    proofs = evidence(settings, base, layer, notices.primary)
    snapshots = vault_snapshots(settings, base, layer, topic=notices.primary, proofs=proofs, cluster=cluster.name)
    vaults = backups(settings, base, layer, notices, [records.primary.arn])
    return DataOutputs(
        address=records.primary.address,
        port=records.primary.port,
        username=records.primary.username,
        password=records.primary.password,
        replica_address=records.replica.address if records.replica else None,
        replica_arn=records.replica.arn if records.replica else None,
        cache=cache(settings, base, network.primary, layer),
        evidence_bucket=proofs.primary.evidence.name,
        evidence_bucket_dr=proofs.copy.evidence.name if proofs.copy else None,
        access_log_bucket=proofs.primary.access_logs.granted,
        access_log_bucket_dr=proofs.copy.access_logs.granted if proofs.copy else None,
        vault_snapshot_bucket=snapshots.primary.name,
        vault_snapshot_bucket_dr=snapshots.copy.name if snapshots.copy else None,
        backup_vault=vaults.primary.name,
        backup_vault_dr=vaults.copy.name if vaults.copy else None,
        notices=notices.primary,
    )


def _notices(base: FoundationOutputs, layer: Layer) -> Notices:
    """A topic in each region, for AWS tells of a vault or a bucket only in its own."""
    regions = {"": (base.placement, base.keys), "-dr": (base.recovery_placement, base.recovery_keys)}
    topics = {
        suffix: NoticeTopic(
            f"data-notices{suffix}",
            NoticeTopicArgs(
                placement=place.feature("backup"),
                role=f"data-notices{suffix}",
                key=keys[Purpose.NOTICES],
                services=PUBLISHERS,
            ),
            layer.inside(),
        ).arn
        for suffix, (place, keys) in regions.items()
        if Purpose.NOTICES in keys
    }
    return Notices(topics[""], topics.get("-dr"))

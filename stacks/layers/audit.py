"""Who did what in the account, who is told of it, and what nobody can switch off by mistake."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions

from components.audit.alarms import Notices, NoticesArgs, TrailAlarms, TrailAlarmsArgs
from components.audit.copies import Archive, ArchiveCopies, ArchiveCopiesArgs
from components.audit.detection import Detection, DetectionArgs
from components.audit.guards import AccountGuards, AccountGuardsArgs, RegionGuards, RegionGuardsArgs
from components.audit.plan import WATCHES
from components.audit.recording import ConfigurationHistory, ConfigurationHistoryArgs, Recorder, RecorderArgs
from components.audit.trail import AuditTrail, AuditTrailArgs
from components.base import Placement
from components.edge.plan import HEALTH_REGION
from components.keys.plan import Purpose
from stacks.layers.base import Layer
from stacks.layers.foundation import FoundationOutputs
from stacks.settings import EnvironmentSettings


@dataclass(frozen=True)
class AuditOutputs:
    """Where the record is, and how people are told of what must not wait."""

    trail_arn: pulumi.Output[str]
    alert_topics: Mapping[str, pulumi.Output[str]]
    """ARNs of encrypted topics to which alarms of their region may publish, by region: where alarms stand."""


def audit(settings: EnvironmentSettings, base: FoundationOutputs) -> AuditOutputs:
    """The trail first; then recorder, detection and guards in every region that the environment uses."""
    layer = Layer("Audit", base.placement.feature("audit"), [base.aws])
    place = layer.placement
    trail = _trail(settings, base, layer)
    alert_topics = _alert_topics(settings, base, layer)
    if settings.audit.alarms:
        TrailAlarms(
            "trail-alarm",
            TrailAlarmsArgs(
                placement=place, log_group=trail.log_group, topic=alert_topics[place.region], watches=WATCHES
            ),
            layer.inside(),
        )
    history = _history(settings, base, layer, trail)
    AccountGuards("account-guards", AccountGuardsArgs(placement=place), layer.inside())
    _region(layer, place, base.keys[Purpose.VOLUMES], history)
    if settings.recovery.enabled:
        away = place.moved_to(settings.recovery.region)
        archives = [Archive(trail.archive, locked=not settings.data.destroyable), Archive(history.store, locked=False)]
        _copies(settings, base, layer, archives=archives, topic=alert_topics[place.region])
        _region(layer, away, base.recovery_keys[Purpose.VOLUMES], history, suffix="-dr")
    return AuditOutputs(trail.arn, alert_topics)


def _trail(settings: EnvironmentSettings, base: FoundationOutputs, layer: Layer) -> AuditTrail:
    return AuditTrail(
        "trail",
        AuditTrailArgs(
            placement=layer.placement,
            key=base.keys[Purpose.AUDIT],
            logs_key=base.keys[Purpose.LOGS],
            log_days=settings.audit.trail_log_days,
            archive_years=settings.audit.archive_years,
            locked=not settings.data.destroyable,
            insights=settings.audit.insights,
        ),
        layer.inside(),
    )


def _history(
    settings: EnvironmentSettings, base: FoundationOutputs, layer: Layer, trail: AuditTrail
) -> ConfigurationHistory:
    """Kept as long as the trail; who reads either is told in one place."""
    return ConfigurationHistory(
        "configuration-history",
        ConfigurationHistoryArgs(
            placement=layer.placement,
            key=base.keys[Purpose.AUDIT],
            years=settings.audit.archive_years,
            emptied_on_destroy=settings.data.destroyable,
            access_logs=trail.access_logs,
        ),
        layer.inside(),
    )


def _copies(
    settings: EnvironmentSettings,
    base: FoundationOutputs,
    layer: Layer,
    *,
    archives: Sequence[Archive],
    topic: pulumi.Output[str],
) -> None:
    """What a lost region must not take with it."""
    ArchiveCopies(
        "record-dr",
        ArchiveCopiesArgs(
            placement=layer.placement.moved_to(settings.recovery.region),
            archives=archives,
            archives_key=base.keys[Purpose.AUDIT],
            key=base.recovery_keys[Purpose.AUDIT],
            years=settings.audit.archive_years,
            log_days=settings.audit.trail_log_days,
            emptied_on_destroy=settings.data.destroyable,
            topic=topic,
        ),
        layer.inside(),
    )


def _alert_topics(
    settings: EnvironmentSettings, base: FoundationOutputs, layer: Layer
) -> dict[str, pulumi.Output[str]]:
    """A topic where the trail's alarms stand, and one where Route 53's do, if only the DR region is that."""
    keys = {settings.region: base.keys[Purpose.AUDIT]}
    if settings.recovery.enabled and settings.recovery.region == HEALTH_REGION:
        keys[HEALTH_REGION] = base.recovery_keys[Purpose.AUDIT]
    return {
        region: Notices(
            f"security-notices{'' if region == settings.region else '-dr'}",
            NoticesArgs(placement=layer.placement.moved_to(region), key=key, notify=settings.audit.notify),
            layer.inside(),
        ).topic
        for region, key in keys.items()
    }


def _region(
    layer: Layer, place: Placement, volumes_key: pulumi.Output[str], history: ConfigurationHistory, *, suffix: str = ""
) -> None:
    """The hub comes after the recorder: its controls judge by what that has recorded."""
    recorder = Recorder(
        f"recorder{suffix}", RecorderArgs(placement=place, history=history, worldwide=not suffix), layer.inside()
    )
    recorded = layer.inside(ResourceOptions(depends_on=[recorder]))
    Detection(f"detection{suffix}", DetectionArgs(placement=place), recorded)
    RegionGuards(f"region-guards{suffix}", RegionGuardsArgs(placement=place, volumes_key=volumes_key), layer.inside())

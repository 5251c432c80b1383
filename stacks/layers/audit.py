"""Audit layer: trail, alarms, AWS Config, threat detection and security defaults."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions

from components.audit.alarms import SecurityAlertTopic, SecurityAlertTopicArgs, TrailAlarms, TrailAlarmsArgs
from components.audit.aws_config import (
    ConfigurationHistory,
    ConfigurationHistoryArgs,
    ConfigurationRecorder,
    ConfigurationRecorderArgs,
)
from components.audit.copies import Archive, ArchiveCopies, ArchiveCopiesArgs
from components.audit.detection import Detection, DetectionArgs
from components.audit.plan import METRIC_FILTERS
from components.audit.security_defaults import (
    AccountSecurityDefaults,
    AccountSecurityDefaultsArgs,
    RegionSecurityDefaults,
    RegionSecurityDefaultsArgs,
)
from components.audit.trail import AuditTrail, AuditTrailArgs
from components.base import DeploymentContext
from components.edge.plan import HEALTH_REGION
from components.keys.plan import Purpose
from stacks.layers.base import Layer
from stacks.layers.foundation import FoundationOutputs
from stacks.settings import EnvironmentSettings


@dataclass(frozen=True)
class AuditOutputs:
    """Trail and alert topics."""

    trail_arn: pulumi.Output[str]
    alert_topics: Mapping[str, pulumi.Output[str]]
    """ARNs of encrypted topics by region. Alarms may publish to the topic of their own region."""


def audit(settings: EnvironmentSettings, base: FoundationOutputs) -> AuditOutputs:
    """Deploy the trail, then AWS Config, detection and security defaults per region."""
    layer = Layer("Audit", base.context.with_feature("audit"), [base.aws])
    place = layer.context
    trail = _trail(settings, base, layer)
    alert_topics = _alert_topics(settings, base, layer)
    if settings.audit.alarms:
        TrailAlarms(
            "trail-alarm",
            TrailAlarmsArgs(
                context=place,
                log_group=trail.log_group,
                topic=alert_topics[place.region],
                metric_filters=METRIC_FILTERS,
            ),
            layer.child_options(),
        )
    history = _history(settings, base, layer, trail)
    AccountSecurityDefaults("account-guards", AccountSecurityDefaultsArgs(context=place), layer.child_options())
    _region(layer, place, base.keys[Purpose.VOLUMES], history)
    if settings.recovery.enabled:
        away = place.with_region(settings.recovery.region)
        archives = [Archive(trail.archive, locked=not settings.data.destroyable), Archive(history.store, locked=False)]
        _copies(settings, base, layer, archives=archives, topic=alert_topics[place.region])
        _region(layer, away, base.recovery_keys[Purpose.VOLUMES], history, suffix="-dr")
    return AuditOutputs(trail.arn, alert_topics)


def _trail(settings: EnvironmentSettings, base: FoundationOutputs, layer: Layer) -> AuditTrail:
    return AuditTrail(
        "trail",
        AuditTrailArgs(
            context=layer.context,
            key=base.keys[Purpose.AUDIT],
            logs_key=base.keys[Purpose.LOGS],
            log_days=settings.audit.trail_log_days,
            archive_years=settings.audit.archive_years,
            locked=not settings.data.destroyable,
            insights=settings.audit.insights,
        ),
        layer.child_options(),
    )


def _history(
    settings: EnvironmentSettings, base: FoundationOutputs, layer: Layer, trail: AuditTrail
) -> ConfigurationHistory:
    """Deploy the configuration history with the trail's retention."""
    return ConfigurationHistory(
        "configuration-history",
        ConfigurationHistoryArgs(
            context=layer.context,
            key=base.keys[Purpose.AUDIT],
            years=settings.audit.archive_years,
            force_destroy=settings.data.destroyable,
            access_logs=trail.access_logs,
        ),
        layer.child_options(),
    )


def _copies(
    settings: EnvironmentSettings,
    base: FoundationOutputs,
    layer: Layer,
    *,
    archives: Sequence[Archive],
    topic: pulumi.Output[str],
) -> None:
    """Deploy copies of the archives in the DR region."""
    ArchiveCopies(
        "record-dr",
        ArchiveCopiesArgs(
            context=layer.context.with_region(settings.recovery.region),
            archives=archives,
            source_key=base.keys[Purpose.AUDIT],
            key=base.recovery_keys[Purpose.AUDIT],
            years=settings.audit.archive_years,
            log_days=settings.audit.trail_log_days,
            force_destroy=settings.data.destroyable,
            topic=topic,
        ),
        layer.child_options(),
    )


def _alert_topics(
    settings: EnvironmentSettings, base: FoundationOutputs, layer: Layer
) -> dict[str, pulumi.Output[str]]:
    """Deploy topics in the primary region and in the region of Route 53's alarms."""
    keys = {settings.region: base.keys[Purpose.AUDIT]}
    if settings.recovery.enabled and settings.recovery.region == HEALTH_REGION:
        keys[HEALTH_REGION] = base.recovery_keys[Purpose.AUDIT]
    return {
        region: SecurityAlertTopic(
            f"security-notices{'' if region == settings.region else '-dr'}",
            SecurityAlertTopicArgs(context=layer.context.with_region(region), key=key, notify=settings.audit.notify),
            layer.child_options(),
        ).topic
        for region, key in keys.items()
    }


def _region(
    layer: Layer,
    place: DeploymentContext,
    volumes_key: pulumi.Output[str],
    history: ConfigurationHistory,
    *,
    suffix: str = "",
) -> None:
    """Deploy the recorder, threat detection and security defaults of one region.

    Security Hub depends on the recorder, because its controls evaluate recorded configurations.
    """
    recorder = ConfigurationRecorder(
        f"recorder{suffix}",
        ConfigurationRecorderArgs(context=place, history=history, include_global_resources=not suffix),
        layer.child_options(),
    )
    after_recorder = layer.child_options(ResourceOptions(depends_on=[recorder]))
    Detection(f"detection{suffix}", DetectionArgs(context=place), after_recorder)
    RegionSecurityDefaults(
        f"region-guards{suffix}",
        RegionSecurityDefaultsArgs(context=place, volumes_key=volumes_key),
        layer.child_options(),
    )

"""The table: declarations by AWS service."""

from collections.abc import Mapping

from rehearsal.providers.aws.table import RecordedType, ResourceType
from rehearsal.providers.aws.types import (
    audit,
    autoscaling,
    backup,
    balancing,
    compute,
    configuration,
    cost_explorer,
    dns,
    dynamodb,
    eks,
    elasticache,
    iam,
    kms,
    messaging,
    network,
    observability,
    peering,
    rds,
    registry,
    s3,
    secrets,
    security_groups,
    web_firewall,
)

_TYPES: tuple[ResourceType | RecordedType, ...] = (
    *network.TYPES,
    *security_groups.TYPES,
    *compute.TYPES,
    *s3.TYPES,
    *iam.TYPES,
    *kms.TYPES,
    *eks.TYPES,
    *autoscaling.TYPES,
    *rds.TYPES,
    *elasticache.TYPES,
    *backup.TYPES,
    *observability.TYPES,
    *cost_explorer.TYPES,
    *messaging.TYPES,
    *secrets.TYPES,
    *dynamodb.TYPES,
    *balancing.TYPES,
    *dns.TYPES,
    *registry.TYPES,
    *peering.TYPES,
    *web_firewall.TYPES,
    *audit.TYPES,
    *configuration.TYPES,
)

TABLE: Mapping[str, ResourceType | RecordedType] = {token: kind for kind in _TYPES for token in kind.tokens}
"""Every declared type by token."""

"""Objects that the emulated AWS stores, counted in moto's backends."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from moto.backends import get_backend

ACCOUNT = "123456789012"
REGIONS = ("us-east-1", "us-west-2", "aws")
TAGS = "moto may keep tags after a deletion. The check *recreated* shows that a new resource does not get them."
KEPT = {
    "Cluster.updates": "EKS keeps the history of updates of a cluster.",
    "CostExplorerBackend.allocation_tags": "Cost Explorer keeps the status of a cost allocation tag.",
    "DBInstance.replicas": "moto shares this list with the copy of the instance in a snapshot.",
    "Detector.features": "GuardDuty keeps the status of a feature.",
    "EC2Backend.launch_template_insert_order": "It is an index of moto, which no API returns.",
    "EC2Backend.nat_gateways": "EC2 describes a deleted NAT gateway for about an hour.",
    "EC2Backend.tags": TAGS,
    "EC2Backend.vpc_end_points": "EC2 describes a deleted VPC endpoint for some time.",
    "EC2Backend.vpc_pcxs": "EC2 describes a deleted peering connection for about two hours.",
    "FakeBucket.keys": "S3 delivers access logs as objects.",
    "FakeSecret.versions": "Secrets Manager keeps the versions of a secret.",
    "KmsBackend.keys": "KMS deletes a key after a waiting period of 7 to 30 days.",
    "RDSBackend.db_parameter_groups": "RDS creates the default parameter group of a family with the first instance.",
    "RDSBackend.events": "RDS keeps events for 14 days.",
    "RDSBackend.resource_map": "It is an index of moto, which no API returns.",
    "Route53Backend.resource_tags": TAGS,
    "TaggingService.tags": TAGS,
}
"""Attributes that may have more entries after a deletion, each with the reason."""


def stored_objects(services: Iterable[str]) -> Counter[str]:
    """Count the objects of each class, and the entries of each container."""
    counts: Counter[str] = Counter()
    seen: set[int] = set()
    for service in services:
        backends = get_backend(service)[ACCOUNT]  # type: ignore[call-overload]  # the service is a variable
        for region in REGIONS:
            if region in backends.regions:
                _count(backends[region], service, counts, seen)
    return counts


def leftovers(before: Counter[str], after: Counter[str]) -> dict[str, int]:
    """Return the objects and entries that were added and not removed."""
    return dict(sorted((after - before).items()))


def _count(value: Any, label: str, counts: Counter[str], seen: set[int]) -> None:
    if isinstance(value, str | bytes | int | float | None) or id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, Mapping):
        counts[label] += sum(1 for item in value.values() if not _is_empty(item))
        for item in list(value.values()):
            _count(item, label, counts, seen)
    elif isinstance(value, list | set | tuple | frozenset):
        counts[label] += len(value)
        for item in list(value):
            _count(item, label, counts, seen)
    elif type(value).__module__.startswith("moto.") and type(value).__module__ != "moto.core.model":
        counts[type(value).__name__] += 1
        for name, attribute in vars(value).items():
            label = f"{type(value).__name__}.{name}"
            if label not in KEPT:
                _count(attribute, label, counts, seen)


def _is_empty(value: Any) -> bool:
    return isinstance(value, Mapping | list | set | tuple) and not value

"""The evidence store of one region: the evidence bucket and the bucket that records who touched it."""

from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions

from components.base import PlacedArgs, PlatformComponent
from components.storage.bucket import BucketArgs, PrivateBucket, access_logs
from components.storage.plan import evidence_lifecycle


@dataclass(frozen=True, kw_only=True)
class EvidenceArgs(PlacedArgs):
    """How long evidence is kept, and whether even its owner is kept from deleting it."""

    suffix: str
    """Empty in the primary region, `-dr` in the other: bucket names are worldwide."""
    key: pulumi.Input[str]
    object_lock: bool
    retention_years: int
    cold_after_days: int
    archive_after_days: int
    access_log_retention_days: int
    emptied_on_destroy: bool


class EvidenceStore(PlatformComponent):
    """Evidence and its access log. Outputs: evidence, access_logs (both PrivateBucket)."""

    def __init__(self, name: str, args: EvidenceArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:storage:EvidenceStore", name, args.placement, opts)
        self.access_logs = PrivateBucket(
            f"{name}-access-logs",
            access_logs(
                args.placement.feature("audit"),
                f"access-logs{args.suffix}",
                days=args.access_log_retention_days,
                emptied_on_destroy=args.emptied_on_destroy,
            ),
            self.inside(),
        )
        self.evidence = PrivateBucket(
            name,
            BucketArgs(
                placement=args.placement,
                role=f"evidence{args.suffix}",
                lifecycle=evidence_lifecycle(args.retention_years, args.cold_after_days, args.archive_after_days),
                emptied_on_destroy=args.emptied_on_destroy,
                key=args.key,
                lock_years=args.retention_years if args.object_lock else None,
                access_logs=self.access_logs.granted,
            ),
            self.inside(),
        )
        self.register_outputs({})

"""Evidence store of one region: the evidence bucket and its access log bucket."""

from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions

from components.base import ComponentArgs, PlatformComponent
from components.storage.bucket import BucketArgs, PrivateBucket, access_log_bucket_args
from components.storage.plan import evidence_lifecycle


@dataclass(frozen=True, kw_only=True)
class EvidenceArgs(ComponentArgs):
    """Retention, lock and key of the evidence store."""

    suffix: str
    """Empty in the primary region, `-dr` in the DR region.

    Bucket names are global, so the names in the two regions must differ.
    """
    key: pulumi.Input[str]
    object_lock: bool
    retention_years: int
    cold_after_days: int
    archive_after_days: int
    access_log_retention_days: int
    force_destroy: bool


class EvidenceStore(PlatformComponent):
    """Evidence bucket and access log bucket.

    Outputs: evidence, access_logs (both PrivateBucket).
    """

    def __init__(self, name: str, args: EvidenceArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:storage:EvidenceStore", name, args.context, opts)
        self.access_logs = PrivateBucket(
            f"{name}-access-logs",
            access_log_bucket_args(
                args.context.with_feature("audit"),
                f"access-logs{args.suffix}",
                days=args.access_log_retention_days,
                force_destroy=args.force_destroy,
            ),
            self.child_options(),
        )
        self.evidence = PrivateBucket(
            name,
            BucketArgs(
                context=args.context,
                role=f"evidence{args.suffix}",
                lifecycle=evidence_lifecycle(args.retention_years, args.cold_after_days, args.archive_after_days),
                force_destroy=args.force_destroy,
                key=args.key,
                lock_years=args.retention_years if args.object_lock else None,
                access_logs=self.access_logs.name_after_policy,
            ),
            self.child_options(),
        )
        self.register_outputs({})

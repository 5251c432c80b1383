"""Copies of the CloudTrail and AWS Config archives in another region."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions

from components.audit.plan import archive_lifecycle
from components.base import ComponentArgs, PlatformComponent
from components.storage.bucket import BucketArgs, PrivateBucket, access_log_bucket_args
from components.storage.replication import Replication, ReplicationArgs


@dataclass(frozen=True)
class Archive:
    """An audit archive to copy to another region."""

    bucket: PrivateBucket
    locked: bool
    """True if Object Lock protects the bucket and its copy.

    Not even the root user can bypass the lock.
    """


@dataclass(frozen=True, kw_only=True)
class ArchiveCopiesArgs(ComponentArgs):
    """Archives to copy to the region of the context."""

    archives: Sequence[Archive]
    """All archives must be in the same region."""
    source_key: pulumi.Input[str]
    """ARN of the KMS key of the source buckets."""
    key: pulumi.Input[str]
    """ARN of the KMS key of the copies."""
    years: int
    log_days: int
    force_destroy: bool
    topic: pulumi.Input[str]
    """ARN of a topic in the archives' region for alerts about late or failed copies."""


class ArchiveCopies(PlatformComponent):
    """Replica buckets in the DR region: one per archive, with its retention and lock.

    One access log bucket serves all copies.
    """

    def __init__(self, name: str, args: ArchiveCopiesArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:audit:ArchiveCopies", name, args.context, opts)
        access_log_bucket = PrivateBucket(
            f"{name}-access-logs",
            access_log_bucket_args(
                args.context,
                "trail-access-logs-dr",
                days=args.log_days,
                force_destroy=args.force_destroy,
            ),
            self.child_options(),
        )
        for archive in args.archives:
            self._copy(f"{name}-{archive.bucket.role}", archive, args, access_log_bucket)
        self.register_outputs({})

    def _copy(self, name: str, archive: Archive, args: ArchiveCopiesArgs, access_log_bucket: PrivateBucket) -> None:
        copy = PrivateBucket(
            name,
            BucketArgs(
                context=args.context,
                role=f"{archive.bucket.role}-dr",
                lifecycle=archive_lifecycle(args.years),
                force_destroy=args.force_destroy,
                key=args.key,
                lock_years=args.years if archive.locked else None,
                access_logs=access_log_bucket.name_after_policy,
            ),
            self.child_options(),
        )
        Replication(
            f"{name}-replication",
            ReplicationArgs(
                context=archive.bucket.context,
                role=archive.bucket.role,
                source=archive.bucket,
                source_key=args.source_key,
                target=copy,
                target_key=args.key,
                topic=args.topic,
            ),
            self.child_options(),
        )

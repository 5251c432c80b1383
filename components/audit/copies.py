"""Copies of an account's record in another region: what happened, and what resources looked like."""

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
    """A bucket that is copied."""

    bucket: PrivateBucket
    locked: bool
    """Whether nobody, root included, deletes or overwrites the copy within its years, as it is with the bucket."""


@dataclass(frozen=True, kw_only=True)
class ArchiveCopiesArgs(ComponentArgs):
    """What is copied to the placement's region."""

    archives: Sequence[Archive]
    """All of one region."""
    source_key: pulumi.Input[str]
    """Encrypts their objects where they are."""
    key: pulumi.Input[str]
    """Encrypts them where they are copied to."""
    years: int
    log_days: int
    force_destroy: bool
    topic: pulumi.Input[str]
    """ARN of a topic of the archives' region that hears of late copies."""


class ArchiveCopies(PlatformComponent):
    """For each archive a bucket that keeps as long and as firmly, and the replication into it; one for access logs."""

    def __init__(self, name: str, args: ArchiveCopiesArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:audit:ArchiveCopies", name, args.context, opts)
        readers = PrivateBucket(
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
            self._copy(f"{name}-{archive.bucket.role}", archive, args, readers)
        self.register_outputs({})

    def _copy(self, name: str, archive: Archive, args: ArchiveCopiesArgs, readers: PrivateBucket) -> None:
        copy = PrivateBucket(
            name,
            BucketArgs(
                context=args.context,
                role=f"{archive.bucket.role}-dr",
                lifecycle=archive_lifecycle(args.years),
                force_destroy=args.force_destroy,
                key=args.key,
                lock_years=args.years if archive.locked else None,
                access_logs=readers.name_after_policy,
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

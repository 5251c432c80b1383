"""A copy of the trail's archive in another region, which a lost region does not take with it."""

from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions

from components.audit.plan import archive_lifecycle
from components.base import PlacedArgs, PlatformComponent
from components.storage.bucket import BucketArgs, PrivateBucket
from components.storage.plan import LifecyclePlan, log_delivery
from components.storage.replication import Replication, ReplicationArgs


@dataclass(frozen=True, kw_only=True)
class TrailCopyArgs(PlacedArgs):
    """What is copied to the placement's region."""

    archive: PrivateBucket
    archive_key: pulumi.Input[str]
    """Encrypts the trail's files where they are."""
    key: pulumi.Input[str]
    """Encrypts them where they are copied to."""
    log_days: int
    archive_years: int
    locked: bool
    topic: pulumi.Input[str]
    """ARN of a topic of the archive's region that hears of late copies."""


class TrailCopy(PlatformComponent):
    """A bucket that keeps as long and as firmly as the archive, what reads it, and the replication into it."""

    def __init__(self, name: str, args: TrailCopyArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:audit:TrailCopy", name, args.placement, opts)
        access_logs = PrivateBucket(
            f"{name}-access-logs",
            BucketArgs(
                placement=args.placement,
                role="trail-access-logs-dr",
                lifecycle=LifecyclePlan(args.log_days),
                emptied_on_destroy=not args.locked,
                grants=lambda arn: log_delivery(arn, args.placement.account),
            ),
            self.inside(),
        )
        copy = PrivateBucket(
            f"{name}-archive",
            BucketArgs(
                placement=args.placement,
                role="trail-dr",
                lifecycle=archive_lifecycle(args.archive_years),
                emptied_on_destroy=not args.locked,
                key=args.key,
                lock_years=args.archive_years if args.locked else None,
                access_logs=access_logs.granted,
            ),
            self.inside(),
        )
        Replication(
            f"{name}-replication",
            ReplicationArgs(
                placement=args.archive.placement,
                role=args.archive.role,
                source=args.archive,
                source_key=args.archive_key,
                target=copy,
                target_key=args.key,
                topic=args.topic,
            ),
            self.inside(),
        )
        self.register_outputs({})

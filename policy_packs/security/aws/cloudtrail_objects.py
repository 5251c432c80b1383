"""CloudTrail: the buckets whose objects the trails record."""

from typing import Final

from policy_packs.kernel.registry import Stack, StackFindings, stack_rule
from policy_packs.security.aws.cloudtrail import TRAIL, recorded_objects
from policy_packs.security.aws.s3 import BUCKETS, DELIVERY_CHANNEL, REPLICATION, log_buckets, target_buckets
from policy_packs.security.references import source_urns

BUCKET_ARN: Final = "arn:aws:s3:::"
"""Beginning of the ARNs of all buckets."""


@stack_rule("trail-must-see-every-bucket")
def every_bucket(stack: Stack) -> StackFindings:
    """A trail that records only the objects of other buckets does not show who read a student's data.

    Buckets that receive logs are left out, and so are their copies: a record of each delivered log would only be
    another log.
    """
    trails = stack.of_type(TRAIL)
    if not trails:
        return
    recorded = tuple(beginning for trail in trails for beginning in recorded_objects(trail))
    if any(BUCKET_ARN.startswith(each) for each in recorded):
        return
    exempt = _receivers_of_logs(stack)
    for bucket in stack.of_type(*BUCKETS):
        if bucket.urn not in exempt and not f"{BUCKET_ARN}{bucket.text('bucket')}/".startswith(recorded):
            yield (
                bucket,
                (
                    f"No trail records reads and writes of the objects in bucket {bucket.name}. Add its ARN to the "
                    "trail's selector of objects, or select the objects of all buckets."
                ),
            )


def _receivers_of_logs(stack: Stack) -> frozenset[str]:
    """Return the URNs of buckets that receive logs, and of their copies."""
    receivers = (
        log_buckets(stack)
        | target_buckets(stack, stack.of_type(TRAIL), "s3BucketName")
        | target_buckets(stack, stack.of_type(DELIVERY_CHANNEL), "s3BucketName")
    )
    copies = [each for each in stack.of_type(REPLICATION) if source_urns([each], "bucket") & receivers]
    return receivers | source_urns(copies, "rules")

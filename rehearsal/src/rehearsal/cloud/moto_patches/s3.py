"""S3: bucket policies, replication rules and the quota of buckets."""

import json
from fnmatch import fnmatchcase
from typing import Any, ClassVar

from moto.core.common_types import TYPE_RESPONSE
from moto.core.responses import ActionResult
from moto.s3 import models, responses
from moto.s3.exceptions import S3ClientError
from typing_extensions import override

from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.moto_patches.principals import entity_exists
from rehearsal.cloud.patches import Patches
from rehearsal.cloud.principals import as_list, invalid_principal, names_service
from rehearsal.cloud.quotas import QUOTAS, granted_quotas

LOGGING_SERVICE = "logging.s3.amazonaws.com"
BUCKETS = QUOTAS["s3/L-DC2B2D3D"]


class FakeBucket(models.FakeBucket):
    """Bucket whose policy can allow log delivery with a wildcard."""

    original: ClassVar[type[models.FakeBucket]]

    @staticmethod
    @override
    def _log_permissions_enabled_policy(target_bucket: models.FakeBucket, target_prefix: str | None) -> bool:
        if not target_bucket.policy:
            return False
        objects = f"arn:{target_bucket.partition}:s3:::{target_bucket.name}/{target_prefix or ''}"
        return any(_allows(statement, objects) for statement in as_list(json.loads(target_bucket.policy)["Statement"]))


class S3Backend(models.S3Backend):
    """Backend that checks principals and a quota, and deletes tags of deleted buckets."""

    original: ClassVar[type[models.S3Backend]]

    bucket_quota: int

    @override
    def create_bucket(self, bucket_name: str, region_name: str, *args: Any, **settings: Any) -> models.FakeBucket:
        if len(self.buckets) >= self.bucket_quota and bucket_name not in self.buckets:
            message = f"You have attempted to create more buckets than allowed (quota {BUCKETS.key}: {BUCKETS.name})"
            raise S3ClientError(BUCKETS.error, message)
        return S3Backend.original.create_bucket(self, bucket_name, region_name, *args, **settings)

    @override
    def put_bucket_policy(self, bucket_name: str, policy: bytes) -> None:
        text = policy.decode() if isinstance(policy, bytes) else policy
        if invalid_principal(text, self.account_id, lambda arn: entity_exists(self.account_id, self.partition, arn)):
            raise S3ClientError("MalformedPolicy", "Invalid principal in policy")
        S3Backend.original.put_bucket_policy(self, bucket_name, policy)

    @override
    def delete_bucket(self, bucket_name: str) -> models.FakeBucket | None:
        arn = self.get_bucket(bucket_name).arn
        deleted = S3Backend.original.delete_bucket(self, bucket_name)
        if deleted is not None:
            self.tagger.delete_all_tags_for_resource(arn)
        return deleted


class S3Response(responses.S3Response):
    """Replication rules with filters and delete markers."""

    original: ClassVar[type[responses.S3Response]]

    @override
    def get_bucket_replication(self) -> TYPE_RESPONSE | str:
        configuration: Any = self.backend.get_bucket_replication(self.bucket_name)
        if not configuration:
            return S3Response.original.get_bucket_replication(self)
        self.data["Action"] = "GetBucketReplication"
        rules = [_replication_rule(rule) for rule in configuration["Rule"]]
        answer = {"ReplicationConfiguration": {"Role": configuration["Role"], "Rules": rules}}
        return self.serialized(ActionResult(answer))


def _replication_rule(parsed: dict[str, Any]) -> dict[str, Any]:
    """Return a replication rule as it was requested.

    Restores empty filters and prefixes, which XML parsing turned into None.
    """
    parsed_filter = parsed.get("Filter") or {"Prefix": ""}
    return {**parsed, "Filter": {name: "" if value is None else value for name, value in parsed_filter.items()}}


def _allows(statement: dict[str, Any], objects: str) -> bool:
    return (
        statement.get("Effect") == "Allow"
        and names_service(statement, LOGGING_SERVICE)
        and any(fnmatchcase("s3:PutObject", action) for action in as_list(statement.get("Action")))
        and any(fnmatchcase(f"{objects}log", resource) for resource in as_list(statement.get("Resource")))
    )


def install(patches: Patches) -> None:
    """Patch moto's S3."""
    patches.install(FakeBucket)
    patches.install(S3Backend, bucket_quota=granted_quotas()[BUCKETS.key])
    patches.install(S3Response)


MOTO_PATCHES = (
    MotoPatch(
        name="s3-deleted-bucket-tags",
        moto="keeps the tags of a deleted bucket, and a new bucket of the same name gets them",
        aws="deletes the tags too",
        source="S3 DeleteBucket, GetBucketTagging",
        upstream="to file: S3: Delete tags in DeleteBucket",
    ),
    MotoPatch(
        name="s3-log-delivery-policy",
        moto="logs to a bucket only if its policy has a statement for exactly the target prefix",
        aws="accepts any statement that covers the target prefix",
        source="S3 User Guide, Enabling Amazon S3 server access logging, permissions for log delivery",
        upstream="to file: S3: Accept bucket policies with wildcards in PutBucketLogging",
    ),
    MotoPatch(
        name="s3-replication-rules",
        moto="returns every replication rule with an empty filter and delete markers disabled",
        aws="returns every replication rule as requested",
        source="S3 GetBucketReplication",
        upstream="to file: S3: Return Filter and DeleteMarkerReplication in GetBucketReplication",
    ),
    MotoPatch(
        name="s3-policy-principals",
        moto="accepts a bucket policy whose principals do not exist",
        aws="rejects it with MalformedPolicy",
        source="S3 User Guide, Principals for bucket policies",
        upstream="to file: S3: Validate the principals in PutBucketPolicy",
    ),
    MotoPatch(
        name="s3-bucket-quota",
        moto="creates any number of buckets",
        aws="rejects buckets beyond the quota with TooManyBuckets",
        source="S3 CreateBucket; S3 User Guide, General purpose bucket quotas",
        upstream="none: moto's users expect no quotas",
    ),
)

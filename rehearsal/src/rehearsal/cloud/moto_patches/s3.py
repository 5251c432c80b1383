"""S3: bucket policies for log delivery, and replication rules."""

import json
from fnmatch import fnmatchcase
from typing import Any, ClassVar

from moto.core.common_types import TYPE_RESPONSE
from moto.core.responses import ActionResult
from moto.s3 import models, responses
from typing_extensions import override

from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.patches import Patches

LOGGING_SERVICE = "logging.s3.amazonaws.com"


class FakeBucket(models.FakeBucket):
    """Bucket whose policy can allow log delivery with a wildcard."""

    original: ClassVar[type[models.FakeBucket]]

    @staticmethod
    @override
    def _log_permissions_enabled_policy(target_bucket: models.FakeBucket, target_prefix: str | None) -> bool:
        if not target_bucket.policy:
            return False
        objects = f"arn:{target_bucket.partition}:s3:::{target_bucket.name}/{target_prefix or ''}"
        return any(_allows(statement, objects) for statement in _as_list(json.loads(target_bucket.policy)["Statement"]))


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
    principal = statement.get("Principal")
    services = _as_list(principal.get("Service")) if isinstance(principal, dict) else _as_list(principal)
    return (
        statement.get("Effect") == "Allow"
        and bool({LOGGING_SERVICE, "*"} & set(services))
        and any(fnmatchcase("s3:PutObject", action) for action in _as_list(statement.get("Action")))
        and any(fnmatchcase(f"{objects}log", resource) for resource in _as_list(statement.get("Resource")))
    )


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def install(patches: Patches) -> None:
    """Patch moto's S3."""
    patches.install(FakeBucket)
    patches.install(S3Response)


MOTO_PATCHES = (
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
)

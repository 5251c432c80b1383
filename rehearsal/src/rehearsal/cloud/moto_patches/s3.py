"""S3: which bucket policies let the logging service deliver, and what replication rules say."""

import json
from fnmatch import fnmatchcase
from typing import Any

from moto.core.responses import ActionResult
from moto.s3 import models, responses

from rehearsal.cloud.moto_patches.base import MotoPatch
from rehearsal.cloud.patches import Patches

LOGGING = "logging.s3.amazonaws.com"


def log_delivery_policy(patches: Patches) -> None:
    """Let a policy whose resource covers the prefix, by wildcard, be enough."""
    patches.replace(models.FakeBucket, "_log_permissions_enabled_policy", staticmethod(_may_deliver))


def replication_rules(patches: Patches) -> None:
    """Show replication rules as they were given, filters and delete markers included."""

    def wrapper(original: Any) -> Any:
        def get_bucket_replication(self: Any) -> Any:
            kept = self.backend.get_bucket_replication(self.bucket_name)
            if not kept:
                return original(self)
            self.data["Action"] = "GetBucketReplication"
            rules = [_shown(rule) for rule in kept["Rule"]]
            return self.serialized(ActionResult({"ReplicationConfiguration": {"Role": kept["Role"], "Rules": rules}}))

        return get_bucket_replication

    patches.wrap(responses.S3Response, "get_bucket_replication", wrapper)


def _shown(rule: dict[str, Any]) -> dict[str, Any]:
    """The rule as it was parsed from XML, in which an empty filter or prefix became None."""
    chosen = {name: "" if value is None else value for name, value in (rule.get("Filter") or {"Prefix": ""}).items()}
    return {**rule, "Filter": chosen}


def _may_deliver(target_bucket: Any, target_prefix: str | None) -> bool:
    if not target_bucket.policy:
        return False
    objects = f"arn:{target_bucket.partition}:s3:::{target_bucket.name}/{target_prefix or ''}"
    return any(_allows(statement, objects) for statement in _list(json.loads(target_bucket.policy)["Statement"]))


def _allows(statement: dict[str, Any], objects: str) -> bool:
    principal = statement.get("Principal")
    services = _list(principal.get("Service")) if isinstance(principal, dict) else _list(principal)
    return (
        statement.get("Effect") == "Allow"
        and bool({LOGGING, "*"} & set(services))
        and any(fnmatchcase("s3:PutObject", action) for action in _list(statement.get("Action")))
        and any(fnmatchcase(f"{objects}log", resource) for resource in _list(statement.get("Resource")))
    )


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


MOTO_PATCHES = (
    MotoPatch(
        "s3-log-delivery-policy",
        "wants a policy statement for exactly the target prefix before it logs to a bucket",
        "takes any statement that covers it",
        "S3 User Guide, Enabling Amazon S3 server access logging, permissions for log delivery",
        log_delivery_policy,
    ),
    MotoPatch(
        "s3-replication-rules",
        "shows every replication rule with an empty filter and delete markers off",
        "shows it as it was given",
        "S3 GetBucketReplication",
        replication_rules,
    ),
)

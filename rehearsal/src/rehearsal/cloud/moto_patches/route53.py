"""Route 53: query logging to CloudWatch Logs."""

import json
import re
from collections.abc import Sequence
from typing import Any, ClassVar

from moto.logs.models import logs_backends
from moto.route53 import models
from moto.route53.exceptions import Route53ClientError
from moto.route53.models import QueryLoggingConfig
from typing_extensions import override

from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.patches import Patches

LOGS_REGION = "us-east-1"
"""The only region whose log groups Route 53 writes to."""


class Route53Backend(models.Route53Backend):
    """Query logging that requires permission to write to the log group."""

    original: ClassVar[type[models.Route53Backend]]

    @override
    def create_query_logging_config(self, hosted_zone_id: str, log_group_arn: str) -> QueryLoggingConfig:
        arn = log_group_arn.removesuffix(":*")
        policies = logs_backends[self.account_id][LOGS_REGION].resource_policies.values()
        if not any(_allows_writing(json.loads(policy.policy_document), arn) for policy in policies):
            raise Route53ClientError(
                "InsufficientCloudWatchLogsResourcePolicy",
                "The resource policy that you're using for Route 53 query logging doesn't grant Route 53 "
                "sufficient permission to create a log stream in the specified log group.",
            )
        config = Route53Backend.original.create_query_logging_config(self, hosted_zone_id, f"{arn}:*")
        config.cloud_watch_logs_log_group_arn = log_group_arn
        return config


def _allows_writing(document: Any, log_group_arn: str) -> bool:
    for statement in _as_list(document["Statement"]):
        services = _as_list((statement.get("Principal") or {}).get("Service"))
        patterns = [re.escape(resource).replace(r"\*", ".*") for resource in _as_list(statement.get("Resource"))]
        covered = any(re.fullmatch(pattern, f"{log_group_arn}:log-stream:x") for pattern in patterns)
        if statement.get("Effect") == "Allow" and "route53.amazonaws.com" in services and covered:
            return True
    return False


def _as_list(value: Any) -> Sequence[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def install(patches: Patches) -> None:
    """Patch moto's Route 53."""
    patches.install(Route53Backend)


MOTO_PATCHES = (
    MotoPatch(
        name="route53-query-log-group",
        moto="requires `:*` at the end of the log group's ARN, but no resource policy",
        aws="accepts the ARN without `:*`, and requires a resource policy that allows Route 53 to write",
        source="Route 53 CreateQueryLoggingConfig",
        upstream="to file: Route53: Accept plain ARNs and check the resource policy in CreateQueryLoggingConfig",
    ),
)

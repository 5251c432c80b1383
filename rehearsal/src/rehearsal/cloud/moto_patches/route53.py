"""Route 53: changes of records, and query logging to CloudWatch Logs."""

import json
import re
from typing import Any, ClassVar

from moto.logs.models import logs_backends
from moto.route53 import models
from moto.route53.exceptions import ResourceRecordAlreadyExists, Route53ClientError
from moto.route53.models import QueryLoggingConfig
from typing_extensions import override

from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.patches import Patches
from rehearsal.cloud.principals import as_list

LOGS_REGION = "us-east-1"
"""The only region whose log groups Route 53 writes to."""


RecordKey = tuple[str, str, str | None]
"""Name, type and set identifier of a record: unique in a zone. The name is in lower case, without the final dot."""


class Route53Backend(models.Route53Backend):
    """Record changes and query logging with AWS's checks."""

    original: ClassVar[type[models.Route53Backend]]

    @override
    def create_hosted_zone(self, name: str, *args: Any, **settings: Any) -> models.FakeZone:
        zone = Route53Backend.original.create_hosted_zone(self, name.lower(), *args, **settings)
        self.delegation_sets = {key: reusable for key, reusable in self.delegation_sets.items() if reusable.id}
        return zone

    @override
    def update_health_check(self, health_check_id: str, health_check_args: dict[str, Any]) -> models.HealthCheck:
        changes = {name: value for name, value in health_check_args.items() if value != []}  # absent lists are empty
        return Route53Backend.original.update_health_check(self, health_check_id, changes)

    @override
    def change_resource_record_sets(self, zoneid: str, change_list: list[dict[str, Any]]) -> None:
        zone = self.get_hosted_zone(zoneid)
        _check_changes(zone, change_list)
        records, journal = list(zone.rrsets), list(zone.rr_changes)
        try:
            for change in change_list:
                self.change_record(zone, change)
        except Route53ClientError:  # AWS applies either all changes of a batch or none
            zone.rrsets, zone.rr_changes[:] = records, journal
            raise

    def change_record(self, zone: models.FakeZone, change: dict[str, Any]) -> None:
        """Apply one change to the record with the same name, type and set identifier.

        Moto compares each change with its list of earlier changes, so this method keeps only the last change of each
        live record in the list.
        """
        change["ResourceRecordSet"]["Name"] = change["ResourceRecordSet"]["Name"].lower()
        key, deleted, records = _key_of_change(change), change["Action"] == "DELETE", list(zone.rrsets)
        Route53Backend.original.change_resource_record_sets(self, zone.id, [change])
        if deleted:
            zone.rrsets = [record for record in records if _key_of_record(record) != key]
        last = zone.rr_changes[-1]
        others = [entry for entry in zone.rr_changes if _key_of_change(entry) != key]
        zone.rr_changes[:] = others if deleted else [*others, last]

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


def _check_changes(zone: models.FakeZone, change_list: list[dict[str, Any]]) -> None:
    """Reject the creation of a live record, and the deletion of a missing one."""
    present = {_key_of_record(record) for record in zone.rrsets}
    for change in change_list:
        key = _key_of_change(change)
        if change["Action"] == "CREATE" and key in present:
            raise ResourceRecordAlreadyExists(name=f"{key[0]}.", _type=key[1])
        if change["Action"] == "DELETE" and key not in present:
            message = f"Tried to delete resource record set [name='{key[0]}.', type='{key[1]}'] but it was not found"
            raise Route53ClientError("InvalidChangeBatch", message)
        present = present - {key} if change["Action"] == "DELETE" else present | {key}


def _key_of_change(change: dict[str, Any]) -> RecordKey:
    record = change["ResourceRecordSet"]
    return _key(record["Name"], record["Type"], record.get("SetIdentifier"))


def _key_of_record(record: models.RecordSet) -> RecordKey:
    return _key(record.name, str(record.type), record.set_identifier)


def _key(name: str, record_type: str, set_identifier: str | None) -> RecordKey:
    return name.strip(".").lower(), record_type, set_identifier or None


def _allows_writing(document: Any, log_group_arn: str) -> bool:
    for statement in as_list(document["Statement"]):
        services = as_list((statement.get("Principal") or {}).get("Service"))
        patterns = [re.escape(resource).replace(r"\*", ".*") for resource in as_list(statement.get("Resource"))]
        covered = any(re.fullmatch(pattern, f"{log_group_arn}:log-stream:x") for pattern in patterns)
        if statement.get("Effect") == "Allow" and "route53.amazonaws.com" in services and covered:
            return True
    return False


def install(patches: Patches) -> None:
    """Patch moto's Route 53."""
    patches.install(Route53Backend)


MOTO_PATCHES = (
    MotoPatch(
        name="route53-health-check-lists",
        moto="removes regions and child health checks in UpdateHealthCheck, unless the request has them",
        aws="keeps settings that the request lacks",
        source="Route 53 UpdateHealthCheck",
        upstream="to file: Route53: Keep Regions and ChildHealthChecks in UpdateHealthCheck",
    ),
    MotoPatch(
        name="route53-delegation-set",
        moto="lists the delegation set of each zone as reusable, even after the zone is deleted",
        aws="lists only reusable delegation sets",
        source="Route 53 CreateHostedZone, ListReusableDelegationSets",
        upstream="to file: Route53: List only reusable delegation sets in ListReusableDelegationSets",
    ),
    MotoPatch(
        name="route53-record-changes",
        moto="compares a change with earlier changes, not with the existing records; it therefore rejects a record "
        "that was deleted and created again, accepts a second record of the same name, and deletes all records with "
        "the same set identifier",
        aws="compares each change with the live record of its name, type and set identifier; applies all or none",
        source="Route 53 ChangeResourceRecordSets",
        upstream="to file: Route53: Compare changes with live records in ChangeResourceRecordSets",
    ),
    MotoPatch(
        name="route53-lower-case",
        moto="keeps upper case in the names of zones and records",
        aws="stores names in lower case",
        source="Route 53 CreateHostedZone, ChangeResourceRecordSets",
        upstream="to file: Route53: Store names in lower case",
    ),
    MotoPatch(
        name="route53-query-log-group",
        moto="requires `:*` at the end of the log group's ARN, but no resource policy",
        aws="accepts the ARN without `:*`, and requires a resource policy that allows Route 53 to write",
        source="Route 53 CreateQueryLoggingConfig",
        upstream="to file: Route53: Accept plain ARNs and check the resource policy in CreateQueryLoggingConfig",
    ),
)

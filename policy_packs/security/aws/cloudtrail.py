"""CloudTrail: a validated and encrypted multi-region trail."""

import re
from collections.abc import Iterator

from policy_packs.kernel.registry import Findings, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Fields, Resource
from policy_packs.security.aws.ec2_vpc import VPC
from policy_packs.security.property_rules import presence_rule, value_rule

TRAIL = "aws:cloudtrail/trail:Trail"
OBJECT_EVENTS = "AWS::S3::Object"
EVERY_OBJECT = "arn:aws:s3"
EVERY_EVENT = (None, "All")
# A prefix of objects would follow the slash. Without the slash, the text is the beginning of buckets' names.
WHOLE_BUCKETS = re.compile(r"arn:aws[a-z-]*:s3(:::([a-z0-9.-]+/?)?)?")

validated = value_rule(
    "trail-must-prove-itself",
    on=TRAIL,
    path="enableLogFileValidation",
    allowed=(True,),
    covers=["CKV_AWS_36", "CIS-AWS 3.2"],
    rationale="Log file validation proves that nobody changed the log after it was written.",
    fix="Set enable_log_file_validation=True.",
)
all_regions = value_rule(
    "trail-must-be-of-all-regions",
    on=TRAIL,
    path="isMultiRegionTrail",
    allowed=(True,),
    covers=["CKV_AWS_67", "CIS-AWS 3.1"],
    rationale="Attackers prefer regions that nobody monitors, so the trail must record all of them.",
    fix="Set is_multi_region_trail=True.",
)
encrypted_trail = presence_rule(
    "trail-must-be-encrypted",
    on=TRAIL,
    path="kmsKeyId",
    covers=["CKV_AWS_35", "CIS-AWS 3.5"],
    rationale="The log shows how the account is built and who works in it, so only auditors may decrypt it.",
    fix="Set kms_key_id to the environment's audit key.",
)
to_logs = presence_rule(
    "trail-must-be-watched",
    on=TRAIL,
    path="cloudWatchLogsGroupArn",
    covers=["CKV2_AWS_10"],
    rationale="Alarms need the log in CloudWatch. A log that is only in a bucket is read too late, after an incident.",
    fix="Set cloud_watch_logs_group_arn and cloud_watch_logs_role_arn.",
)
logging_enabled = value_rule(
    "trail-must-be-logging",
    on=TRAIL,
    path="enableLogging",
    allowed=(None, True),
    covers=["CKV_AWS_251"],
    severity=Severity.CRITICAL,
    rationale="A trail with logging switched off is easily mistaken for a working one.",
    fix="Leave out enable_logging, because logging is on by default.",
)
global_services = value_rule(
    "trail-must-include-global-services",
    on=TRAIL,
    path="includeGlobalServiceEvents",
    allowed=(None, True),
    rationale="IAM is a global service, so a trail without global service events records no changes to permissions.",
    fix="Leave out include_global_service_events, because it is on by default.",
)


@rule("trail-must-see-all-management", on=TRAIL, severity=Severity.CRITICAL)
def management_events(trail: Resource) -> Findings:
    """Changes to permissions, keys and logs are management events. What a trail leaves out, no alarm can see.

    One selector must record all of them, because a trail records the events that any of its selectors matches. A trail
    without selectors records all management events.

    Source: CloudTrail API Reference, "EventSelector" and "AdvancedEventSelector".
    """
    basic = tuple(trail.each("eventSelectors"))
    advanced = tuple(trail.each("advancedEventSelectors"))
    if not basic and not advanced:
        return
    if not any(map(_records_management, basic)) and not any(map(_selects_management, advanced)):
        yield (
            "The trail does not record all management events. Add a selector whose only field is eventCategory with "
            "the value Management, or an event selector of all reads and writes without excluded event sources."
        )


@rule("trail-must-see-objects", on=TRAIL, covers=["CIS-AWS 3.8", "CIS-AWS 3.9"])
def object_events(trail: Resource) -> Findings:
    """Nobody can tell who read a student's data unless the trail selects data events.

    A selector that also selects names of events, single objects or callers does not count.
    """
    if not recorded_objects(trail):
        yield (
            f"The trail does not record reads and writes of objects. Select data events of type {OBJECT_EVENTS}, of "
            "all buckets or of whole buckets, with no further field."
        )


def recorded_objects(trail: Resource) -> tuple[str, ...]:
    """Return the beginnings of the ARNs of objects that a trail records.

    Reads and writes must both be recorded. Each covers one bucket or several, never a part of a bucket.

    Source: CloudTrail API Reference, "DataResource" and "AdvancedFieldSelector".
    """
    selected = [
        *(value for selector in trail.each("eventSelectors") for value in _recorded(selector)),
        *(value for selector in trail.each("advancedEventSelectors") for value in _selected(selector)),
    ]
    return tuple(value for value in selected if WHOLE_BUCKETS.fullmatch(value))


def _records_management(selector: Fields) -> bool:
    return (
        selector["readWriteType"] in EVERY_EVENT
        and selector.flag("includeManagementEvents") is not False
        and not selector.items("excludeManagementEventSources")
    )


def _selects_management(selector: Fields) -> bool:
    fields = tuple(selector.each("fieldSelectors"))
    return bool(fields) and all(_is_exactly(field, "eventCategory", "Management") for field in fields)


def _recorded(selector: Fields) -> Iterator[str]:
    if selector["readWriteType"] in EVERY_EVENT:
        for data in selector.each("dataResources"):
            if data["type"] == OBJECT_EVENTS:
                yield from data.texts("values")


def _selected(selector: Fields) -> tuple[str, ...]:
    """Return the beginnings of ARNs that an advanced selector of objects has.

    There are none if another field leaves out some of the events.
    """
    fields = tuple(selector.each("fieldSelectors"))
    other = [
        field
        for field in fields
        if not _is_exactly(field, "eventCategory", "Data") and not _is_exactly(field, "resources.type", OBJECT_EVENTS)
    ]
    if {field["field"] for field in fields} - {field["field"] for field in other} != {
        "eventCategory",
        "resources.type",
    }:
        return ()
    if not other:
        return (EVERY_OBJECT,)
    if len(other) == 1 and other[0]["field"] == "resources.ARN" and _operators(other[0]) == {"startsWiths"}:
        return other[0].texts("startsWiths")
    return ()


def _is_exactly(field: Fields, name: str, value: str) -> bool:
    """Return True if a field selector has one operator, with one value."""
    return field["field"] == name and _operators(field) == {"equals"} and field.texts("equals") == (value,)


def _operators(field: Fields) -> set[str]:
    return {key for key in field if key != "field" and field[key]}


@stack_rule("trail-must-exist", covers=["CIS-AWS 3.1"], severity=Severity.CRITICAL)
def trail_exists(stack: Stack) -> StackFindings:
    """Without a multi-region trail, nobody can find out what happened in the account."""
    if stack.of_type(VPC) and not any(each.flag("isMultiRegionTrail") for each in stack.of_type(TRAIL)):
        yield None, "No trail records all regions. Add a Trail with is_multi_region_trail=True."

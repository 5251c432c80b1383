"""CloudTrail: a validated and encrypted multi-region trail."""

from policy_packs.kernel.registry import Findings, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Fields, Resource
from policy_packs.security.aws.ec2_vpc import VPC
from policy_packs.security.property_rules import presence_rule, value_rule

TRAIL = "aws:cloudtrail/trail:Trail"
OBJECT_EVENTS = "AWS::S3::Object"

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


@rule("trail-must-see-objects", on=TRAIL, covers=["CIS-AWS 3.8", "CIS-AWS 3.9"])
def object_events(trail: Resource) -> Findings:
    """Nobody can tell who read a student's data unless the trail selects data events."""
    simple = any(_records_objects(selector) for selector in trail.each("eventSelectors"))
    if not simple and not any(_selects_objects(selector) for selector in trail.each("advancedEventSelectors")):
        yield f"The trail does not record reads and writes of objects. Select data events of type {OBJECT_EVENTS}."


def _records_objects(selector: Fields) -> bool:
    return selector["readWriteType"] in {None, "All"} and any(
        each["type"] == OBJECT_EVENTS for each in selector.each("dataResources")
    )


def _selects_objects(selector: Fields) -> bool:
    fields = {field.text("field"): field for field in selector.each("fieldSelectors")}
    return (
        "resources.type" in fields
        and OBJECT_EVENTS in fields["resources.type"].texts("equals")
        # Without this field, the selector records reads and writes.
        and "readOnly" not in fields
    )


@stack_rule("trail-must-exist", covers=["CIS-AWS 3.1"], severity=Severity.CRITICAL)
def trail_exists(stack: Stack) -> StackFindings:
    """Without a multi-region trail, nobody can find out what happened in the account."""
    if stack.of_type(VPC) and not any(each.flag("isMultiRegionTrail") for each in stack.of_type(TRAIL)):
        yield None, "No trail records all regions. Add a Trail with is_multi_region_trail=True."

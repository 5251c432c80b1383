"""CloudTrail: a validated, encrypted trail of all regions."""

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
    right=(True,),
    covers=["CKV_AWS_36", "CIS-AWS 3.2"],
    why="A log that could have been changed proves nothing.",
    fix="set enable_log_file_validation=True",
)
all_regions = value_rule(
    "trail-must-be-of-all-regions",
    on=TRAIL,
    path="isMultiRegionTrail",
    right=(True,),
    covers=["CKV_AWS_67", "CIS-AWS 3.1"],
    why="An intruder works in the region that nobody looks at.",
    fix="set is_multi_region_trail=True",
)
encrypted_trail = presence_rule(
    "trail-must-be-encrypted",
    on=TRAIL,
    path="kmsKeyId",
    covers=["CKV_AWS_35", "CIS-AWS 3.5"],
    why="The log tells how the account is built and who works in it: only auditors may read it.",
    fix="set kms_key_id to the environment's audit key",
)
to_logs = presence_rule(
    "trail-must-be-watched",
    on=TRAIL,
    path="cloudWatchLogsGroupArn",
    covers=["CKV2_AWS_10"],
    why="A log in a bucket is read afterwards; alarms need it in CloudWatch.",
    fix="set cloud_watch_logs_group_arn and cloud_watch_logs_role_arn",
)
logging_enabled = value_rule(
    "trail-must-be-logging",
    on=TRAIL,
    path="enableLogging",
    right=(None, True),
    covers=["CKV_AWS_251"],
    severity=Severity.CRITICAL,
    why="A trail that is off looks like one that is on, until it is needed.",
    fix="leave enable_logging out",
)
global_services = value_rule(
    "trail-must-include-global-services",
    on=TRAIL,
    path="includeGlobalServiceEvents",
    right=(None, True),
    why="Changes to permissions are events of IAM, which is in no region.",
    fix="leave include_global_service_events out",
)


@rule("trail-must-see-objects", on=TRAIL, covers=["CIS-AWS 3.8", "CIS-AWS 3.9"])
def object_events(trail: Resource) -> Findings:
    """Who read which piece of evidence is an event of its own, which a trail records only when told to."""
    simple = any(_records_objects(selector) for selector in trail.each("eventSelectors"))
    if not simple and not any(_selects_objects(selector) for selector in trail.each("advancedEventSelectors")):
        yield f"does not record who reads and writes objects; select data events of {OBJECT_EVENTS}"


def _records_objects(selector: Fields) -> bool:
    return selector["readWriteType"] in {None, "All"} and any(
        each["type"] == OBJECT_EVENTS for each in selector.each("dataResources")
    )


def _selects_objects(selector: Fields) -> bool:
    fields = {field.text("field"): field for field in selector.each("fieldSelectors")}
    return (
        "resources.type" in fields
        and OBJECT_EVENTS in fields["resources.type"].texts("equals")
        # Without this field, reads and writes alike.
        and "readOnly" not in fields
    )


@stack_rule("trail-must-exist", covers=["CIS-AWS 3.1"], severity=Severity.CRITICAL)
def trail_exists(stack: Stack) -> StackFindings:
    """An account with a network and without a trail of all its regions has no memory."""
    if stack.of_type(VPC) and not any(each.flag("isMultiRegionTrail") for each in stack.of_type(TRAIL)):
        yield None, "no trail records all regions; add a Trail with is_multi_region_trail=True"

"""The witnesses: what was done in the account is recorded, everywhere, whole and unchanged."""

from policy_packs.kernel.context import Context, per_environment
from policy_packs.kernel.registry import Findings, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Fields, Resource
from policy_packs.security.pairs import companions
from policy_packs.security.places import unwatched
from policy_packs.security.settings import required, setting

TRAIL = "aws:cloudtrail/trail:Trail"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
DETECTOR = "aws:guardduty/detector:Detector"
ANALYZER = "aws:accessanalyzer/analyzer:Analyzer"
SECURITY_HUB = "aws:securityhub/account:Account"
RECORDER = "aws:cfg/recorder:Recorder"
RECORDER_STATUS = "aws:cfg/recorderStatus:RecorderStatus"
VPC = "aws:ec2/vpc:Vpc"
"""Where there is a network there is something to watch."""
OBJECTS = "AWS::S3::Object"

validated = setting(
    "trail-must-prove-itself",
    on=TRAIL,
    path="enableLogFileValidation",
    right=(True,),
    covers=["CKV_AWS_36", "CIS-AWS 3.2"],
    why="A log that could have been changed proves nothing.",
    fix="set enable_log_file_validation=True",
)
everywhere = setting(
    "trail-must-be-of-all-regions",
    on=TRAIL,
    path="isMultiRegionTrail",
    right=(True,),
    covers=["CKV_AWS_67", "CIS-AWS 3.1"],
    why="An intruder works in the region that nobody looks at.",
    fix="set is_multi_region_trail=True",
)
encrypted_trail = required(
    "trail-must-be-encrypted",
    on=TRAIL,
    path="kmsKeyId",
    covers=["CKV_AWS_35", "CIS-AWS 3.5"],
    why="The log tells how the account is built and who works in it: only auditors may read it.",
    fix="set kms_key_id to the environment's audit key",
)
to_logs = required(
    "trail-must-be-watched",
    on=TRAIL,
    path="cloudWatchLogsGroupArn",
    covers=["CKV2_AWS_10"],
    why="A log in a bucket is read afterwards; alarms need it in CloudWatch.",
    fix="set cloud_watch_logs_group_arn and cloud_watch_logs_role_arn",
)
logging = setting(
    "trail-must-be-logging",
    on=TRAIL,
    path="enableLogging",
    right=(None, True),
    covers=["CKV_AWS_251"],
    severity=Severity.CRITICAL,
    why="A trail that is off looks like one that is on, until it is needed.",
    fix="leave enable_logging out",
)
worldwide = setting(
    "trail-must-include-global-services",
    on=TRAIL,
    path="includeGlobalServiceEvents",
    right=(None, True),
    why="Changes to permissions are events of IAM, which is in no region.",
    fix="leave include_global_service_events out",
)
detecting = setting(
    "guardduty-must-be-enabled",
    on=DETECTOR,
    path="enable",
    right=(None, True),
    covers=["CKV_AWS_238"],
    why="A detector that is suspended sees nothing.",
    fix="leave enable out",
)
encrypted_logs = required(
    "logs-must-be-encrypted",
    on=LOG_GROUP,
    path="kmsKeyId",
    covers=["CKV_AWS_158"],
    why="Logs hold names and addresses: they are encrypted with a customer-managed key.",
    fix="set kms_key_id to the environment's log key",
)


@rule(
    "logs-must-be-kept",
    on=LOG_GROUP,
    covers=["CKV_AWS_66", "CKV_AWS_338"],
    severity=Severity.MEDIUM,
    settings={"minimumDays": per_environment("Fewest days to keep logs", dev=30, staging=30, preprod=365, prod=365)},
)
def retention(group: Resource, context: Context) -> Findings:
    """Intruders are found after months; but what is kept for ever is paid for ever and told to ever more people."""
    days, least = group.number("retentionInDays") or 0, context.floor("minimumDays")
    if not days:
        yield f"keeps its events for ever; set retention_in_days to {least:.0f} or more"
    elif days < least:
        yield f"keeps its events for {days:.0f} days; set retention_in_days to {least:.0f} or more"


@rule("trail-must-see-objects", on=TRAIL, covers=["CIS-AWS 3.8", "CIS-AWS 3.9"])
def objects(trail: Resource) -> Findings:
    """Who read which piece of evidence is an event of its own, which a trail records only when told to."""
    simple = any(_records_objects(selector) for selector in trail.each("eventSelectors"))
    if not simple and not any(_selects_objects(selector) for selector in trail.each("advancedEventSelectors")):
        yield f"does not record who reads and writes objects; select data events of {OBJECTS}"


def _records_objects(selector: Fields) -> bool:
    return selector["readWriteType"] in {None, "All"} and any(
        each["type"] == OBJECTS for each in selector.each("dataResources")
    )


def _selects_objects(selector: Fields) -> bool:
    fields = {field.text("field"): field for field in selector.each("fieldSelectors")}
    return (
        "resources.type" in fields
        and OBJECTS in fields["resources.type"].texts("equals")
        # Without this field, reads and writes alike.
        and "readOnly" not in fields
    )


@rule("config-must-record-all-types", on=RECORDER, covers=["CKV2_AWS_45"])
def all_types(recorder: Resource) -> Findings:
    """A change to a type that is not recorded has never happened."""
    if recorder.flag("recordingGroup.allSupported") is False:
        yield "records some types only; set recording_group.all_supported=True"


@stack_rule("trail-must-exist", covers=["CIS-AWS 3.1"], severity=Severity.CRITICAL)
def exists(stack: Stack) -> StackFindings:
    """An account with a network and without a trail of all its regions has no memory."""
    if stack.of(VPC) and not any(each.flag("isMultiRegionTrail") for each in stack.of(TRAIL)):
        yield None, "no trail records all regions; add a Trail with is_multi_region_trail=True"


@stack_rule("guardduty-must-watch-every-region", covers=["CKV2_AWS_3"])
def guard_duty(stack: Stack) -> StackFindings:
    """GuardDuty sees what no rule of ours foresees, in the regions where it is on."""
    for region in unwatched(stack, DETECTOR, VPC):
        yield None, f"nothing watches {region}; add a guardduty.Detector there"


@stack_rule("access-analyzer-must-watch-every-region", covers=["CIS-AWS 1.19"])
def access_analyzer(stack: Stack) -> StackFindings:
    """What is open to other accounts is found by AWS's own reading of all policies, region by region."""
    for region in unwatched(stack, ANALYZER, VPC):
        yield None, f"nothing looks for access from outside in {region}; add an accessanalyzer.Analyzer there"


@stack_rule("security-hub-must-watch-every-region", covers=["CIS-AWS 4.16"])
def security_hub(stack: Stack) -> StackFindings:
    """Findings that lie in ten places are read in none."""
    for region in unwatched(stack, SECURITY_HUB, VPC):
        yield None, f"no Security Hub in {region}; add a securityhub.Account there"


@stack_rule("config-must-record-every-region", covers=["CKV_AWS_121", "CIS-AWS 3.3"])
def configuration(stack: Stack) -> StackFindings:
    """How a resource was set up last month is known only to AWS Config; Security Hub's checks read it too."""
    for region in unwatched(stack, RECORDER, VPC):
        yield None, f"AWS Config is not on in {region}; add a cfg.Recorder there"
    running = [each for each in stack.of(RECORDER_STATUS) if each.flag("isEnabled")]
    for recorder in stack.of(RECORDER):
        if not companions(recorder, running, "name", "name"):
            yield recorder, f"recorder {recorder.name} is not started; add a cfg.RecorderStatus with is_enabled=True"

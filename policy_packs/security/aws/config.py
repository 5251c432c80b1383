"""AWS Config."""

from policy_packs.kernel.registry import Findings, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.aws.ec2_vpc import VPC
from policy_packs.security.references import companions
from policy_packs.security.regions import regions_without

RECORDER = "aws:cfg/recorder:Recorder"
RECORDER_STATUS = "aws:cfg/recorderStatus:RecorderStatus"


@rule("config-must-record-all-types", on=RECORDER, covers=["CKV2_AWS_45"])
def all_types(recorder: Resource) -> Findings:
    """AWS Config has no history of resource types that it does not record."""
    if recorder.flag("recordingGroup.allSupported") is False:
        yield "The recorder records only some resource types. Set recording_group.all_supported=True."


@stack_rule("config-must-record-every-region", covers=["CKV_AWS_121", "CIS-AWS 3.3"])
def every_region(stack: Stack) -> StackFindings:
    """Only AWS Config records how a resource was configured in the past, and Security Hub's checks need that data."""
    for region in regions_without(stack, RECORDER, VPC):
        yield None, f"AWS Config is not enabled in {region}. Add a cfg.Recorder there."
    running = [each for each in stack.of_type(RECORDER_STATUS) if each.flag("isEnabled")]
    for recorder in stack.of_type(RECORDER):
        if not companions(recorder, running, "name", "name"):
            yield recorder, f"Recorder {recorder.name} is not started. Add a cfg.RecorderStatus with is_enabled=True."

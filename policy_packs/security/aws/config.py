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
    """A change to a type that is not recorded has never happened."""
    if recorder.flag("recordingGroup.allSupported") is False:
        yield "records some types only; set recording_group.all_supported=True"


@stack_rule("config-must-record-every-region", covers=["CKV_AWS_121", "CIS-AWS 3.3"])
def every_region(stack: Stack) -> StackFindings:
    """How a resource was set up last month is known only to AWS Config; Security Hub's checks read it too."""
    for region in regions_without(stack, RECORDER, VPC):
        yield None, f"AWS Config is not on in {region}; add a cfg.Recorder there"
    running = [each for each in stack.of_type(RECORDER_STATUS) if each.flag("isEnabled")]
    for recorder in stack.of_type(RECORDER):
        if not companions(recorder, running, "name", "name"):
            yield recorder, f"recorder {recorder.name} is not started; add a cfg.RecorderStatus with is_enabled=True"

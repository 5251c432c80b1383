"""GuardDuty."""

from policy_packs.kernel.registry import Stack, StackFindings, stack_rule
from policy_packs.security.aws.ec2_vpc import VPC
from policy_packs.security.property_rules import value_rule
from policy_packs.security.regions import regions_without

DETECTOR = "aws:guardduty/detector:Detector"
detector_enabled = value_rule(
    "guardduty-must-be-enabled",
    on=DETECTOR,
    path="enable",
    right=(None, True),
    covers=["CKV_AWS_238"],
    why="A detector that is suspended sees nothing.",
    fix="leave enable out",
)


@stack_rule("guardduty-must-watch-every-region", covers=["CKV2_AWS_3"])
def every_region(stack: Stack) -> StackFindings:
    """GuardDuty sees what no rule of ours foresees, in the regions where it is on."""
    for region in regions_without(stack, DETECTOR, VPC):
        yield None, f"nothing watches {region}; add a guardduty.Detector there"

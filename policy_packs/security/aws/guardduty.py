"""GuardDuty."""

from policy_packs.kernel.registry import Stack, StackFindings, stack_rule
from policy_packs.security.aws.ec2_vpc import VPC
from policy_packs.security.property_rules import value_rule
from policy_packs.security.regions import regions_without

DETECTOR = "aws:guardduty/detector:Detector"
FEATURE = "aws:guardduty/detectorFeature:DetectorFeature"

detector_enabled = value_rule(
    "guardduty-must-be-enabled",
    on=DETECTOR,
    path="enable",
    allowed=(None, True),
    covers=["CKV_AWS_238"],
    rationale="A suspended detector detects nothing.",
    fix="Leave out `enable`, because a detector is enabled by default.",
)
enabled_features = value_rule(
    "guardduty-features-must-be-enabled",
    on=FEATURE,
    path="status",
    allowed=("ENABLED",),
    rationale="With a feature switched off, GuardDuty does not detect the attacks that the feature is for.",
    fix="Set `status` to 'ENABLED', or remove the resource where the feature is not available.",
)


@stack_rule("guardduty-must-watch-every-region", covers=["CKV2_AWS_3"])
def every_region(stack: Stack) -> StackFindings:
    """GuardDuty detects threats that no rule of ours foresees, but only in regions where it is enabled."""
    for region in regions_without(stack, DETECTOR, VPC):
        yield None, f"GuardDuty is not enabled in {region}. Add a guardduty.Detector there."

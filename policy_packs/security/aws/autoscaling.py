"""Auto Scaling groups."""

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource

GROUP = "aws:autoscaling/group:Group"


@rule("asg-must-use-launch-template", on=GROUP, covers=["CKV_AWS_315"], severity=Severity.MEDIUM)
def launch_templates(group: Resource) -> Findings:
    """Launch configurations have no versions, and AWS no longer adds features to them."""
    if "launchTemplate" not in group and "mixedInstancesPolicy" not in group:
        yield "The group has no launch template. Set launch_template instead of launch_configuration."

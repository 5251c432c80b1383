"""Auto Scaling groups."""

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource

GROUP = "aws:autoscaling/group:Group"


@rule("asg-must-use-launch-template", on=GROUP, covers=["CKV_AWS_315"], severity=Severity.MEDIUM)
def launch_templates(group: Resource) -> Findings:
    """Launch configurations have no versions and nothing that AWS has invented since: it stopped adding to them."""
    if "launchTemplate" not in group and "mixedInstancesPolicy" not in group:
        yield "has no launch template; set launch_template instead of launch_configuration"

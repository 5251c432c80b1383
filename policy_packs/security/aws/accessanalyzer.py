"""IAM Access Analyzer."""

from policy_packs.kernel.registry import Stack, StackFindings, stack_rule
from policy_packs.security.aws.ec2_vpc import VPC
from policy_packs.security.regions import regions_without

ANALYZER = "aws:accessanalyzer/analyzer:Analyzer"


@stack_rule("access-analyzer-must-watch-every-region", covers=["CIS-AWS 1.19"])
def every_region(stack: Stack) -> StackFindings:
    """IAM Access Analyzer finds resources that other accounts can reach, but only in its own region."""
    for region in regions_without(stack, ANALYZER, VPC):
        yield None, f"IAM Access Analyzer is not enabled in {region}. Add an accessanalyzer.Analyzer there."

"""Security Hub."""

from policy_packs.kernel.registry import Stack, StackFindings, stack_rule
from policy_packs.security.aws.ec2_vpc import VPC
from policy_packs.security.regions import regions_without

SECURITY_HUB = "aws:securityhub/account:Account"


@stack_rule("security-hub-must-watch-every-region", covers=["CIS-AWS 4.16"])
def every_region(stack: Stack) -> StackFindings:
    """Security Hub collects findings in one place. Nobody reads findings that are spread over many services."""
    for region in regions_without(stack, SECURITY_HUB, VPC):
        yield None, f"Security Hub is not enabled in {region}. Add a securityhub.Account there."

"""Availability zones of the supported regions.

Source: AWS's user guide "AWS Regions and Availability Zones". Only regions that have the same letters in every account
are listed. In us-west-1, for example, a new account gets only two of three letters. The data center behind a letter
still differs between accounts, and EKS rejects control-plane interfaces in use1-az3 (EKS user guide, "Subnet
requirements"). The settings of an account omit the letter that maps to use1-az3.

To add a region, list its letters with `aws ec2 describe-availability-zones --region …` in every account.
"""

from collections.abc import Mapping

ZONES: Mapping[str, str] = {
    "us-east-1": "abcdef",
    "us-east-2": "abc",
    "us-west-2": "abcd",
    "eu-west-1": "abc",
    "eu-central-1": "abc",
}
"""Zone letters by region."""

"""Availability zones of the supported regions.

Source: AWS's user guide "AWS Regions and Availability Zones". Only regions that have the same letters in every account
are listed. In us-west-1, for example, a new account gets only two of three letters.

A letter can stand for different data centers in different accounts, and EKS rejects control-plane interfaces in the
zone with the id use1-az3 (EKS user guide, "Subnet requirements"). Therefore the settings of each account must omit the
letter of use1-az3.

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

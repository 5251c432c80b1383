"""The availability zones of the regions this platform may stand in.

Source: AWS's user guide "AWS Regions and Availability Zones". Only regions whose letters are the same for every account
are listed: in us-west-1, say, a new account gets two zones out of three letters. Which machine hall a letter means
differs from account to account all the same, and EKS takes no control-plane interface in use1-az3 (EKS user guide,
"Subnet requirements"): an account whose letter stands for that hall leaves the letter out of its settings.

To add a region, look its letters up with `aws ec2 describe-availability-zones --region …` in every account.
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

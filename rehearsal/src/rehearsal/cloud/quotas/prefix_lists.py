"""Weights of prefix lists: the number of rules that one of them counts as.

Source: Amazon VPC User Guide, "Managed prefix lists" and "AWS-managed prefix lists".
"""

from typing import Any, Final

AWS_WEIGHTS: Final = {
    "cloudfront.origin-facing": 55,
    "dynamodb": 1,
    "ec2-instance-connect": 2,
    "groundstation": 5,
    "route53-healthchecks": 25,
    "s3": 1,
    "s3express": 6,
    "vpc-lattice": 10,
}
"""Weights of AWS's lists by the end of their names, such as com.amazonaws.us-east-1.s3."""


def prefix_list_weight(prefix_list: Any) -> int:
    """Return the weight of one of moto's prefix lists.

    It is the maximum number of entries, except for AWS's lists. It is 1 for None, which stands for an unknown list.
    """
    if prefix_list is None:
        return 1
    if prefix_list.max_entries:
        return int(prefix_list.max_entries)
    name = str(prefix_list.prefix_list_name)
    return next((weight for end, weight in AWS_WEIGHTS.items() if name.endswith(f".{end}")), 1)

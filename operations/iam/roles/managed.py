"""Documents of AWS-managed policies, from moto's copy of AWS's published versions."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data

from operations.errors import OperationsError
from operations.iam.evaluation import Document


class UnknownManagedPolicyError(OperationsError):
    """No AWS-managed policy has this ARN, so attaching it would fail."""


def managed_policy(arn: str) -> Document:
    """Return the document of an AWS-managed policy.

    Raises:
        UnknownManagedPolicyError: AWS has no such policy, or it has another path.
    """
    policy = _policies().get(arn.rpartition("/")[2])
    if policy is None or arn != f"arn:aws:iam::aws:policy{policy['Path']}{arn.rpartition('/')[2]}":
        raise UnknownManagedPolicyError(f"AWS has no managed policy {arn}")
    document: Document = policy["Document"]
    return document


@cache
def _policies() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = json.loads(aws_managed_policies_data)
    return loaded

"""Documents of AWS-managed policies."""

from operations.errors import OperationsError
from operations.iam.evaluation import Document
from rehearsal.cloud.managed_policies import managed_policies


class UnknownManagedPolicyError(OperationsError):
    """No AWS-managed policy has this ARN, so attaching it would fail."""


def managed_policy(arn: str) -> Document:
    """Return the document of an AWS-managed policy.

    Raises:
        UnknownManagedPolicyError: AWS has no managed policy with this path and name.
    """
    policy = managed_policies().get(arn.rpartition("/")[2])
    if policy is None or arn != f"arn:aws:iam::aws:policy{policy['Path']}{arn.rpartition('/')[2]}":
        raise UnknownManagedPolicyError(f"AWS has no managed policy {arn}")
    document: Document = policy["Document"]
    return document

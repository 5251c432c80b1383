"""IAM permissions of a service's pods: their own evidence and the cache."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import pulumi

from components.identity.documents import Statement
from components.storage.plan import write_statements


class EvidenceAccess(StrEnum):
    """Access of a service to the evidence under its own prefix.

    No service can delete evidence.
    """

    NONE = "none"
    WRITE = "write"
    READ_WRITE = "read-write"


@dataclass(frozen=True)
class EvidenceBucketRef:
    """Evidence bucket of one region and its KMS key."""

    bucket: pulumi.Input[str]
    """Bucket name."""
    key: pulumi.Input[str]
    """ARN of the KMS key."""
    region: str


def evidence_prefix(service: str) -> str:
    """Return the S3 key prefix of a service's evidence."""
    return f"{service}/"


def evidence_statements(service: str, access: EvidenceAccess, evidence: EvidenceBucketRef) -> tuple[Statement, ...]:
    """Return the statements for a service's evidence, the objects under `<service>/`.

    Write access includes `kms:Decrypt`, because multipart uploads need it.
    """
    if access is EvidenceAccess.NONE:
        return ()
    arn = pulumi.Output.concat("arn:aws:s3:::", evidence.bucket)
    own = write_statements(arn, evidence.key, evidence.region, evidence_prefix(service))
    if access is EvidenceAccess.WRITE:
        return own
    return (
        *own,
        Statement(actions=["s3:GetObject"], resources=[pulumi.Output.concat(arn, f"/{evidence_prefix(service)}*")]),
    )


def cache_statements(arns: Sequence[pulumi.Input[str]]) -> tuple[Statement, ...]:
    """Return the statement that allows connecting to the cache as the services' user.

    Without ARNs, the result is empty. AWS requires the ARNs of both the cache and the user (ElastiCache User Guide,
    "Authenticating with IAM").
    """
    return (Statement(actions=["elasticache:Connect"], resources=list(arns)),) if arns else ()

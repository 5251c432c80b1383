"""What the pods of a service may do in AWS: keep their own evidence, and sign in to the cache."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import pulumi

from components.identity.documents import Statement
from components.storage.plan import write_statements


class EvidenceAccess(StrEnum):
    """What a service may do with the evidence under its own name; nobody deletes any, and none sees another's."""

    NONE = "none"
    WRITE = "write"
    READ_WRITE = "read-write"


@dataclass(frozen=True)
class EvidenceBucketRef:
    """The evidence bucket of a region, and its key."""

    bucket: pulumi.Input[str]
    """Its name."""
    key: pulumi.Input[str]
    """ARN."""
    region: str


def evidence_prefix(service: str) -> str:
    """How the names of all evidence begin that a service keeps."""
    return f"{service}/"


def evidence_statements(service: str, access: EvidenceAccess, place: EvidenceBucketRef) -> tuple[Statement, ...]:
    """Objects whose names begin with `<service>/`. What is read is decrypted as what is written in parts is."""
    if access is EvidenceAccess.NONE:
        return ()
    arn = pulumi.Output.concat("arn:aws:s3:::", place.bucket)
    own = write_statements(arn, place.key, place.region, evidence_prefix(service))
    if access is EvidenceAccess.WRITE:
        return own
    return (
        *own,
        Statement(actions=["s3:GetObject"], resources=[pulumi.Output.concat(arn, f"/{evidence_prefix(service)}*")]),
    )


def cache_statements(arns: Sequence[pulumi.Input[str]]) -> tuple[Statement, ...]:
    """Sign in as the services' user: AWS asks for the cache and the user both.

    Source: ElastiCache User Guide, "Authenticating with IAM". Without ARNs nothing.
    """
    return (Statement(actions=["elasticache:Connect"], resources=list(arns)),) if arns else ()

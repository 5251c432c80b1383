"""Lifecycle and policy statements of buckets."""

from dataclasses import dataclass

import pulumi

from components.identity.documents import Statement, deny_plain_http

DAYS_PER_YEAR = 366
"""Every year counts as a leap year, so that retention is never too short."""
ABORT_UPLOAD_DAYS = 7


@dataclass(frozen=True)
class LifecyclePlan:
    """Days until objects change storage class or expire; None skips a step."""

    expire_after: int
    """Days until the current version gets a delete marker.

    Noncurrent versions are deleted 30 days later.
    """
    cold_after: int | None = None
    archive_after: int | None = None

    def transitions(self) -> tuple[tuple[str, int], ...]:
        """Return pairs (storage class, days) in order, without steps at or after expiry."""
        steps = (("STANDARD_IA", self.cold_after), ("DEEP_ARCHIVE", self.archive_after))
        return tuple(
            (storage_class, days) for storage_class, days in steps if days is not None and days < self.expire_after
        )


def evidence_lifecycle(retention_years: int, cold_after: int, archive_after: int) -> LifecyclePlan:
    """Return the lifecycle of evidence, with transitions to cheaper storage classes."""
    return LifecyclePlan(retention_years * DAYS_PER_YEAR, cold_after, archive_after)


def tls_only(bucket: pulumi.Input[str]) -> tuple[Statement, ...]:
    """Deny plain HTTP and TLS before 1.2 to everyone.

    `bucket` is the bucket's ARN.
    """
    everything = [bucket, pulumi.Output.concat(bucket, "/*")]
    return (
        deny_plain_http(["s3:*"], everything),
        Statement(
            sid="ModernTlsOnly",
            effect="Deny",
            principals={"AWS": "*"},
            actions=["s3:*"],
            resources=everything,
            conditions={"NumericLessThan": {"s3:TlsVersion": "1.2"}},
        ),
    )


def bucket_key_only(bucket: pulumi.Input[str], key: pulumi.Input[str]) -> tuple[Statement, ...]:
    """Deny uploads that request another encryption than the bucket's own.

    `bucket` and `key` are ARNs. S3 encrypts an upload without an encryption header with the bucket's key, so the `Null`
    condition exempts such uploads. `StringNotEqualsIfExists` would deny them, because `IfExists` makes an operator true
    if the header is absent.
    """
    denials = {
        "OtherEncryption": ("s3:x-amz-server-side-encryption", "aws:kms"),
        "OtherKey": ("s3:x-amz-server-side-encryption-aws-kms-key-id", key),
    }
    return tuple(
        Statement(
            sid=sid,
            effect="Deny",
            principals={"AWS": "*"},
            actions=["s3:PutObject"],
            resources=[pulumi.Output.concat(bucket, "/*")],
            conditions={"StringNotEquals": {header: expected}, "Null": {header: "false"}},
        )
        for sid, (header, expected) in denials.items()
    )


def write_statements(
    bucket: pulumi.Input[str], key: pulumi.Input[str], region: str, prefix: str = ""
) -> tuple[Statement, ...]:
    """Allow adding objects under a prefix, without reading or deleting any.

    `bucket` and `key` are ARNs.
    """
    return (
        Statement(actions=["s3:PutObject"], resources=[pulumi.Output.concat(bucket, f"/{prefix}*")]),
        Statement(
            actions=["kms:GenerateDataKey", "kms:Decrypt"],
            resources=[key],
            conditions={"StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"}},
        ),
    )


def log_delivery(bucket: pulumi.Input[str], account: str) -> tuple[Statement, ...]:
    """Allow S3 and load balancers to write access logs.

    `bucket` is the bucket's ARN.
    """
    return (
        Statement(
            sid="S3AccessLogs",
            principals={"Service": "logging.s3.amazonaws.com"},
            actions=["s3:PutObject"],
            resources=[pulumi.Output.concat(bucket, "/s3/*")],
            conditions={"StringEquals": {"aws:SourceAccount": account}},
        ),
        Statement(
            sid="LoadBalancerLogs",
            principals={"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
            actions=["s3:PutObject"],
            resources=[pulumi.Output.concat(bucket, f"/load-balancer/AWSLogs/{account}/*")],
        ),
    )

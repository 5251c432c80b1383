"""What happens to the objects of a bucket over time, and who may touch the bucket at all."""

from dataclasses import dataclass

import pulumi

from components.identity.documents import Statement, deny_plain_http

DAYS_PER_YEAR = 366
"""Never a day too few, whichever years are leap years."""
ABORT_UPLOAD_DAYS = 7


@dataclass(frozen=True)
class LifecyclePlan:
    """Days after which objects move on; None: they do not."""

    expire_after: int
    """Then the current version is marked deleted, and old versions go for good 30 days later."""
    cold_after: int | None = None
    archive_after: int | None = None

    def transitions(self) -> tuple[tuple[str, int], ...]:
        """(storage class, days) in order; a step that expiry overtakes is left out."""
        steps = (("STANDARD_IA", self.cold_after), ("DEEP_ARCHIVE", self.archive_after))
        return tuple((where, days) for where, days in steps if days is not None and days < self.expire_after)


def evidence_lifecycle(retention_years: int, cold_after: int, archive_after: int) -> LifecyclePlan:
    """Evidence is kept its whole retention, ever cheaper."""
    return LifecyclePlan(retention_years * DAYS_PER_YEAR, cold_after, archive_after)


def tls_only(bucket: pulumi.Input[str]) -> tuple[Statement, ...]:
    """Deny plain HTTP and TLS before 1.2 to everyone. Takes the bucket's ARN."""
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
    """Deny uploads that ask for other encryption than the bucket's own. Takes the ARNs of bucket and key.

    An upload that asks for none gets the bucket's; `IfExists` is what lets it pass.
    """
    asked = {
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
            conditions={"StringNotEqualsIfExists": {header: wanted}},
        )
        for sid, (header, wanted) in asked.items()
    )


def write_statements(
    bucket: pulumi.Input[str], key: pulumi.Input[str], region: str, prefix: str = ""
) -> tuple[Statement, ...]:
    """What somebody needs who may add objects under a prefix, and neither read nor delete any. Takes ARNs."""
    return (
        Statement(actions=["s3:PutObject"], resources=[pulumi.Output.concat(bucket, f"/{prefix}*")]),
        Statement(
            actions=["kms:GenerateDataKey", "kms:Decrypt"],
            resources=[key],
            conditions={"StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"}},
        ),
    )


def log_delivery(bucket: pulumi.Input[str], account: str) -> tuple[Statement, ...]:
    """Let S3 write access logs of the account's buckets, and load balancers theirs. Takes the bucket's ARN."""
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

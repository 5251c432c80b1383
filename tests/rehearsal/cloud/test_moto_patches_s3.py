"""S3 with and without patches."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.cloud.clients import ROLE, aws, cloud


def bucket(name: str) -> Any:
    s3 = aws("s3")
    s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return s3


def log_to_a_bucket(resource: str, principal: str = "logging.s3.amazonaws.com") -> Any:
    """Enable S3 access logs to a bucket, and return the prefix of the logs.

    The policy of the target bucket allows `principal` to write to `resource`.
    """
    bucket("records")
    s3 = bucket("log-archive")
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": principal},
        "Action": "s3:PutObject",
        "Resource": resource,
    }
    s3.put_bucket_policy(Bucket="log-archive", Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    target = {"TargetBucket": "log-archive", "TargetPrefix": "records/"}
    s3.put_bucket_logging(Bucket="records", BucketLoggingStatus={"LoggingEnabled": target})
    return s3.get_bucket_logging(Bucket="records")["LoggingEnabled"]["TargetPrefix"]


def test_s3_log_delivery_policy() -> None:
    covering = "arn:aws:s3:::log-archive/rec*"
    with cloud(patched=False), pytest.raises(ClientError, match="InvalidTargetBucketForLogging"):
        log_to_a_bucket(covering)
    with cloud(patched=True):
        assert log_to_a_bucket(covering) == "records/"


@pytest.mark.parametrize(
    ("resource", "principal"),
    [
        ("arn:aws:s3:::log-archive/other/*", "logging.s3.amazonaws.com"),
        ("arn:aws:s3:::log-archive/*", "delivery.logs.amazonaws.com"),
    ],
)
def test_a_policy_that_does_not_cover_the_delivery_is_refused(resource: str, principal: str) -> None:
    with cloud(patched=True), pytest.raises(ClientError, match="InvalidTargetBucketForLogging"):
        log_to_a_bucket(resource, principal)


def replicated_rule() -> Any:
    s3 = bucket("records")
    bucket("records-dr")
    rule = {
        "ID": "all",
        "Priority": 1,
        "Status": "Enabled",
        "Filter": {"Prefix": "pupils/"},
        "DeleteMarkerReplication": {"Status": "Enabled"},
        "Destination": {"Bucket": "arn:aws:s3:::records-dr"},
    }
    s3.put_bucket_replication(Bucket="records", ReplicationConfiguration={"Role": ROLE, "Rules": [rule]})
    (shown,) = s3.get_bucket_replication(Bucket="records")["ReplicationConfiguration"]["Rules"]
    return rule, shown


def test_s3_replication_rules() -> None:
    with cloud(patched=False):
        _, shown = replicated_rule()
        assert (shown["Filter"], shown["DeleteMarkerReplication"]) == ({"Prefix": ""}, {"Status": "Disabled"})
    with cloud(patched=True):
        rule, shown = replicated_rule()
        assert shown == rule
        aws("s3").delete_bucket_replication(Bucket="records")
        with pytest.raises(ClientError, match="ReplicationConfigurationNotFoundError"):
            aws("s3").get_bucket_replication(Bucket="records")

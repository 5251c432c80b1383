"""AWS Config: recorders, delivery bucket and its writers."""

import json
from typing import Any

from tests.stacks.graph import Graph, Node


def _statements(document: str) -> dict[str, Any]:
    return {each["Sid"]: each for each in json.loads(document)["Statement"]}


def _recorders(graph: Graph) -> dict[str, Node]:
    return {node.region: node for node in graph.all("cfg.Recorder")}


def test_config_records_all_types_and_global_types_once(any_environment: Graph) -> None:
    primary = any_environment.exports["regions"][0]
    for region, recorder in _recorders(any_environment).items():
        group = recorder["recordingGroup"]
        assert group["allSupported"] is True
        assert group["includeGlobalResourceTypes"] is (region == primary)
        assert any_environment.layer(recorder) == "Audit"


def test_recorders_run_and_deliver_daily_snapshots_under_our_key(any_environment: Graph) -> None:
    for region, recorder in _recorders(any_environment).items():
        (channel,) = [each for each in any_environment.all("cfg.DeliveryChannel") if each.region == region]
        (status,) = [each for each in any_environment.all("cfg.RecorderStatus") if each.region == region]
        assert channel["s3BucketName"] == any_environment.one("s3.Bucket", "configuration-history")["bucket"]
        assert channel["s3KmsKeyArn"] == any_environment.one("kms.Key", "audit").arn
        assert channel["snapshotDeliveryProperties"] == {"deliveryFrequency": "TwentyFour_Hours"}
        assert (status["name"], status["isEnabled"]) == (recorder["name"], True)
        assert recorder.urn in channel.dependencies
        assert channel.urn in status.dependencies
        assert any_environment.one("s3.BucketPolicy", "configuration-history").urn in channel.dependencies


def test_recorders_use_the_service_linked_role_that_security_hub_requires(any_environment: Graph) -> None:
    role = any_environment.one("iam.ServiceLinkedRole")
    assert role["awsServiceName"] == "config.amazonaws.com"
    assert {each["roleArn"] for each in _recorders(any_environment).values()} == {role.arn}


def test_only_this_accounts_aws_config_writes_the_history(any_environment: Graph) -> None:
    account = any_environment.exports["account"]
    bucket = any_environment.one("s3.Bucket", "configuration-history")
    statements = _statements(any_environment.one("s3.BucketPolicy", "configuration-history")["policy"])
    assert {"TlsOnly", "OtherKey"} < set(statements)
    writes = statements["ConfigWrites"]
    assert writes["Resource"] == [f"{bucket.arn}/AWSLogs/{account}/Config/*"]
    assert writes["Condition"]["StringEquals"]["s3:x-amz-acl"] == "bucket-owner-full-control"
    key = _statements(any_environment.one("kms.Key", "audit")["policy"])["ConfigEncrypts"]
    for statement in (statements["ConfigLooks"], writes, key):
        assert statement["Principal"] == {"Service": "config.amazonaws.com"}
        assert statement["Condition"]["StringEquals"]["aws:SourceAccount"] == account


def test_history_retention_equals_the_trails_without_default_lock(dev: Graph, prod: Graph) -> None:
    """AWS Config does not deliver to a bucket that has a default retention."""
    for graph in (dev, prod):
        days = [
            graph.one("s3.BucketLifecycleConfiguration", name)["rules"][0]["expiration"]["days"]
            for name in ("configuration-history", "trail-archive")
        ]
        assert days[0] == days[1]
        locked = [node.name for node in graph.all("s3.BucketObjectLockConfiguration")]
        assert "configuration-history" not in locked
    assert prod.one("s3.Bucket", "configuration-history")["forceDestroy"] is False


def test_security_hub_depends_on_the_recorder(any_environment: Graph) -> None:
    for detection in any_environment.all("campus:audit:Detection"):
        recorder = detection.name.replace("detection", "recorder")
        assert any_environment.one("cfg.RecorderStatus", recorder).urn in detection.dependencies


def test_history_replicates_to_the_other_region_like_the_trail(preprod: Graph, prod: Graph) -> None:
    for graph in (preprod, prod):
        copy = graph.one("s3.Bucket", "record-dr-configuration-history")
        replication = graph.one("s3.BucketReplicationConfig", "record-dr-configuration-history-replication")
        assert replication["bucket"] == graph.one("s3.Bucket", "configuration-history")["bucket"]
        assert replication["rules"][0]["destination"]["bucket"] == copy.arn
        assert (replication.region, copy.region) == ("us-east-1", "us-west-2")

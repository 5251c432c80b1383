"""Audit trail, alarms and threat detection of each environment."""

import json
from typing import Any

import pytest

from components.audit.plan import METRIC_FILTERS, data_event_arn_prefixes
from operations.bootstrap.run import context_from
from stacks.layers.foundation import deployment_context
from stacks.loading import load_file
from tests.stacks.graph import PROJECT, Graph, Node
from tests.stacks.graph import properties as sdk_properties


def _statements(document: str) -> dict[str, Any]:
    return {each["Sid"]: each for each in json.loads(document)["Statement"]}


def _fields(selector: Any) -> dict[str, list[str]]:
    return {one["field"]: one.get("equals") or one["startsWiths"] for one in selector["fieldSelectors"]}


def test_one_trail_covers_all_regions_with_log_file_validation(any_environment: Graph) -> None:
    trail = any_environment.one("cloudtrail.Trail")
    assert trail["isMultiRegionTrail"] is True
    assert trail["includeGlobalServiceEvents"] is True
    assert trail["enableLogFileValidation"] is True
    assert trail["kmsKeyId"] == any_environment.one("kms.Key", "audit").arn
    assert any_environment.layer(trail) == "Audit"
    assert trail.tags["feature"] == "audit"


def test_the_trail_is_delivered_to_an_encrypted_log_group_by_a_role_of_its_own(prod: Graph) -> None:
    trail, group = prod.one("cloudtrail.Trail"), prod.one("cloudwatch.LogGroup", "trail")
    assert trail["cloudWatchLogsGroupArn"] == f"{group.arn}:*"
    assert trail["cloudWatchLogsRoleArn"] == prod.one("iam.Role", "trail-role").arn
    assert group["kmsKeyId"] == prod.one("kms.Key", "logs").arn
    assert group["retentionInDays"] == 365
    (statement,) = json.loads(prod.one("iam.RolePolicy", "trail-role")["policy"])["Statement"]
    assert statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    trust = json.loads(prod.one("iam.Role", "trail-role")["assumeRolePolicy"])["Statement"][0]
    assert trust["Condition"] == {
        "StringEquals": {
            "aws:SourceAccount": "444455556666",
            "aws:SourceArn": "arn:aws:cloudtrail:us-east-1:444455556666:trail/campus-prod-trail",
        }
    }


def test_data_events_of_evidence_snapshots_and_state_are_recorded(any_environment: Graph) -> None:
    environment = any_environment.exports["environment"]
    management, objects = any_environment.one("cloudtrail.Trail")["advancedEventSelectors"]
    assert _fields(management) == {"eventCategory": ["Management"]}
    assert _fields(objects) == {
        "eventCategory": ["Data"],
        "resources.type": ["AWS::S3::Object"],
        "resources.ARN": [
            f"arn:aws:s3:::campus-{environment}-{role}" for role in ("evidence", "vault-snapshots", "pulumi-state")
        ],
    }
    for bucket in any_environment.all("s3.Bucket"):
        if bucket.name in {"evidence", "evidence-dr"}:
            assert bucket["bucket"].startswith(f"campus-{environment}-evidence")


def test_cloudtrail_insights_follow_the_setting(dev: Graph, prod: Graph) -> None:
    insights = prod.one("cloudtrail.Trail")["insightSelectors"]
    assert {one["insightType"] for one in insights} == {"ApiCallRateInsight", "ApiErrorRateInsight"}
    assert not dev.one("cloudtrail.Trail")["insightSelectors"]


def test_trail_archive_is_locked_unless_destroyable(dev: Graph, prod: Graph) -> None:
    lock = prod.one("s3.BucketObjectLockConfiguration", "trail-archive")
    assert lock["rule"]["defaultRetention"] == {"mode": "COMPLIANCE", "years": 7}
    assert prod.one("s3.Bucket", "trail-archive")["forceDestroy"] is False
    assert [node.name for node in dev.all("s3.BucketObjectLockConfiguration")] == []
    assert dev.one("s3.Bucket", "trail-archive")["forceDestroy"] is True


def test_trail_archive_survives_the_loss_of_its_region(preprod: Graph, prod: Graph) -> None:
    for graph in (preprod, prod):
        replication = graph.one("s3.BucketReplicationConfig", "record-dr-trail-replication")
        copy, rule = graph.one("s3.Bucket", "record-dr-trail"), replication["rules"][0]
        assert replication["bucket"] == graph.one("s3.Bucket", "trail-archive")["bucket"]
        assert (replication.region, copy.region) == ("us-east-1", "us-west-2")
        assert rule["destination"]["bucket"] == copy.arn
        key = graph.one("kms.Key", "audit-dr")
        assert key.region == copy.region
        assert rule["destination"]["encryptionConfiguration"] == {"replicaKmsKeyId": key.arn}
        lock = graph.one("s3.BucketObjectLockConfiguration", "record-dr-trail")
        assert lock["rule"]["defaultRetention"] == {"mode": "COMPLIANCE", "years": 7}
        assert copy.protect


def test_trail_replication_uses_both_keys_and_reports_delays(prod: Graph) -> None:
    role = json.loads(prod.one("iam.RolePolicy", "record-dr-trail-replication-role")["policy"])["Statement"]
    used = {each["Resource"][0]: each["Action"] for each in role if each["Action"][0].startswith("kms:")}
    assert used == {
        prod.one("kms.Key", "audit").arn: ["kms:Decrypt"],
        prod.one("kms.Key", "audit-dr").arn: ["kms:Encrypt", "kms:GenerateDataKey"],
    }
    for name, region in (("audit", "us-east-1"), ("audit-dr", "us-west-2")):
        through = _statements(prod.one("kms.Key", name)["policy"])["ThroughBuckets"]
        assert through["Condition"] == {"StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"}}
    (notification,) = prod.one("s3.BucketNotification", "record-dr-trail-replication")["topics"]
    topic = prod.one("sns.Topic", "security-notices")
    assert (notification["topicArn"], topic.region) == (topic.arn, "us-east-1")
    allowed = _statements(prod.one("sns.TopicPolicy", "security-notices")["policy"])["LateCopies"]
    assert allowed["Condition"] == {"StringEquals": {"aws:SourceAccount": "444455556666"}}


def test_only_this_trail_writes_to_its_archive_and_access_is_logged(prod: Graph) -> None:
    statements = _statements(prod.one("s3.BucketPolicy", "trail-archive")["policy"])
    assert {"TlsOnly", "ModernTlsOnly"} < set(statements)
    assert statements["TrailWrites"]["Condition"]["StringEquals"] == {
        "aws:SourceArn": "arn:aws:cloudtrail:us-east-1:444455556666:trail/campus-prod-trail",
        "s3:x-amz-acl": "bucket-owner-full-control",
    }
    assert statements["TrailWrites"]["Resource"][0].endswith("/AWSLogs/444455556666/*")
    assert (
        prod.one("s3.BucketLogging", "trail-archive")["targetBucket"]
        == (prod.one("s3.Bucket", "trail-access-logs")["bucket"])
    )


def test_audit_key_serves_only_this_accounts_trail_and_alarms(prod: Graph) -> None:
    statements = _statements(prod.one("kms.Key", "audit")["policy"])
    assert statements["CloudTrailEncrypts"]["Condition"] == {
        "StringLike": {
            "aws:SourceArn": "arn:aws:cloudtrail:us-east-1:444455556666:trail/*",
            "kms:EncryptionContext:aws:cloudtrail:arn": "arn:aws:cloudtrail:*:444455556666:trail/*",
        }
    }
    assert statements["NoticesPublish"]["Condition"] == {"StringEquals": {"aws:SourceAccount": "444455556666"}}


@pytest.mark.parametrize("watch", METRIC_FILTERS, ids=lambda watch: watch.control)
def test_each_event_of_cis_section_4_has_an_alarm_with_an_action(prod: Graph, watch: Any) -> None:
    name = f"trail-alarm-{watch.label}"
    counted, alarm = prod.one("cloudwatch.LogMetricFilter", name), prod.one("cloudwatch.MetricAlarm", name)
    assert counted["pattern"] == watch.pattern
    assert counted["logGroupName"] == prod.one("cloudwatch.LogGroup", "trail")["name"]
    metric = counted["metricTransformation"]
    assert (metric["namespace"], metric["name"]) == (alarm["namespace"], alarm["metricName"])
    assert watch.control in alarm["alarmDescription"]
    assert alarm["threshold"] == 1
    assert alarm["treatMissingData"] == "notBreaching"
    assert alarm["alarmActions"] == [prod.one("sns.Topic", "security-notices").arn]


def test_alarms_are_off_only_in_development(dev: Graph, staging: Graph, preprod: Graph, prod: Graph) -> None:
    counts = [
        len([alarm for alarm in graph.all("cloudwatch.MetricAlarm") if graph.layer(alarm) == "Audit"])
        for graph in (dev, staging, preprod, prod)
    ]
    assert counts == [0, 15, 15, 15]


def test_notifications_are_encrypted_and_mailed(any_environment: Graph) -> None:
    topic = any_environment.one("sns.Topic", "security-notices")
    assert topic["kmsMasterKeyId"] == any_environment.one("kms.Key", "audit").arn
    mails = [each for each in any_environment.all("sns.TopicSubscription") if each["topic"] == topic.arn]
    assert {(each["protocol"], each["endpoint"]) for each in mails} == {("email", "security@campus-safety.example")}
    statements = _statements(any_environment.one("sns.TopicPolicy", "security-notices")["policy"])
    account = any_environment.exports["account"]
    assert statements["AlarmsPublish"]["Condition"]["StringEquals"] == {"aws:SourceAccount": account}
    assert statements["TlsOnly"]["Effect"] == "Deny"


def _in_each_region(graph: Graph, kind: str) -> dict[str, list[Node]]:
    nodes_of_type = graph.all(kind)
    return {region: [node for node in nodes_of_type if node.region == region] for region in graph.exports["regions"]}


@pytest.mark.parametrize(
    "kind",
    [
        "cfg.Recorder",
        "cfg.DeliveryChannel",
        "cfg.RecorderStatus",
        "guardduty.Detector",
        "securityhub.Account",
        "accessanalyzer.Analyzer",
        "ebs.EncryptionByDefault",
        "ebs.DefaultKmsKey",
        "ebs.SnapshotBlockPublicAccess",
        "ec2.InstanceMetadataDefaults",
    ],
)
def test_every_region_has_one_of_each_detector(any_environment: Graph, kind: str) -> None:
    assert {region: len(nodes) for region, nodes in _in_each_region(any_environment, kind).items()} == dict.fromkeys(
        any_environment.exports["regions"], 1
    )


def test_guardduty_watches_objects_clusters_sign_ins_and_volumes(any_environment: Graph) -> None:
    for nodes in _in_each_region(any_environment, "guardduty.DetectorFeature").values():
        assert {node["name"]: node["status"] for node in nodes} == dict.fromkeys(
            ("S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "RDS_LOGIN_EVENTS", "EBS_MALWARE_PROTECTION"), "ENABLED"
        )


def test_security_hub_standards_depend_on_the_hub(prod: Graph) -> None:
    for region, nodes in _in_each_region(prod, "securityhub.StandardsSubscription").items():
        hub = next(node for node in prod.all("securityhub.Account") if node.region == region)
        assert {node["standardsArn"].split("/")[1] for node in nodes} == {
            "aws-foundational-security-best-practices",
            "cis-aws-foundations-benchmark",
        }
        assert all(region in node["standardsArn"] and hub.urn in node.dependencies for node in nodes)


def test_volumes_are_encrypted_with_the_regions_own_key(prod: Graph) -> None:
    keys = {node.region: node["keyArn"] for node in prod.all("ebs.DefaultKmsKey")}
    assert keys == {
        "us-east-1": prod.one("kms.Key", "volumes").arn,
        "us-west-2": prod.one("kms.Key", "volumes-dr").arn,
    }


def test_account_requires_imdsv2_and_blocks_public_snapshots(any_environment: Graph) -> None:
    assert {node["httpTokens"] for node in any_environment.all("ec2.InstanceMetadataDefaults")} == {"required"}
    assert {node["state"] for node in any_environment.all("ebs.SnapshotBlockPublicAccess")} == {"block-all-sharing"}


def test_account_blocks_public_buckets(any_environment: Graph) -> None:
    block = any_environment.one("s3.AccountPublicAccessBlock")
    assert block["accountId"] == any_environment.exports["account"]
    switches = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    assert [block[switch] for switch in switches] == [True] * 4


def test_password_policy_follows_cis(any_environment: Graph) -> None:
    policy = any_environment.one("iam.AccountPasswordPolicy")
    assert policy["minimumPasswordLength"] == 14
    assert policy["passwordReusePrevention"] == 24
    assert all(
        policy[f"require{what}"] for what in ("Numbers", "Symbols", "LowercaseCharacters", "UppercaseCharacters")
    )


def test_every_role_has_the_permissions_boundary_of_bootstrap(any_environment: Graph) -> None:
    environment, account = any_environment.exports["environment"], any_environment.exports["account"]
    assert "permissions_boundary" in sdk_properties("aws:iam/role:Role")
    assert {node["permissionsBoundary"] for node in any_environment.all("iam.Role")} == {
        f"arn:aws:iam::{account}:policy/campus-{environment}-boundary"
    }


def test_the_recorded_state_bucket_is_the_programs_own() -> None:
    place = context_from(PROJECT, "prod")
    watched = data_event_arn_prefixes(deployment_context(load_file(PROJECT, "prod")))
    assert all(any(f"arn:aws:s3:::{b}".startswith(w) for w in watched) for b in (place.bucket, place.bucket_copy))

"""What watches and guards an account lives through create, change and delete; so do settings that only change."""

from typing import Any

import pytest

OLD, NEW = {"Name": "old", "owner": "ops"}, {"Name": "new"}
ALARM = {"name": "root", "namespace": "Campus/dev", "value": "1"}
BLOCK = {"blockPublicAcls": True, "blockPublicPolicy": True, "ignorePublicAcls": True, "restrictPublicBuckets": True}


def data_events(*buckets: str) -> dict[str, Any]:
    fields = [
        {"field": "eventCategory", "equals": ["Data"]},
        {"field": "resources.type", "equals": ["AWS::S3::Object"]},
        {"field": "resources.ARN", "startsWiths": [f"arn:aws:s3:::{bucket}" for bucket in buckets]},
    ]
    return {"name": "objects", "fieldSelectors": fields}


def trail(g: Any, **more: Any) -> dict[str, Any]:
    return {
        "name": "campus-trail",
        "s3BucketName": g.log_bucket,
        "isMultiRegionTrail": True,
        "enableLogFileValidation": True,
        "kmsKeyId": g.key,
        "cloudWatchLogsRoleArn": g.role.outputs["arn"],
        **more,
    }


CASES = [
    (
        "aws:cloudtrail/trail:Trail",
        lambda g: trail(g, advancedEventSelectors=[data_events("evidence")], tags=OLD),
        lambda g: trail(
            g,
            kmsKeyId=g.other_key,
            enableLogging=False,
            advancedEventSelectors=[data_events("evidence", "state")],
            insightSelectors=[{"insightType": "ApiCallRateInsight"}],
            tags=NEW,
        ),
    ),
    (
        "aws:cloudtrail/trail:Trail",
        lambda g: trail(
            g,
            eventSelectors=[
                {
                    "readWriteType": "All",
                    "includeManagementEvents": True,
                    "dataResources": [{"type": "AWS::S3::Object", "values": ["arn:aws:s3"]}],
                }
            ],
            insightSelectors=[{"insightType": "ApiCallRateInsight"}, {"insightType": "ApiErrorRateInsight"}],
        ),
        trail,
    ),
    (
        "aws:guardduty/detector:Detector",
        lambda _g: {"enable": True, "findingPublishingFrequency": "FIFTEEN_MINUTES", "tags": OLD},
        lambda _g: {"enable": False, "findingPublishingFrequency": "SIX_HOURS", "tags": NEW},
    ),
    (
        "aws:securityhub/account:Account",
        lambda _g: {"enableDefaultStandards": False, "controlFindingGenerator": "SECURITY_CONTROL"},
        lambda _g: {
            "enableDefaultStandards": False,
            "autoEnableControls": False,
            "controlFindingGenerator": "STANDARD_CONTROL",
        },
    ),
    (
        "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
        lambda _g: {"accountId": "123456789012", **BLOCK},
        lambda _g: {"accountId": "123456789012", **BLOCK, "blockPublicAcls": False},
    ),
    (
        "aws:iam/accountPasswordPolicy:AccountPasswordPolicy",
        lambda _g: {"minimumPasswordLength": 14, "requireNumbers": True, "passwordReusePrevention": 24},
        lambda _g: {"minimumPasswordLength": 20, "requireNumbers": True, "passwordReusePrevention": 24},
    ),
    (
        "aws:cloudwatch/logMetricFilter:LogMetricFilter",
        lambda g: {"logGroupName": g.log_group, "name": "root", "pattern": "{$.a = 1}", "metricTransformation": ALARM},
        lambda g: {
            "logGroupName": g.log_group,
            "name": "root",
            "pattern": "{$.a = 2}",
            "metricTransformation": {**ALARM, "defaultValue": "0", "unit": "Count"},
        },
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case[0].split(":")[2] for case in CASES])
def test_a_watch_lives_and_goes(case: Any, ground: Any, live_through: Any, world: Any) -> None:
    token, first, second = case
    assert world.read(live_through(token, first(ground), second and second(ground))) is None


def test_a_feature_changes_alone_and_goes_with_its_detector(world: Any, ground: Any, client: Any) -> None:
    kind = "aws:guardduty/detectorFeature:DetectorFeature"
    first = world.make(kind, "s3", detectorId=ground.detector, name="S3_DATA_EVENTS", status="ENABLED")
    second = world.make(kind, "rds", detectorId=ground.detector, name="RDS_LOGIN_EVENTS", status="ENABLED")
    assert [world.drift(each) for each in (first, second)] == [[], []]
    first = world.update(first, detectorId=ground.detector, name="S3_DATA_EVENTS", status="DISABLED")
    assert [world.drift(each) for each in (first, second)] == [[], []]
    guardduty = client("guardduty")
    guardduty.update_detector(DetectorId=ground.detector, Features=[{"Name": "RDS_LOGIN_EVENTS", "Status": "DISABLED"}])
    assert world.drift(second) == ["status"]
    guardduty.delete_detector(DetectorId=ground.detector)
    assert world.read(first) is None


def test_volumes_are_encrypted_by_default_until_that_is_taken_back(world: Any, client: Any) -> None:
    made = world.make("aws:ebs/encryptionByDefault:EncryptionByDefault", enabled=True)
    assert world.drift(made) == []
    client("ec2").disable_ebs_encryption_by_default()
    assert world.drift(made) == ["enabled"]
    world.update(world.refreshed(made), enabled=True)
    assert client("ec2").get_ebs_encryption_by_default()["EbsEncryptionByDefault"] is True
    world.delete(made)
    assert client("ec2").get_ebs_encryption_by_default()["EbsEncryptionByDefault"] is False


def test_the_default_key_of_volumes_goes_back_to_aws_own(world: Any, ground: Any, client: Any) -> None:
    made = world.make("aws:ebs/defaultKmsKey:DefaultKmsKey", keyArn=ground.key)
    assert world.drift(made) == []
    assert world.diff(made, keyArn=ground.other_key).changes[0].replace
    world.delete(made)
    assert client("ec2").get_ebs_default_kms_key_id()["KmsKeyId"] != ground.key


def test_a_trail_that_somebody_blinds_is_drift(world: Any, ground: Any, client: Any) -> None:
    made = world.make("aws:cloudtrail/trail:Trail", **trail(ground, advancedEventSelectors=[data_events("evidence")]))
    cloudtrail = client("cloudtrail")
    cloudtrail.stop_logging(Name="campus-trail")
    assert world.drift(made) == ["enableLogging"]
    cloudtrail.start_logging(Name="campus-trail")
    cloudtrail.put_event_selectors(TrailName="campus-trail", EventSelectors=[{"ReadWriteType": "WriteOnly"}])
    assert world.drift(made) == ["advancedEventSelectors"]


def test_a_trail_can_be_imported(world: Any, ground: Any) -> None:
    made = world.make("aws:cloudtrail/trail:Trail", **trail(ground))
    live = world.imported("aws:cloudtrail/trail:Trail", made.id)
    assert live.inputs["name"] == "campus-trail"
    assert live.inputs["isMultiRegionTrail"] is True

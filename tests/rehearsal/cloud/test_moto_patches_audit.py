"""Audit services and EBS keys with and without patches."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.cloud.clients import EAST, aws, cloud

RATE, ERRORS = {"InsightType": "ApiCallRateInsight"}, {"InsightType": "ApiErrorRateInsight"}
MANAGEMENT = {"Name": "all", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}
S3, RDS = {"Name": "S3_DATA_EVENTS", "Status": "ENABLED"}, {"Name": "RDS_LOGIN_EVENTS", "Status": "ENABLED"}


def trail() -> Any:
    aws("s3").create_bucket(Bucket="trail")
    cloudtrail = aws("cloudtrail")
    cloudtrail.create_trail(Name="campus", S3BucketName="trail")
    return cloudtrail


def test_cloudtrail_name() -> None:
    with cloud(patched=False):
        trail().create_trail(Name="campus", S3BucketName="trail", IsMultiRegionTrail=True)
    with cloud(patched=True), pytest.raises(ClientError, match="TrailAlreadyExistsException"):
        trail().create_trail(Name="campus", S3BucketName="trail", IsMultiRegionTrail=True)


def test_cloudtrail_selectors() -> None:
    def selected() -> tuple[Any, Any]:
        cloudtrail = trail()
        cloudtrail.put_insight_selectors(TrailName="campus", InsightSelectors=[RATE])
        cloudtrail.put_insight_selectors(TrailName="campus", InsightSelectors=[ERRORS])
        cloudtrail.put_event_selectors(TrailName="campus", AdvancedEventSelectors=[MANAGEMENT])
        cloudtrail.put_event_selectors(TrailName="campus", EventSelectors=[{"ReadWriteType": "WriteOnly"}])
        insights = cloudtrail.get_insight_selectors(TrailName="campus")["InsightSelectors"]
        return insights, cloudtrail.get_event_selectors(TrailName="campus").get("AdvancedEventSelectors")

    with cloud(patched=False):
        assert selected() == ([RATE, ERRORS], [MANAGEMENT])
    with cloud(patched=True):
        assert selected() == ([ERRORS], [])


def test_guardduty_one_detector() -> None:
    with cloud(patched=False):
        aws("guardduty").create_detector(Enable=True)
        aws("guardduty").create_detector(Enable=True)
    with cloud(patched=True):
        aws("guardduty").create_detector(Enable=True)
        aws("guardduty", "us-west-2").create_detector(Enable=True)
        with pytest.raises(ClientError, match="a detector already exists"):
            aws("guardduty").create_detector(Enable=True)


def test_guardduty_features() -> None:
    def features() -> set[str]:
        guardduty = aws("guardduty")
        detector_id = guardduty.create_detector(Enable=True, Features=[S3])["DetectorId"]
        guardduty.update_detector(DetectorId=detector_id, Features=[RDS])
        guardduty.update_detector(DetectorId=detector_id, Enable=True)
        return {feature["Name"] for feature in guardduty.get_detector(DetectorId=detector_id)["Features"]}

    with cloud(patched=False):
        assert features() == {"RDS_LOGIN_EVENTS"}
    with cloud(patched=True):
        assert features() == {"S3_DATA_EVENTS", "RDS_LOGIN_EVENTS"}


def test_guardduty_tags() -> None:
    def tagged() -> tuple[Any, str]:
        guardduty = aws("guardduty")
        detector_id = guardduty.create_detector(Enable=True, Tags={"team": "a"})["DetectorId"]
        arn = f"arn:aws:guardduty:{EAST}:123456789012:detector/{detector_id}"
        guardduty.tag_resource(ResourceArn=arn, Tags={"feature": "b"})
        return guardduty, arn

    with cloud(patched=False), pytest.raises(ClientError):
        tagged()
    with cloud(patched=True):
        guardduty, arn = tagged()
        assert guardduty.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"team": "a", "feature": "b"}
        guardduty.untag_resource(ResourceArn=arn, TagKeys=["team"])
        assert guardduty.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"feature": "b"}


def test_securityhub_settings() -> None:
    with cloud(patched=False):
        hub = aws("securityhub")
        hub.enable_security_hub(ControlFindingGenerator="STANDARD_CONTROL")
        hub.enable_security_hub()
        assert hub.describe_hub()["ControlFindingGenerator"] == "SECURITY_CONTROL"
        with pytest.raises((NotImplementedError, ClientError)):
            hub.update_security_hub_configuration(AutoEnableControls=False)
    with cloud(patched=True):
        hub = aws("securityhub")
        with pytest.raises(ClientError, match="not subscribed"):
            hub.update_security_hub_configuration(AutoEnableControls=False)
        hub.enable_security_hub(ControlFindingGenerator="STANDARD_CONTROL")
        hub.update_security_hub_configuration(AutoEnableControls=False)
        shown = hub.describe_hub()
        assert (shown["AutoEnableControls"], shown["ControlFindingGenerator"]) == (False, "STANDARD_CONTROL")
        with pytest.raises(ClientError, match="already subscribed"):
            hub.enable_security_hub()


def test_logs_metric_filter() -> None:
    def patterns() -> list[str]:
        logs = aws("logs")
        logs.create_log_group(logGroupName="trail")
        for pattern in ("one", "two"):
            metric = {"metricName": "root", "metricNamespace": "campus", "metricValue": "1"}
            logs.put_metric_filter(
                logGroupName="trail", filterName="root", filterPattern=pattern, metricTransformations=[metric]
            )
        return [metric_filter["filterPattern"] for metric_filter in logs.describe_metric_filters()["metricFilters"]]

    with cloud(patched=False):
        assert patterns() == ["one", "two"]
    with cloud(patched=True):
        assert patterns() == ["two"]


def test_ec2_ebs_default_key() -> None:
    with cloud(patched=False), pytest.raises((NotImplementedError, ClientError)):
        aws("ec2").get_ebs_default_kms_key_id()
    with cloud(patched=True):
        ec2, kms = aws("ec2"), aws("kms")
        own = kms.create_key()["KeyMetadata"]["Arn"]
        ec2.modify_ebs_default_kms_key_id(KmsKeyId=own)
        assert ec2.get_ebs_default_kms_key_id()["KmsKeyId"] == own
        aws_own = ec2.reset_ebs_default_kms_key_id()["KmsKeyId"]
        assert aws_own == kms.describe_key(KeyId="alias/aws/ebs")["KeyMetadata"]["Arn"]
        assert ec2.get_ebs_default_kms_key_id()["KmsKeyId"] == aws_own

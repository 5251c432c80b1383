"""AWS Config and service-linked roles with and without patches."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.cloud.clients import aws, cloud

CHANNEL = {"name": "campus", "s3BucketName": "history"}
LET_IN = {"Effect": "Allow", "Principal": {"Service": "config.amazonaws.com"}, "Action": "s3:PutObject"}


def recorder(**more: Any) -> Any:
    config = aws("config")
    config.put_configuration_recorder(
        ConfigurationRecorder={"name": "campus", "roleARN": "arn:aws:iam::1:role/x", **more}
    )
    return config


def test_config_delivery_bucket() -> None:
    with cloud(patched=False):
        recorder().put_delivery_channel(DeliveryChannel=CHANNEL)
    with cloud(patched=True):
        config, s3 = recorder(), aws("s3")
        with pytest.raises(ClientError, match="NoSuchBucketException"):
            config.put_delivery_channel(DeliveryChannel=CHANNEL)
        s3.create_bucket(Bucket="history")
        with pytest.raises(ClientError, match="InsufficientDeliveryPolicyException"):
            config.put_delivery_channel(DeliveryChannel=CHANNEL)
        policy = {"Version": "2012-10-17", "Statement": [{**LET_IN, "Resource": "arn:aws:s3:::history/*"}]}
        s3.put_bucket_policy(Bucket="history", Policy=json.dumps(policy))
        config.put_delivery_channel(DeliveryChannel=CHANNEL)
        assert [each["s3BucketName"] for each in config.describe_delivery_channels()["DeliveryChannels"]] == ["history"]


def test_config_recording_mode() -> None:
    def modes() -> list[Any]:
        config = [recorder(), recorder(recordingMode={"recordingFrequency": "DAILY"})][-1]
        recorders = config.describe_configuration_recorders()["ConfigurationRecorders"]
        return [each.get("recordingMode") for each in recorders]

    with cloud(patched=False):
        assert modes() == [None]
    with cloud(patched=True):
        assert modes() == [{"recordingFrequency": "DAILY"}]


def test_iam_service_linked_role() -> None:
    def named() -> str:
        response = aws("iam").create_service_linked_role(AWSServiceName="config.amazonaws.com")
        return str(response["Role"]["RoleName"])

    with cloud(patched=False):
        assert named() == "AWSServiceRoleForconfig"
        with pytest.raises(ClientError, match="EntityAlreadyExists"):
            named()
    with cloud(patched=True):
        assert named() == "AWSServiceRoleForConfig"
        with pytest.raises(ClientError, match="InvalidInput"):
            named()

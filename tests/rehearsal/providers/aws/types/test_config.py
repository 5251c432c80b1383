"""AWS Config recorders, delivery channels and status."""

import json
from typing import Any

import pytest

from tests.rehearsal.providers.aws.lifecycle import CheckLifecycle, LifecycleCase

RECORDER = "aws:cfg/recorder:Recorder"
CHANNEL = "aws:cfg/deliveryChannel:DeliveryChannel"
STATUS = "aws:cfg/recorderStatus:RecorderStatus"


def recorder(deps: Any, **more: Any) -> dict[str, Any]:
    return {"name": "campus", "roleArn": deps.role.outputs["arn"], **more}


@pytest.fixture
def config_bucket(engine: Any, deps: Any) -> str:
    """Create a bucket to which AWS Config may write."""
    created: str = engine.create("aws:s3/bucket:Bucket", "history").id
    policy = json.loads(deps.policy("config", "s3:PutObject"))
    policy["Statement"][0]["Resource"] = f"arn:aws:s3:::{created}/*"
    engine.create("aws:s3/bucketPolicy:BucketPolicy", "history", bucket=created, policy=json.dumps(policy))
    return created


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            {"recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": True}},
            {"recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": False}},
        ),
        (
            {"recordingGroup": {"allSupported": False, "resourceTypes": ["AWS::S3::Bucket"]}},
            {
                "recordingGroup": {
                    "allSupported": False,
                    "exclusionByResourceTypes": [{"resourceTypes": ["AWS::S3::Bucket"]}],
                    "recordingStrategies": [{"useOnly": "EXCLUSION_BY_RESOURCE_TYPES"}],
                },
                "recordingMode": {"recordingFrequency": "DAILY"},
            },
        ),
        ({}, {"recordingMode": {"recordingFrequency": "DAILY"}}),
    ],
)
def test_recorder_lifecycle(first: Any, second: Any, deps: Any, check_lifecycle: CheckLifecycle) -> None:
    check_lifecycle(LifecycleCase.fixed(RECORDER, recorder(deps, **first), recorder(deps, **second)))


def test_delivery_channel_lifecycle(
    config_bucket: str, deps: Any, engine: Any, check_lifecycle: CheckLifecycle
) -> None:
    engine.create(RECORDER, **recorder(deps))
    inputs = {"name": "campus", "s3BucketName": config_bucket}
    daily = {"s3KmsKeyArn": deps.key, "snapshotDeliveryProperties": {"deliveryFrequency": "TwentyFour_Hours"}}
    check_lifecycle(LifecycleCase.fixed(CHANNEL, inputs, inputs | daily))


def test_stopped_recorder_is_drift(config_bucket: str, deps: Any, engine: Any, client: Any) -> None:
    created = engine.create(RECORDER, **recorder(deps))
    channel = engine.create(CHANNEL, name="campus", s3BucketName=config_bucket)
    running = engine.create(STATUS, name="campus", isEnabled=True)
    assert engine.drift(running) == []
    client("config").stop_configuration_recorder(ConfigurationRecorderName="campus")
    assert engine.drift(running) == ["isEnabled"]
    running = engine.update(engine.refresh(running), name="campus", isEnabled=True)
    assert engine.drift(running) == []
    for resource in (running, channel, created):
        engine.delete(resource)
    assert [engine.read(resource) for resource in (running, channel, created)] == [None] * 3

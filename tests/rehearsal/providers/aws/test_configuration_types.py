"""AWS Config's recorder, channel, switch and role live through create, change and delete."""

import json
from typing import Any

import pytest

OLD, NEW = {"Name": "old", "owner": "ops"}, {"Name": "new"}
RECORDER, CHANNEL, STATUS = (
    *("aws:cfg/recorder:Recorder", "aws:cfg/deliveryChannel:DeliveryChannel"),
    "aws:cfg/recorderStatus:RecorderStatus",
)


@pytest.fixture
def history(world: Any, ground: Any) -> str:
    """A bucket that lets AWS Config in."""
    made: str = world.make("aws:s3/bucket:Bucket", "history").id
    policy = json.loads(ground.policy("config", "s3:PutObject"))
    policy["Statement"][0]["Resource"] = f"arn:aws:s3:::{made}/*"
    world.make("aws:s3/bucketPolicy:BucketPolicy", "history", bucket=made, policy=json.dumps(policy))
    return made


def recorder(ground: Any, **more: Any) -> dict[str, Any]:
    return {"name": "campus", "roleArn": ground.role.outputs["arn"], **more}


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
def test_a_recorder_lives_and_goes(first: Any, second: Any, ground: Any, live_through: Any, world: Any) -> None:
    assert world.read(live_through(RECORDER, recorder(ground, **first), recorder(ground, **second))) is None


def test_a_channel_lives_and_goes(history: str, ground: Any, live_through: Any, world: Any) -> None:
    world.make(RECORDER, **recorder(ground))
    wanted = {"name": "campus", "s3BucketName": history}
    daily = {"s3KmsKeyArn": ground.key, "snapshotDeliveryProperties": {"deliveryFrequency": "TwentyFour_Hours"}}
    assert world.read(live_through(CHANNEL, wanted, wanted | daily)) is None


def test_a_recorder_that_somebody_stops_is_drift(history: str, ground: Any, world: Any, client: Any) -> None:
    made = world.make(RECORDER, **recorder(ground))
    channel = world.make(CHANNEL, name="campus", s3BucketName=history)
    running = world.make(STATUS, name="campus", isEnabled=True)
    assert world.drift(running) == []
    client("config").stop_configuration_recorder(ConfigurationRecorderName="campus")
    assert world.drift(running) == ["isEnabled"]
    running = world.update(world.refreshed(running), name="campus", isEnabled=True)
    assert world.drift(running) == []
    for each in (running, channel, made):
        world.delete(each)
    assert [world.read(each) for each in (running, channel, made)] == [None] * 3


def test_a_service_linked_role_lives_and_goes(live_through: Any, world: Any) -> None:
    wanted = {"awsServiceName": "config.amazonaws.com"}
    first, second = {**wanted, "description": "old", "tags": OLD}, {**wanted, "description": "new", "tags": NEW}
    made = live_through("aws:iam/serviceLinkedRole:ServiceLinkedRole", first, second)
    assert made.outputs["name"] == "AWSServiceRoleForConfig"
    assert made.id.endswith(":role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig")
    assert world.read(made) is None

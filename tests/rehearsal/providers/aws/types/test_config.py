"""AWS Config recorders, delivery channels and status."""

from typing import Any

from tests.rehearsal.providers.aws.lifecycle import LifecycleCase

RECORDER = "aws:cfg/recorder:Recorder"
CHANNEL = "aws:cfg/deliveryChannel:DeliveryChannel"
STATUS = "aws:cfg/recorderStatus:RecorderStatus"


def recorder(deps: Any, **more: Any) -> dict[str, Any]:
    return {"name": "campus", "roleArn": deps.role.outputs["arn"], **more}


CHOSEN = {"allSupported": False, "resourceTypes": ["AWS::S3::Bucket"]}
ALL_BUT_CHOSEN = {
    "allSupported": False,
    "exclusionByResourceTypes": [{"resourceTypes": ["AWS::S3::Bucket"]}],
    "recordingStrategies": [{"useOnly": "EXCLUSION_BY_RESOURCE_TYPES"}],
}
DAILY = {"recordingMode": {"recordingFrequency": "DAILY"}}


def everything(*, with_global: bool) -> dict[str, Any]:
    return {"allSupported": True, "includeGlobalResourceTypes": with_global}


def channel(deps: Any, **more: Any) -> dict[str, Any]:
    """Return the inputs of a channel, and create its recorder first."""
    assert deps.config_recorder
    return {"name": "campus", "s3BucketName": deps.config_buckets[0], **more}


def snapshots(frequency: str) -> dict[str, str]:
    return {"deliveryFrequency": frequency}


def status(deps: Any, *, enabled: bool) -> dict[str, Any]:
    """Return the inputs of a status, and create its recorder and channel first."""
    assert deps.config_channel
    return {"name": "campus", "isEnabled": enabled}


CASES = [
    LifecycleCase(
        RECORDER,
        lambda deps: recorder(deps, recordingGroup=everything(with_global=True)),
        lambda deps: recorder(deps, recordingGroup=everything(with_global=False)),
        drifts=lambda deps: {
            "recordingMode": tuple({"recordingFrequency": value} for value in ("DAILY", "CONTINUOUS")),
            "roleArn": (deps.role.outputs["arn"], deps.other_role.outputs["arn"]),
        },
        replacing=lambda _deps: {"name": "other"},
        delete_first=True,
    ),
    LifecycleCase(
        RECORDER,
        lambda deps: recorder(deps, recordingGroup=CHOSEN),
        lambda deps: recorder(deps, recordingGroup=ALL_BUT_CHOSEN, **DAILY),
        delete_first=True,
    ),
    LifecycleCase(RECORDER, recorder, lambda deps: recorder(deps, **DAILY), delete_first=True),
    LifecycleCase(
        CHANNEL,
        channel,
        lambda deps: channel(deps, s3KmsKeyArn=deps.key, snapshotDeliveryProperties=snapshots("TwentyFour_Hours")),
        drifts=lambda deps: {
            "s3BucketName": tuple(deps.config_buckets),
            "s3KeyPrefix": ("program", "outside"),
            "s3KmsKeyArn": (deps.key, deps.other_key),
            "snapshotDeliveryProperties": (snapshots("TwentyFour_Hours"), snapshots("One_Hour")),
            "snsTopicArn": tuple(deps.topics),
        },
        replacing=lambda _deps: {"name": "other"},
        delete_first=True,
    ),
    LifecycleCase(
        STATUS,
        lambda deps: status(deps, enabled=True),
        lambda deps: status(deps, enabled=False),
        replacing=lambda _deps: None,
        remains=True,
    ),
]


def test_stopped_recorder_is_drift(deps: Any, engine: Any, client: Any) -> None:
    created = engine.create(RECORDER, **recorder(deps))
    channel = engine.create(CHANNEL, name="campus", s3BucketName=deps.config_buckets[0])
    running = engine.create(STATUS, name="campus", isEnabled=True)
    assert engine.drift(running) == []
    client("config").stop_configuration_recorder(ConfigurationRecorderName="campus")
    assert engine.drift(running) == ["isEnabled"]
    running = engine.update(engine.refresh(running), name="campus", isEnabled=True)
    assert engine.drift(running) == []
    for resource in (running, channel, created):
        engine.delete(resource)
    assert [engine.read(resource) for resource in (running, channel, created)] == [None] * 3

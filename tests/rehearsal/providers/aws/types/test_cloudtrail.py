"""Trails: lifecycle, drift and import."""

from typing import Any

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, LifecycleCase


def data_events(*buckets: str) -> dict[str, Any]:
    fields = [
        {"field": "eventCategory", "equals": ["Data"]},
        {"field": "resources.type", "equals": ["AWS::S3::Object"]},
        {"field": "resources.ARN", "startsWiths": [f"arn:aws:s3:::{bucket}" for bucket in buckets]},
    ]
    return {"name": "objects", "fieldSelectors": fields}


def basic_events(kind: str) -> list[dict[str, Any]]:
    objects = [{"type": "AWS::S3::Object", "values": ["arn:aws:s3"]}]
    return [{"readWriteType": kind, "includeManagementEvents": True, "dataResources": objects}]


def trail(deps: Any, **more: Any) -> dict[str, Any]:
    return {
        "name": "campus-trail",
        "s3BucketName": deps.log_bucket,
        "isMultiRegionTrail": True,
        "enableLogFileValidation": True,
        "kmsKeyId": deps.key,
        "cloudWatchLogsRoleArn": deps.role.outputs["arn"],
        **more,
    }


CASES = [
    LifecycleCase(
        "aws:cloudtrail/trail:Trail",
        lambda deps: trail(deps, advancedEventSelectors=[data_events("evidence")], tags=OLD),
        lambda deps: trail(
            deps,
            kmsKeyId=deps.other_key,
            enableLogging=False,
            advancedEventSelectors=[data_events("evidence", "state")],
            insightSelectors=[{"insightType": "ApiCallRateInsight"}],
            tags=NEW,
        ),
    ),
    LifecycleCase(
        "aws:cloudtrail/trail:Trail",
        lambda deps: trail(
            deps,
            eventSelectors=basic_events("All"),
            insightSelectors=[{"insightType": "ApiCallRateInsight"}, {"insightType": "ApiErrorRateInsight"}],
        ),
        trail,
        drifts=lambda _deps: {"eventSelectors": (basic_events("All"), basic_events("WriteOnly"))},
    ),
]


def test_stopped_logging_and_changed_selectors_are_drift(engine: Any, deps: Any, client: Any) -> None:
    created = engine.create(
        "aws:cloudtrail/trail:Trail", **trail(deps, advancedEventSelectors=[data_events("evidence")])
    )
    cloudtrail = client("cloudtrail")
    cloudtrail.stop_logging(Name="campus-trail")
    assert engine.drift(created) == ["enableLogging"]
    cloudtrail.start_logging(Name="campus-trail")
    cloudtrail.put_event_selectors(TrailName="campus-trail", EventSelectors=[{"ReadWriteType": "WriteOnly"}])
    assert engine.drift(created) == ["advancedEventSelectors"]


def test_trail_can_be_imported(engine: Any, deps: Any) -> None:
    created = engine.create("aws:cloudtrail/trail:Trail", **trail(deps))
    live = engine.import_resource("aws:cloudtrail/trail:Trail", created.id)
    assert live.inputs["name"] == "campus-trail"
    assert live.inputs["isMultiRegionTrail"] is True

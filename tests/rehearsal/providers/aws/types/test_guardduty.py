"""GuardDuty detectors and their features."""

from typing import Any

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, LifecycleCase


def feature(deps: Any, status: str) -> dict[str, Any]:
    return {"detectorId": deps.guardduty_detector, "name": "RUNTIME_MONITORING", "status": status}


def agents(status: str) -> list[dict[str, str]]:
    return [{"name": "EKS_ADDON_MANAGEMENT", "status": status}]


CASES = [
    LifecycleCase(
        "aws:guardduty/detector:Detector",
        lambda _deps: {"enable": True, "findingPublishingFrequency": "FIFTEEN_MINUTES", "tags": OLD},
        lambda _deps: {"enable": False, "findingPublishingFrequency": "SIX_HOURS", "tags": NEW},
    ),
    LifecycleCase(
        "aws:guardduty/detectorFeature:DetectorFeature",
        lambda deps: feature(deps, "ENABLED"),
        lambda deps: feature(deps, "DISABLED"),
        drifts=lambda _deps: {"additionalConfigurations": (agents("ENABLED"), agents("DISABLED"))},
        replacing=lambda _deps: {"name": "EKS_RUNTIME_MONITORING"},
        remains=True,
    ),
]


def test_feature_changes_alone_and_is_gone_with_its_detector(engine: Any, deps: Any, client: Any) -> None:
    token = "aws:guardduty/detectorFeature:DetectorFeature"
    first = engine.create(token, "s3", detectorId=deps.guardduty_detector, name="S3_DATA_EVENTS", status="ENABLED")
    second = engine.create(token, "rds", detectorId=deps.guardduty_detector, name="RDS_LOGIN_EVENTS", status="ENABLED")
    assert [engine.drift(feature) for feature in (first, second)] == [[], []]
    first = engine.update(first, detectorId=deps.guardduty_detector, name="S3_DATA_EVENTS", status="DISABLED")
    assert [engine.drift(feature) for feature in (first, second)] == [[], []]
    guardduty = client("guardduty")
    guardduty.update_detector(
        DetectorId=deps.guardduty_detector, Features=[{"Name": "RDS_LOGIN_EVENTS", "Status": "DISABLED"}]
    )
    assert engine.drift(second) == ["status"]
    guardduty.delete_detector(DetectorId=deps.guardduty_detector)
    assert engine.read(first) is None

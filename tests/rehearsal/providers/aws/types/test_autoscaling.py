"""Scheduled actions of Auto Scaling groups."""

from typing import Any

import pytest

from tests.rehearsal.providers.aws.lifecycle import LifecycleCase

SCHEDULE = "aws:autoscaling/schedule:Schedule"


def schedule(group: str, **more: Any) -> dict[str, Any]:
    inputs = {
        "autoscalingGroupName": group,
        "scheduledActionName": "school-opens",
        "minSize": 2,
        "maxSize": -1,
        "desiredCapacity": -1,
        "recurrence": "30 5 * * MON-FRI",
        "timeZone": "America/New_York",
    }
    return {**inputs, **more}


CASES = [
    LifecycleCase(
        SCHEDULE,
        lambda deps: schedule(deps.scaling_group),
        lambda deps: schedule(deps.scaling_group, minSize=3, recurrence="0 5 * * *"),
    ),
]


def test_unchanged_size_is_not_sent(deps: Any, engine: Any, client: Any) -> None:
    engine.create(SCHEDULE, **schedule(deps.scaling_group))
    (action,) = client("autoscaling").describe_scheduled_actions()["ScheduledUpdateGroupActions"]
    assert action["MinSize"] == 2
    assert not {"MaxSize", "DesiredCapacity"} & action.keys()
    assert action["TimeZone"] == "America/New_York"


def test_changes_outside_the_program_are_drift(deps: Any, engine: Any, client: Any) -> None:
    created = engine.create(SCHEDULE, **schedule(deps.scaling_group))
    client("autoscaling").put_scheduled_update_group_action(
        AutoScalingGroupName=deps.scaling_group,
        ScheduledActionName="school-opens",
        MinSize=1,
        MaxSize=9,
        Recurrence="0 9 * * *",
        TimeZone="America/New_York",
    )
    assert sorted(engine.drift(created)) == ["maxSize", "minSize", "recurrence"]


@pytest.mark.parametrize("change", [{"scheduledActionName": "other"}, {"autoscalingGroupName": "other"}])
def test_changed_name_or_group_replaces(deps: Any, engine: Any, change: dict[str, str]) -> None:
    created = engine.create(SCHEDULE, **schedule(deps.scaling_group))
    assert [change.replace for change in engine.diff(created, **schedule(deps.scaling_group, **change)).changes] == [
        True
    ]


def test_action_is_imported_by_group_and_name(deps: Any, engine: Any) -> None:
    created = engine.create(SCHEDULE, **schedule(deps.scaling_group))
    imported = engine.import_resource(SCHEDULE, f"{deps.scaling_group}/school-opens")
    assert imported.id == created.id
    assert imported.inputs["minSize"] == 2
    assert imported.inputs["recurrence"] == "30 5 * * MON-FRI"

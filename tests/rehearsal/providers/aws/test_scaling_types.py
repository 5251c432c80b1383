"""Scheduled sizes live through create, change and delete."""

from typing import Any

import pytest

SCHEDULE = "aws:autoscaling/schedule:Schedule"


def _wanted(group: str, **more: Any) -> dict[str, Any]:
    wanted = {
        "autoscalingGroupName": group,
        "scheduledActionName": "school-opens",
        "minSize": 2,
        "maxSize": -1,
        "desiredCapacity": -1,
        "recurrence": "30 5 * * MON-FRI",
        "timeZone": "America/New_York",
    }
    return {**wanted, **more}


def test_a_scheduled_size_lives_and_goes(ground: Any, live_through: Any, world: Any) -> None:
    first, second = _wanted(ground.scaling_group), _wanted(ground.scaling_group, minSize=3, recurrence="0 5 * * *")
    assert world.read(live_through(SCHEDULE, first, second)) is None


def test_a_size_that_stays_is_not_sent(ground: Any, world: Any, client: Any) -> None:
    world.make(SCHEDULE, **_wanted(ground.scaling_group))
    (action,) = client("autoscaling").describe_scheduled_actions()["ScheduledUpdateGroupActions"]
    assert action["MinSize"] == 2
    assert not {"MaxSize", "DesiredCapacity"} & action.keys()
    assert action["TimeZone"] == "America/New_York"


def test_what_somebody_else_schedules_is_drift(ground: Any, world: Any, client: Any) -> None:
    made = world.make(SCHEDULE, **_wanted(ground.scaling_group))
    client("autoscaling").put_scheduled_update_group_action(
        AutoScalingGroupName=ground.scaling_group,
        ScheduledActionName="school-opens",
        MinSize=1,
        MaxSize=9,
        Recurrence="0 9 * * *",
        TimeZone="America/New_York",
    )
    assert sorted(world.drift(made)) == ["maxSize", "minSize", "recurrence"]


@pytest.mark.parametrize("change", [{"scheduledActionName": "other"}, {"autoscalingGroupName": "other"}])
def test_another_name_or_group_is_another_action(ground: Any, world: Any, change: dict[str, str]) -> None:
    made = world.make(SCHEDULE, **_wanted(ground.scaling_group))
    assert [one.replace for one in world.diff(made, **_wanted(ground.scaling_group, **change)).changes] == [True]


def test_an_existing_action_is_imported_by_group_and_name(ground: Any, world: Any) -> None:
    made = world.make(SCHEDULE, **_wanted(ground.scaling_group))
    found = world.imported(SCHEDULE, f"{ground.scaling_group}/school-opens")
    assert found.id == made.id
    assert found.inputs["minSize"] == 2
    assert found.inputs["recurrence"] == "30 5 * * MON-FRI"

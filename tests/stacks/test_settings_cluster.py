"""Validation of clusters, school hours and the standby."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from stacks.errors import SettingsError
from stacks.loading import load_file
from tests.stacks.graph import record
from tests.stacks.test_settings import _change, _mistakes, project  # noqa: F401  # pytest finds the fixture by its name

MISTAKES: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "version without add-ons": (
        "dev",
        {"cluster.version": "1.29"},
        [
            (
                "cluster.version no add-on versions are pinned for Kubernetes 1.29; "
                "use one of 1.34, 1.33, or add some to components/cluster/plan.py"
            ),
        ],
    ),
    "unknown workload": (
        "dev",
        {"cluster.nodeGroups.batch.workload": "play"},
        ["cluster.nodeGroups.batch.workload must be 'services', 'batch' or 'training', not 'play'"],
    ),
    "services on spot": (
        "dev",
        {"cluster.nodeGroups.baseline.spot": True},
        ["cluster.nodeGroups.baseline.spot must be false for services, which must not be interrupted"],
    ),
    "no machine for services": (
        "dev",
        {"cluster.nodeGroups.baseline.workload": "batch"},
        ["cluster.nodeGroups has no group with workload services, which all pods except batch and training need"],
    ),
    "fewer machines in school hours": (
        "prod",
        {"cluster.nodeGroups.baseline.schoolHoursMin": 2},
        ["cluster.nodeGroups.baseline.schoolHoursMin needs min ≤ schoolHoursMin ≤ max, not 3, 2, 15"],
    ),
    "more machines in school hours than max": (
        "prod",
        {"cluster.nodeGroups.baseline.schoolHoursMin": 16},
        ["cluster.nodeGroups.baseline.schoolHoursMin needs min ≤ schoolHoursMin ≤ max, not 3, 16, 15"],
    ),
    "a cap without the DR region": (
        "prod",
        {"cluster.nodeCap": 57},
        ["cluster.nodeCap 57 is less than 58, the sum of the groups' max, counted in both regions"],
    ),
    "a standby without one of the groups": (
        "prod",
        {"recovery.nodeGroups.training": ...},
        ["recovery.nodeGroups.training is missing from recovery.nodeGroups; both regions must have the same groups"],
    ),
    "a standby with a group of its own": (
        "prod",
        {"recovery.nodeGroups.spare": {"min": 0, "desired": 0, "max": 1}},
        ["recovery.nodeGroups.spare is missing from cluster.nodeGroups; both regions must have the same groups"],
    ),
    "a standby out of order": (
        "prod",
        {"recovery.nodeGroups.baseline": {"min": 2, "desired": 1, "max": 2}},
        ["recovery.nodeGroups.baseline needs min ≤ desired ≤ max, not 2, 1, 2"],
    ),
    "a standby larger than the primary": (
        "prod",
        {"recovery.nodeGroups.batch.max": 11},
        ["recovery.nodeGroups.batch.max 11 is more than the primary's 10"],
    ),
    "a cold standby": (
        "prod",
        {"recovery.nodeGroups.baseline": {"min": 0, "desired": 0, "max": 2}},
        ["recovery.nodeGroups has only groups with min 0; a warm standby needs at least one node"],
    ),
}
HOURS: dict[str, tuple[dict[str, str], list[str]]] = {
    "unknown time zone": (
        {"timeZone": "America/Gotham"},
        [
            (
                "schoolHours.timeZone 'America/Gotham' is not in the IANA time zone database; use a name such as "
                "America/New_York"
            )
        ],
    ),
    "invalid time": (
        {"opens": "6"},
        ["schoolHours.opens '6' is not a time of day, such as 06:00"],
    ),
    "invalid days": (
        {"days": "weekdays"},
        ["schoolHours.days 'weekdays' is not days of the week, such as MON-FRI"],
    ),
    "closing before opening": (
        {"opens": "09:00", "closes": "08:00"},
        ["schoolHours.closes 08:00 is not after schoolHours.opens (09:00)"],
    ),
    "school in the maintenance window": (
        {"opens": "05:30", "closes": "18:30"},
        [
            "schoolHours.closes 18:30 is in the maintenance window (18:00 to 06:00)",
            "schoolHours.opens 05:30 is in the maintenance window (18:00 to 06:00)",
        ],
    ),
}


@pytest.mark.parametrize(("environment", "changes", "lines"), MISTAKES.values(), ids=MISTAKES)
def test_an_invalid_cluster_is_reported(
    project: Path,  # noqa: F811  # the same
    environment: str,
    changes: dict[str, Any],
    lines: list[str],
) -> None:
    assert _mistakes(project, environment, changes) == lines


@pytest.mark.parametrize(("changes", "lines"), HOURS.values(), ids=HOURS)
def test_invalid_school_hours_are_reported(
    project: Path,  # noqa: F811  # the same
    changes: dict[str, str],
    lines: list[str],
) -> None:
    shared = yaml.safe_load((project / "Pulumi.yaml").read_text(encoding="utf-8"))
    shared["config"]["campus-safety:schoolHours"]["value"] |= changes
    (project / "Pulumi.yaml").write_text(yaml.safe_dump(shared), encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_file(project, "dev")
    assert [f"{mistake.location} {mistake.sentence}" for mistake in caught.value.mistakes] == lines


def test_a_generation_gives_the_group_in_both_regions_another_name(
    project: Path,  # noqa: F811  # the same
) -> None:
    baseline = "cluster.nodeGroups.baseline"
    _change(project, "preprod", {f"{baseline}.instanceTypes": ["m7i.large"], f"{baseline}.generation": "m7"})
    groups = record("preprod", project=project).all("eks.NodeGroup")
    names = {group.name: group["nodeGroupName"] for group in groups}
    assert (names["nodes-baseline"], names["nodes-dr-baseline"], names["nodes-batch"]) == (
        "baseline-m7",
        "baseline-m7",
        "batch",
    )

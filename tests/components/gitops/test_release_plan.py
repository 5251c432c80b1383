"""How much of Argo CD runs."""

import pytest

from components.gitops.release_plan import values


@pytest.mark.parametrize(("zones", "replicas", "majority"), [(1, 1, False), (2, 2, False), (3, 2, True), (6, 2, True)])
def test_a_lost_zone_takes_nothing_away_where_there_is_another(zones: int, replicas: int, majority: bool) -> None:  # noqa: FBT001  # a column of the table
    made = values(zones)
    assert [made[part]["replicas"] for part in ("server", "repoServer")] == [replicas, replicas]
    assert [made[part]["pdb"]["enabled"] for part in ("server", "repoServer")] == [replicas > 1] * 2
    assert made["redis-ha"]["enabled"] is majority


def test_nobody_signs_in_to_argo_cd() -> None:
    made = values(3)
    assert made["configs"]["cm"]["admin.enabled"] is False
    assert made["configs"]["rbac"]["policy.default"] == ""
    assert made["dex"]["enabled"] is False


def test_definitions_outlive_the_release() -> None:
    assert values(1)["crds"] == {"install": True, "keep": True}

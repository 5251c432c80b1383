"""Values of the Argo CD release."""

import pytest

from components.gitops.release_plan import values


@pytest.mark.parametrize(("zones", "replicas", "majority"), [(1, 1, False), (2, 2, False), (3, 2, True), (6, 2, True)])
def test_argo_cd_survives_a_lost_zone_if_there_is_another(zones: int, replicas: int, majority: bool) -> None:  # noqa: FBT001  # a column of the table
    chart_values = values(zones)
    assert [chart_values[part]["replicas"] for part in ("server", "repoServer")] == [replicas, replicas]
    assert [chart_values[part]["pdb"]["enabled"] for part in ("server", "repoServer")] == [replicas > 1] * 2
    assert chart_values["redis-ha"]["enabled"] is majority


def test_nobody_signs_in_to_argo_cd() -> None:
    chart_values = values(3)
    assert chart_values["configs"]["cm"]["admin.enabled"] is False
    assert chart_values["configs"]["rbac"]["policy.default"] == ""
    assert chart_values["dex"]["enabled"] is False


def test_crds_outlive_the_release() -> None:
    assert values(1)["crds"] == {"install": True, "keep": True}

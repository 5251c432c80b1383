"""Reviewed resources that roles may write are spelled as the API spells them."""

from pathlib import Path

import pytest

from policy_packs.security.kubernetes import rbac_reviewed_resources


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("resources: {deployments: a}", "deployments"),
        ("resources: {'apps/*': a}", "apps/*"),
        ("resources: {'*/deployments': a}", "*/deployments"),
        ("resources: {apps/deployments: ''}", "apps/deployments"),
    ],
)
def test_a_mistake_in_the_list_is_reported(tmp_path: Path, text: str, mistake: str) -> None:
    file = tmp_path / "resources.yaml"
    file.write_text(text)
    resources, mistakes = rbac_reviewed_resources._read(file)
    assert resources == {}
    assert any(mistake in line and file.name in line for line in mistakes)


def test_the_list_has_no_mistakes() -> None:
    assert rbac_reviewed_resources.MISTAKES == ()
    assert rbac_reviewed_resources.REVIEWED["core/pods/eviction"]

"""Validation of GitOps settings."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from stacks.errors import SettingsError
from stacks.loading import load_file
from tests.stacks.graph import PROJECT
from tests.stacks.test_settings import project  # noqa: F401  # a fixture

GROUP = "campus-safety:gitops"


def _mistakes(project: Path, key: str, value: Any) -> list[str]:  # noqa: F811  # the fixture's value
    """Return prod's mistakes with one key of the shared group changed."""
    shared = yaml.safe_load((PROJECT / "Pulumi.yaml").read_text(encoding="utf-8"))
    target = shared["config"][GROUP]["value"]
    *groups, last = key.split(".")
    for group in groups:
        target = target[group]
    target[last] = value
    (project / "Pulumi.yaml").write_text(yaml.safe_dump(shared), encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_file(project, "prod")
    return [" ".join(line.split()) for line in str(caught.value).splitlines()[1:-1]]


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        (
            "repository",
            "git@git.example:a/b.git",
            "gitops.repository 'git@git.example:a/b.git' is not an https:// address",
        ),
        ("chartVersion", "^9.1.0", "gitops.chartVersion '^9.1.0' is not an exact version of a chart"),
        ("revisions.prod", "main", "gitops.revisions.prod 'main' is not a tag (v1.4.0) or a full commit"),
        ("revisions.staging", "HEAD", "gitops.revisions.staging 'HEAD' is not a tag"),
        ("revisions.qa", "v1.0.0", "gitops.revisions.qa unknown key"),
    ],
)
def test_each_mistake_is_one_sentence(project: Path, key: str, value: str, sentence: str) -> None:  # noqa: F811  # the fixture's value
    (mistake,) = _mistakes(project, key, value)
    assert mistake.startswith(sentence)


@pytest.mark.parametrize("team", ["argocd", "monitoring", "platform", "root", "default"])
def test_team_names_of_the_platform_are_reserved(project: Path, team: str) -> None:  # noqa: F811  # the same
    shared = yaml.safe_load((PROJECT / "Pulumi.yaml").read_text(encoding="utf-8"))
    teams = shared["config"]["campus-safety:teams"]["value"]
    teams[team] = next(iter(teams.values()))
    (project / "Pulumi.yaml").write_text(yaml.safe_dump(shared), encoding="utf-8")
    with pytest.raises(SettingsError, match=rf"teams\.{team}"):
        load_file(project, "prod")

"""The destroyable-data override works in rehearsals only, never from a file."""

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from operations.recording import RecordingError
from stacks import destroyable_data
from stacks.errors import SettingsError
from stacks.loading import load_file
from tests.stacks.graph import PROJECT, Graph, record

LOCKS = ("VaultLockConfiguration", "BucketObjectLockConfiguration")
"""Locks that nobody can remove, so destroyable environments never have them."""


@pytest.fixture
def endpoint() -> Iterator[str]:
    """URL of a server on this machine, which stands for a rehearsal's AWS."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Settings of all environments, with prod's data declared destroyable."""
    for file in PROJECT.glob("Pulumi*.yaml"):
        shutil.copy(file, tmp_path)
    prod = tmp_path / "Pulumi.prod.yaml"
    content = yaml.safe_load(prod.read_text(encoding="utf-8"))
    content["config"][destroyable_data.KEY] = "prod"
    prod.write_text(yaml.safe_dump(content), encoding="utf-8")
    return tmp_path


def test_override_in_a_settings_file_is_rejected(project: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load_file(project, "prod")
    (mistake,) = caught.value.mistakes
    assert mistake.location == "rehearsal:dispose"
    assert "must not be in a settings file; use `ops rehearse up prod --disposable`" in mistake.sentence


def test_prod_with_the_override_can_be_destroyed_completely(
    project: Path, prod: Graph, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(destroyable_data.ENDPOINT, endpoint)
    lifted = record("prod", project=project)
    for database in lifted.all("rds.Instance"):
        assert database["deletionProtection"] is False
        assert database["skipFinalSnapshot"] is True
    assert lifted.one("elasticache.ReplicationGroup")["finalSnapshotIdentifier"] is None
    assert {bucket["forceDestroy"] for bucket in lifted.all("s3.Bucket")} == {True}
    assert {vault["forceDestroy"] for vault in lifted.all("backup.Vault")} == {True}
    assert lifted.all("backup.VaultLockConfiguration") == []
    removed = {(node.type, node.name) for node in prod.nodes} - {(node.type, node.name) for node in lifted.nodes}
    locks = {node.urn: (node.type, node.name) for node in prod.nodes if node.type.endswith(LOCKS)}
    assert removed <= set(locks.values())
    assert {kind.rpartition(":")[2] for kind, _ in removed} == set(LOCKS)


@pytest.mark.parametrize("endpoint", [None, "", "https://rds.us-east-1.amazonaws.com", "http://localhost.example:1"])
def test_override_is_ignored_outside_a_rehearsal(
    project: Path, endpoint: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(destroyable_data.ENDPOINT, raising=False)
    if endpoint is not None:
        monkeypatch.setenv(destroyable_data.ENDPOINT, endpoint)
    with pytest.raises(RecordingError, match="removes the protection of data, so it must not be in a settings file"):
        record("prod", project=project)


@pytest.mark.parametrize(
    "more",
    [
        {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
        {"AWS_ENDPOINT_URL_RDS": "https://rds.us-east-1.amazonaws.com"},
        {"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1"},
    ],
)
def test_override_is_ignored_if_a_variable_could_lead_to_the_real_aws(endpoint: str, more: dict[str, str]) -> None:
    settings = load_file(PROJECT, "preprod")
    variables = {destroyable_data.ENDPOINT: endpoint}
    assert destroyable_data.make_destroyable(settings, "preprod", variables).data.destroyable is True
    with pytest.raises(SettingsError, match="removes the protection of data"):
        destroyable_data.make_destroyable(settings, "preprod", {**variables, **more})


def test_override_is_ignored_if_nothing_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = f"http://127.0.0.1:{server.getsockname()[1]}"
    with pytest.raises(SettingsError, match="removes the protection of data"):
        destroyable_data.make_destroyable(load_file(PROJECT, "preprod"), "preprod", {destroyable_data.ENDPOINT: closed})


def test_override_applies_to_its_own_environment_only(endpoint: str) -> None:
    settings = load_file(PROJECT, "preprod")
    with pytest.raises(SettingsError, match="names prod; must name preprod"):
        destroyable_data.make_destroyable(settings, "prod", {destroyable_data.ENDPOINT: endpoint})


def test_override_changes_only_protection(endpoint: str) -> None:
    settings = load_file(PROJECT, "preprod")
    lifted = destroyable_data.make_destroyable(settings, "preprod", {destroyable_data.ENDPOINT: endpoint})
    assert lifted.data.destroyable is True
    assert lifted.model_copy(update={"data": settings.data}) == settings


def test_override_is_reported() -> None:
    assert destroyable_data.warning("prod").startswith("The data of prod is not protected in this rehearsal")

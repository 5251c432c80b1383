"""How a preview's answer becomes resources, and what is refused before anything is started."""

from types import SimpleNamespace
from typing import Any

import pytest

from operations import previews
from operations.recording import short
from rehearsal.daemon import DaemonInfo
from rehearsal.lifecycle import RehearsalError
from rehearsal.providers.values import UNKNOWN
from stacks.figures import Environment


def test_a_preview_is_read_with_where_values_come_from() -> None:
    state = {
        "urn": "urn:pulumi:dev::campus::campus:x:Y$aws:rds/instance:Instance::records",
        "type": "aws:rds/instance:Instance",
        "inputs": {"multiAz": True},
        "propertyDependencies": {"kmsKeyId": ["urn::key"], "multiAz": None},
    }
    (found,) = previews.read([{"op": "create", "newState": state}, {"op": "delete", "oldState": state}])
    assert (found.type, found.name, found.inputs) == ("rds.Instance", "records", {"multiAz": True})
    assert found.sources == {"kmsKeyId": ("urn::key",), "multiAz": ()}


def test_types_are_short() -> None:
    tokens = ("aws:rds/instance:Instance", "kubernetes:apps/v1:Deployment", "vault:index/policy:Policy", "campus:a:Vpc")
    shown = [short(token) for token in tokens]
    assert shown == ["rds.Instance", "k8s.Deployment", "vault.Policy", "campus.Vpc"]


def test_one_unknown_inside_makes_a_value_unknown() -> None:
    assert previews.known({"a": ["b", 1]})
    assert not previews.known({"a": ["b", UNKNOWN]})


def test_a_running_rehearsal_is_not_previewed_as_if_it_were_new(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(home: Any) -> Any:
        return SimpleNamespace(alive=home.stack == Environment.STAGING)

    monkeypatch.setattr(DaemonInfo, "load", load)
    with pytest.raises(
        RehearsalError, match=r"^staging is being rehearsed; end that first: ops rehearse down staging$"
    ):
        previews.previews()

"""Resources of a preview, and errors before it starts."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from operations import previews
from operations.recording import short
from pulumi_wire.markers import UNKNOWN_STRING
from rehearsal.daemon import DaemonInfo
from rehearsal.engine import Engine, EngineError, OperationError, Outcome
from rehearsal.errors import RehearsalError
from stacks.requirements import Environment


def test_a_preview_contains_the_sources_of_values() -> None:
    state = {
        "urn": "urn:pulumi:dev::campus::campus:x:Y$aws:rds/instance:Instance::records",
        "type": "aws:rds/instance:Instance",
        "inputs": {"multiAz": True},
        "propertyDependencies": {"kmsKeyId": ["urn::key"], "multiAz": None},
    }
    (resource,) = previews.read([{"op": "create", "newState": state}, {"op": "delete", "oldState": state}])
    assert (resource.type, resource.name, resource.inputs) == ("rds.Instance", "records", {"multiAz": True})
    assert resource.sources == {"kmsKeyId": ("urn::key",), "multiAz": ()}


def test_types_are_short() -> None:
    tokens = ("aws:rds/instance:Instance", "kubernetes:apps/v1:Deployment", "vault:index/policy:Policy", "campus:a:Vpc")
    shown = [short(token) for token in tokens]
    assert shown == ["rds.Instance", "k8s.Deployment", "vault.Policy", "campus.Vpc"]


def test_a_value_with_an_unknown_part_is_unknown() -> None:
    assert previews.known({"a": ["b", 1]})
    assert not previews.known({"a": ["b", UNKNOWN_STRING]})


def test_an_environment_that_is_being_rehearsed_is_not_previewed(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(home: Any) -> Any:
        return SimpleNamespace(alive=home.stack == Environment.STAGING)

    monkeypatch.setattr(DaemonInfo, "load", load)
    with pytest.raises(
        RehearsalError, match=r"^staging is being rehearsed; end the rehearsal first: ops rehearse down staging$"
    ):
        previews.previews()


class Blocked:
    """Engine whose preview a policy blocks; its JSON does not contain the reason."""

    stack = "dev"

    def run(self, *_arguments: str) -> str:
        raise EngineError("preview failed", Path("pulumi.log"))

    def operate(self, _verb: str) -> Outcome:
        finding = {"policyName": "s3-must-be-versioned", "message": "bucket a keeps no versions\nwhy: …"}
        events = [
            {"policyEvent": {**finding, "enforcementLevel": "mandatory"}},
            {"policyEvent": {**finding, "policyName": "sg-must-be-attached", "enforcementLevel": "advisory"}},
        ]
        raise OperationError(Outcome(events), 255, Path("pulumi-preview.log"))


def test_a_blocked_preview_names_the_rule_and_the_reason() -> None:
    with pytest.raises(EngineError) as failure:
        previews._json_preview(cast("Engine", Blocked()))
    assert str(failure.value).splitlines()[1:] == ["  s3-must-be-versioned: bucket a keeps no versions"]

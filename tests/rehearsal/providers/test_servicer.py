"""A provider is served with the plugin protocol over a real gRPC channel."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import any_pb2, empty_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from pulumi_wire.structs import from_struct, to_struct
from rehearsal.providers.busy_timer import BusyTimer
from rehearsal.providers.journal import Journal, JournalEvent
from rehearsal.providers.protocol import (
    ChangeKind,
    CheckFailure,
    CheckRequest,
    CheckResult,
    CreateResult,
    DiffResult,
    Fidelity,
    PartiallyCreatedError,
    PartiallyUpdatedError,
    PropertyChange,
    ProviderError,
    ReadResult,
    ResourceState,
    Urn,
)
from rehearsal.providers.servicer import serve
from rehearsal.providers.values import Properties

URN = "urn:pulumi:dev::campus::toy:box/box:Box::main"


class Toy:
    """Example provider of boxes. The size of a box decides if an operation fails."""

    def __init__(self, config: Properties) -> None:
        self.config = config
        self.updated: Properties = {}

    def check(self, request: CheckRequest) -> CheckResult:
        failures = [] if "size" in request.inputs else [CheckFailure("size", "is missing")]
        naming = {"proposed": request.proposed_name, "autonaming": request.autonaming.value}
        return CheckResult({**request.inputs, **naming}, failures)

    def diff(self, old: ResourceState, inputs: Properties) -> DiffResult:
        changes = [
            PropertyChange(name, ChangeKind.UPDATE, replace=name == "shape")
            for name in sorted(inputs)
            if inputs[name] != old.inputs.get(name)
        ]
        return DiffResult(changes, delete_before_replace=True)

    def create(self, urn: Urn, inputs: Properties, timeout: float) -> CreateResult:  # noqa: ARG002  # the protocol's signature
        if inputs.get("size") == "half":
            raise PartiallyCreatedError("box-1", {"size": "half"}, ["the lid is missing"], {"size": "whole"})
        if inputs.get("size") == "refused":
            raise ProviderError("no such size: choose another")
        if inputs.get("size") == "broken":
            raise RuntimeError("unforeseen")
        return CreateResult("box-1", {**inputs, "timeout": timeout, "region": self.config.get("region")})

    def preview_create(self, urn: Urn, inputs: Properties) -> Properties:  # noqa: ARG002  # the protocol's signature
        return {**inputs, "previewed": True}

    def update(self, old: ResourceState, inputs: Properties, timeout: float) -> Properties:  # noqa: ARG002  # the protocol's signature
        if inputs.get("size") == "half":
            raise PartiallyUpdatedError(old.id, old.outputs, ["the lid is missing"])
        return {**old.outputs, **inputs}

    def preview_update(self, old: ResourceState, inputs: Properties) -> Properties:  # noqa: ARG002  # the protocol's signature
        return {**inputs, "previewed": True}

    def read(self, resource: ResourceState) -> ReadResult | None:
        return None if resource.id == "gone" else ReadResult(resource.id, resource.inputs, {"size": 9})

    def delete(self, resource: ResourceState, timeout: float) -> None:
        """Do nothing."""

    def invoke(self, token: str, args: Properties) -> Properties:
        return {"token": token, **args}


class ToyProvider:
    name = "toy"
    version = "1.2.3"

    def check_config(self, config: Properties) -> CheckResult:
        return CheckResult({**config, "checked": True})

    def configure(self, config: Properties) -> Toy:
        return Toy(config)

    def fidelity(self, type_token: str) -> Fidelity:  # noqa: ARG002  # the protocol's signature
        return Fidelity.RECORDED


class Engine:
    """Client that calls the provider over gRPC, like the engine."""

    def __init__(self, port: int) -> None:
        self.target = f"127.0.0.1:{port}"
        self.channel = grpc.insecure_channel(self.target, options=[("grpc.use_local_subchannel_pool", 1)])
        self.stub = provider_pb2_grpc.ResourceProviderStub(self.channel)

    def configure(self, **variables: str) -> Any:
        return self.stub.Configure(provider_pb2.ConfigureRequest(variables=variables))

    def create(self, **inputs: Any) -> Any:
        return self.stub.Create(provider_pb2.CreateRequest(urn=URN, properties=to_struct(inputs), timeout=7))


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode()


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.jsonl")


@pytest.fixture
def busy_timer() -> BusyTimer:
    return BusyTimer()


@pytest.fixture
def port(journal: Journal, busy_timer: BusyTimer) -> Iterator[int]:
    server, port = serve(ToyProvider(), journal=journal, busy_timer=busy_timer)
    yield port
    server.stop(None).wait()


@pytest.fixture
def engine(port: int) -> Iterator[Engine]:
    engine = Engine(port)
    engine.configure()
    with engine.channel:
        yield engine


def test_handshake_and_configure_report_the_capabilities(engine: Engine) -> None:
    assert engine.stub.GetPluginInfo(empty_pb2.Empty()).version == "1.2.3"
    assert "toy" in engine.stub.GetSchema(provider_pb2.GetSchemaRequest()).schema
    handshake = engine.stub.Handshake(provider_pb2.ProviderHandshakeRequest(engine_address="127.0.0.1:1"))
    assert not handshake.accept_secrets
    answer = engine.configure()
    assert answer.supportsPreview
    assert not answer.acceptSecrets


def test_check_returns_failures_and_completed_inputs(engine: Engine) -> None:
    request = provider_pb2.CheckRequest(urn=URN, news=to_struct({"lid": True}))
    request.autonaming.proposed_name = "box-x"
    request.autonaming.mode = provider_pb2.CheckRequest.AutonamingOptions.ENFORCE
    answer = engine.stub.Check(request)
    assert [(failure.property, failure.reason) for failure in answer.failures] == [("size", "is missing")]
    assert from_struct(answer.inputs) == {"lid": True, "proposed": "box-x", "autonaming": "enforce"}


def test_diff_lists_each_change_and_the_replacements(engine: Engine) -> None:
    old, new = {"shape": "cube", "size": 1}, {"shape": "ball", "size": 2}
    request = provider_pb2.DiffRequest(urn=URN, id="box-1", old_inputs=to_struct(old), news=to_struct(new))
    answer = engine.stub.Diff(request)
    assert answer.changes == provider_pb2.DiffResponse.DIFF_SOME
    assert answer.hasDetailedDiff
    assert list(answer.replaces) == ["shape"]
    assert answer.detailedDiff["shape"].kind == provider_pb2.PropertyDiff.UPDATE_REPLACE
    assert answer.detailedDiff["size"].kind == provider_pb2.PropertyDiff.UPDATE
    assert answer.deleteBeforeReplace


def test_ignored_changes_are_not_in_the_diff(engine: Engine) -> None:
    old, new = {"tags": {"a": 1, "b": 1}}, {"tags": {"a": 2, "b": 1}}
    request = provider_pb2.DiffRequest(
        urn=URN, old_inputs=to_struct(old), news=to_struct(new), ignoreChanges=["tags.a"]
    )
    assert engine.stub.Diff(request).changes == provider_pb2.DiffResponse.DIFF_NONE


def test_ignored_changes_are_not_applied(engine: Engine) -> None:
    request = provider_pb2.UpdateRequest(
        urn=URN,
        old_inputs=to_struct({"size": 1, "lid": 1}),
        news=to_struct({"size": 2, "lid": 2}),
        ignoreChanges=["size"],
    )
    assert from_struct(engine.stub.Update(request).properties) == {"size": 1, "lid": 2}


def test_creates_and_deletes_are_journaled(engine: Engine, journal: Journal) -> None:
    created = engine.create(size=1)
    assert created.id == "box-1"
    assert from_struct(created.properties)["timeout"] == 7
    engine.stub.Delete(provider_pb2.DeleteRequest(urn=URN, id="box-1"))
    assert [(entry.event, entry.urn, entry.type, entry.id) for entry in journal.entries()] == [
        (JournalEvent.CREATE, URN, "toy:box/box:Box", "box-1"),
        (JournalEvent.DELETE, URN, "toy:box/box:Box", "box-1"),
    ]


def test_a_preview_creates_nothing(engine: Engine, journal: Journal) -> None:
    request = provider_pb2.CreateRequest(urn=URN, properties=to_struct({"size": "broken"}), preview=True)
    assert from_struct(engine.stub.Create(request).properties)["previewed"] is True
    update = provider_pb2.UpdateRequest(urn=URN, id="box-1", news=to_struct({"size": 1}), preview=True)
    assert from_struct(engine.stub.Update(update).properties)["previewed"] is True
    assert journal.entries() == ()


def partial_failure(error: grpc.RpcError) -> provider_pb2.ErrorResourceInitFailed:
    """Decode the error detail that makes the engine keep a resource."""
    metadata = {each.key: each.value for each in error.trailing_metadata()}
    status = status_pb2.Status.FromString(_bytes(metadata["grpc-status-details-bin"]))
    detail = provider_pb2.ErrorResourceInitFailed()
    assert any_pb2.Any.FromString(status.details[0].SerializeToString()).Unpack(detail)
    return detail


def test_a_partially_created_resource_carries_its_status_detail(engine: Engine, journal: Journal) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        engine.create(size="half")
    detail = partial_failure(caught.value)
    assert (detail.id, list(detail.reasons)) == ("box-1", ["the lid is missing"])
    assert from_struct(detail.properties) == {"size": "half"}
    assert [entry.id for entry in journal.entries()] == ["box-1"]


def test_a_partially_updated_resource_carries_its_last_known_properties(engine: Engine, journal: Journal) -> None:
    request = provider_pb2.UpdateRequest(
        urn=URN, id="box-1", olds=to_struct({"size": 1, "lid": 1}), news=to_struct({"size": "half"})
    )
    with pytest.raises(grpc.RpcError) as caught:
        engine.stub.Update(request)
    detail = partial_failure(caught.value)
    assert (detail.id, list(detail.reasons)) == ("box-1", ["the lid is missing"])
    assert from_struct(detail.properties) == {"size": 1, "lid": 1}
    assert journal.entries() == (), "an update is not a creation"


def test_a_provider_error_is_passed_on_unchanged(engine: Engine) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        engine.create(size="refused")
    assert caught.value.code() is grpc.StatusCode.UNKNOWN
    assert caught.value.details() == "no such size: choose another"


def test_an_unexpected_exception_is_one_sentence_and_a_logged_traceback(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR), pytest.raises(grpc.RpcError) as caught:
        engine.create(size="broken")
    details = caught.value.details()
    assert details is not None
    assert "internal error in the emulated toy provider" in details
    assert "unforeseen" in details
    assert any(record.exc_info for record in caplog.records)


def test_reading_a_deleted_resource_returns_nothing(engine: Engine) -> None:
    assert engine.stub.Read(provider_pb2.ReadRequest(urn=URN, id="gone")).id == ""
    answer = engine.stub.Read(provider_pb2.ReadRequest(urn=URN, id="box-1", inputs=to_struct({"size": 1})))
    assert (answer.id, from_struct(answer.inputs), from_struct(answer.properties)) == (
        "box-1",
        {"size": 1},
        {"size": 9},
    )


def test_each_connection_has_its_own_configuration(port: int) -> None:
    east, west = Engine(port), Engine(port)
    with east.channel, west.channel:
        east.configure(region="us-east-1")
        west.configure(region="us-west-2")
        assert from_struct(east.create(size=1).properties)["region"] == "us-east-1"
        assert from_struct(west.create(size=1).properties)["region"] == "us-west-2"


def test_a_connection_without_configuration_fails(port: int) -> None:
    engine = Engine(port)
    with engine.channel, pytest.raises(grpc.RpcError, match="no configuration for this connection"):
        engine.create(size=1)


def test_configuration_that_is_json_text_is_decoded(engine: Engine) -> None:
    args = {"region": '{"name": "x"}', "flag": "true", "account": "0123", "odd": "[not json"}
    engine.stub.Configure(provider_pb2.ConfigureRequest(args=to_struct(args)))
    assert from_struct(engine.create(size=1).properties)["region"] == {"name": "x"}


def test_a_changed_configuration_updates_the_provider_and_never_replaces_it(engine: Engine) -> None:
    old, new = {"region": "us-east-1"}, {"region": "us-west-2"}
    answer = engine.stub.DiffConfig(provider_pb2.DiffRequest(old_inputs=to_struct(old), news=to_struct(new)))
    assert answer.changes == provider_pb2.DiffResponse.DIFF_SOME
    assert not answer.replaces
    same = engine.stub.DiffConfig(provider_pb2.DiffRequest(old_inputs=to_struct(old), news=to_struct(old)))
    assert same.changes == provider_pb2.DiffResponse.DIFF_NONE


def test_invoke_returns_the_functions_result(engine: Engine) -> None:
    answer = engine.stub.Invoke(provider_pb2.InvokeRequest(tok="toy:index:f", args=to_struct({"x": 1})))
    assert from_struct(getattr(answer, "return")) == {"token": "toy:index:f", "x": 1}


def test_the_time_of_calls_is_counted(engine: Engine, busy_timer: BusyTimer) -> None:
    busy_timer.take_seconds()
    engine.create(size=1)
    assert busy_timer.take_seconds() > 0
    assert busy_timer.take_seconds() == 0


def test_large_values_are_transferred(engine: Engine) -> None:
    size = 20 * 1024 * 1024
    channel_limit = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
    with grpc.insecure_channel(engine.target, options=channel_limit) as channel:
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        stub.Configure(provider_pb2.ConfigureRequest())
        created = stub.Create(provider_pb2.CreateRequest(urn=URN, properties=to_struct({"size": "x" * size})))
        assert len(from_struct(created.properties)["size"]) == size

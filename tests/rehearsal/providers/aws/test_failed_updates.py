"""A failed update keeps the resource in the state, and the next one repairs it."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from rehearsal.providers.aws import operations
from rehearsal.providers.aws.calls import AwsError, Connection
from rehearsal.providers.protocol import PartiallyCreatedError, PartiallyUpdatedError, ResourceState
from rehearsal.providers.values import UNAPPLIED, Properties
from tests.rehearsal.providers.aws.cases import ALL_CASES
from tests.rehearsal.providers.aws.engine import urn
from tests.rehearsal.providers.aws.lifecycle import LifecycleCase

READS = ("describe_", "get_", "list_", "search_", "batch_get_")
UPDATED = [case for case in ALL_CASES if case.changed_inputs]
Fails = Callable[[str, int], Any]
"""Function that returns True if a call must fail, given its operation and the number of earlier writes."""
IRREVERSIBLE = {"aws:eks/cluster:Cluster"}
"""Types with updates that AWS can't revert, such as a new Kubernetes version."""
SUBNET_GROUP = "aws:rds/subnetGroup:SubnetGroup"


@contextmanager
def outage(monkeypatch: pytest.MonkeyPatch, fails: Fails) -> Iterator[None]:
    """Inside the block, raise ServiceUnavailable for the calls that `fails` selects."""
    call, writes = Connection.call, 0

    def failing(self: Connection, service: str, region: str, operation: str, args: Any, *, pages: bool = False) -> Any:
        nonlocal writes
        failed = fails(operation, writes)
        writes += not operation.startswith(READS)
        if failed:
            raise AwsError(service, operation, "ServiceUnavailable", "try again")
        return call(self, service, region, operation, args, pages=pages)

    with monkeypatch.context() as patched:
        patched.setattr(Connection, "call", failing)
        yield


def after_outage(
    engine: Any, monkeypatch: pytest.MonkeyPatch, resource: ResourceState, inputs: Properties, fails: Fails
) -> tuple[ResourceState, bool]:
    """Update a resource during an outage; return (its new state, True if it failed).

    After a failed update, the engine keeps the old inputs and stores the outputs that the error contains.
    """
    with outage(monkeypatch, fails):
        try:
            return engine.update(resource, **inputs), False
        except PartiallyUpdatedError as error:
            return ResourceState(resource.urn, error.id, resource.inputs, error.outputs), True


def write(number: int) -> Fails:
    """Return a function that selects only the write with this number, counted from 0."""
    return lambda operation, writes: writes == number and not operation.startswith(READS)


@pytest.mark.parametrize("case", UPDATED, ids=str)
def test_update_that_fails_at_any_call_is_repeated_or_reverted(
    case: LifecycleCase, engine: Any, deps: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert case.changed_inputs is not None
    inputs, changed = case.inputs(deps), case.changed_inputs(deps)
    resource = engine.create(case.token, "life", **inputs)
    for number in itertools.count():
        broken, failed = after_outage(engine, monkeypatch, resource, changed, write(number))
        if not failed:
            assert number, "no write of the update can fail"
            break
        resource = engine.update(broken, **inputs)
        assert engine.drift(resource) == [], f"reverted after the failure of write {number}"
        broken, _ = after_outage(engine, monkeypatch, resource, changed, write(number))
        repeated = engine.update(broken, **changed)
        assert engine.drift(repeated) == [], f"repeated after the failure of write {number}"
        if case.token in IRREVERSIBLE:
            break
        resource = engine.update(repeated, **inputs)


@pytest.mark.parametrize("case", UPDATED, ids=str)
def test_update_whose_read_back_fails_keeps_the_last_known_properties(
    case: LifecycleCase, engine: Any, deps: Any, monkeypatch: pytest.MonkeyPatch, aws_provider: Any
) -> None:
    assert case.changed_inputs is not None
    read = aws_provider.compiled(case.token).declaration.read.name
    changed = case.changed_inputs(deps)
    resource = engine.create(case.token, "life", **case.inputs(deps))
    fails: Fails = lambda operation, writes: operation == read and writes  # noqa: E731  # one use
    broken, failed = after_outage(engine, monkeypatch, resource, changed, fails)
    assert failed
    assert {**broken.outputs, UNAPPLIED: None} == {**resource.outputs, UNAPPLIED: None}
    repaired = engine.update(engine.refresh(broken), **changed)
    assert engine.drift(repaired) == []


def test_third_zone_in_a_subnet_group_is_an_update_in_place(engine: Any, deps: Any) -> None:
    group = engine.create(SUBNET_GROUP, subnetIds=deps.subnets[:2])
    changes = engine.diff(group, subnetIds=deps.subnets[:3]).changes
    assert not any(change.replace for change in changes)
    extended = engine.update(group, subnetIds=deps.subnets[:3])
    assert engine.drift(extended) == []
    assert engine.drift(engine.update(extended, subnetIds=deps.subnets[:2])) == []


def test_resource_that_was_deleted_outside_is_created_again_after_a_refresh(
    engine: Any, deps: Any, client: Any
) -> None:
    group = engine.create(SUBNET_GROUP, subnetIds=deps.subnets[:2])
    client("rds").delete_db_subnet_group(DBSubnetGroupName=group.id)
    for _ in range(2):
        with pytest.raises(PartiallyUpdatedError, match=f"AWS has no {group.id}: run `pulumi refresh`") as caught:
            engine.update(group, subnetIds=deps.subnets[:3])
        group = ResourceState(group.urn, group.id, group.inputs, caught.value.outputs)
        assert group.outputs["name"] == group.id
    assert engine.read(group) is None
    assert engine.drift(engine.create(SUBNET_GROUP, subnetIds=deps.subnets[:3])) == []


def test_unexpected_error_after_creation_keeps_the_resource(
    engine: Any, deps: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: Any) -> None:
        raise KeyError("Subnets")

    subnets = deps.subnets[:2]
    with monkeypatch.context() as patched:
        patched.setattr(operations, "_outputs", fail)
        with pytest.raises(
            PartiallyCreatedError, match="internal error in the emulated aws provider: KeyError"
        ) as caught:
            engine.create(SUBNET_GROUP, subnetIds=subnets)
    inputs = engine.checked(SUBNET_GROUP, "main", {"subnetIds": subnets})
    broken = ResourceState(urn(SUBNET_GROUP, "main"), caught.value.id, inputs, caught.value.outputs)
    assert engine.drift(engine.update(broken, subnetIds=subnets)) == []


def test_settings_that_a_failed_creation_did_not_apply_are_sent_by_the_next_update(
    engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, inputs = "aws:cloudwatch/logGroup:LogGroup", {"name": "app", "retentionInDays": 30}
    fails: Fails = lambda operation, writes: operation == "put_retention_policy"  # noqa: E731, ARG005  # one use
    with outage(monkeypatch, fails), pytest.raises(PartiallyCreatedError) as caught:
        engine.create(token, "app", **inputs)
    broken = ResourceState(
        urn(token, "app"), caught.value.id, engine.checked(token, "app", inputs), caught.value.outputs
    )
    assert [change.path for change in engine.diff(broken, **inputs).changes] == ["retentionInDays"]
    repaired = engine.update(broken, **inputs)
    assert engine.drift(repaired) == []
    assert repaired.outputs["retentionInDays"] == 30

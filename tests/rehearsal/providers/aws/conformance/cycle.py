"""Full cycle of one resource, each step with its own result.

1. Create the resource; check that a refresh changes nothing.
2. Check that adding the values that AWS chose to the program changes nothing.
3. Update the resource.
4. For each mutable input: change it outside the program, find the drift and repair it.
5. Delete the resource outside the program, find that it is missing and create it again.
6. Replace the resource.
7. Delete the resource; check that nothing is left.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from botocore.exceptions import ClientError

from operations.conformance.results import Check, Observation
from rehearsal.cloud import inventory
from rehearsal.providers.aws.compare import canonical, project, same
from rehearsal.providers.aws.compiled import CompiledType, top_level_name
from rehearsal.providers.protocol import ProviderError, ResourceState
from rehearsal.providers.values import Properties
from tests.rehearsal.providers.aws.conformance.leftovers import leftovers, stored_objects
from tests.rehearsal.providers.aws.conformance.requests import AwsRequest, CreateClient, capture
from tests.rehearsal.providers.aws.conformance.values import drift_values, replacing_inputs, written_down
from tests.rehearsal.providers.aws.dependencies import Dependencies
from tests.rehearsal.providers.aws.engine import EngineClient
from tests.rehearsal.providers.aws.lifecycle import LifecycleCase

_VOLATILE = {
    "LatestDeliveryAttemptTime",
    "LatestNotificationAttemptTime",
    "DefaultVersionId",
    "DefaultVersionNumber",
    "LastModifiedTimestamp",
    "AssociationId",
    "LastUpdatedDate",
    "LatestStreamArn",
    "LatestStreamLabel",
    "LatestVersionNumber",
    "LockToken",
    "ResponseMetadata",
    "NumberOfDecreasesToday",
    "RevisionId",
    "IsDefaultVersion",
    "RouteTableAssociationId",
    "RuleId",
    "SecurityGroupRuleId",
    "Version",
    "VersionId",
    "StartLoggingTime",
    "StopLoggingTime",
    "TimeLoggingStarted",
    "TimeLoggingStopped",
    "VersionNumber",
    "lastUpdatedTime",
    "latestRestorableTime",
}
"""Members that change with every write or with time, and ids of parts that a repair deletes and creates again."""
_ALSO_STORED_IN = {"eks": ("ec2", "autoscaling"), "elbv2": ("ec2",)}
"""Service → other services in which AWS creates objects for the service's resources."""


class Cycle:
    """One run of the cycle. `observations` has the results after `run`."""

    def __init__(
        self,
        case: LifecycleCase,
        engine: EngineClient,
        deps: Dependencies,
        compiled: CompiledType,
        client: CreateClient,
    ) -> None:
        self.case, self.engine, self.compiled, self.client = case, engine, compiled, client
        self.inputs = case.inputs(deps)
        changed = case.changed_inputs(deps) if case.changed_inputs else None
        self.drifts = drift_values(case, compiled, self.inputs, changed, deps)
        others = {**self.inputs, **{name: values[1] for name, values in self.drifts.items()}}
        self.changed = changed if changed is not None else others if self.drifts else None
        self.program = {**self.inputs, **{name: values[0] for name, values in self.drifts.items()}}
        self.replacing = replacing_inputs(case, compiled, self.program, deps)
        self.observations: list[Observation] = []
        self.described: tuple[list[AwsRequest], list[Any]] = ([], [])
        """Read requests captured for the last repaired input, and AWS's responses to them."""

    def run(self) -> list[Observation]:
        """Run all steps and return their results."""
        service = self.compiled.declaration.service
        services = (service, *_ALSO_STORED_IN.get(service, ()))
        before = stored_objects(services)
        resource = self._create(self.inputs, Check.CREATED)
        if resource is not None:
            resource = self._in_place(resource)
            resource = self._delete_outside(resource)
        if resource is not None:
            resource = self._replace(resource)
            self._delete(resource)
            with self._observe(Check.NOTHING_LEFT):
                left = leftovers(before, stored_objects(services))
                assert not left, f"the emulated AWS still stores {left}"
                assert self.case.remains or not self._listed(resource), "the inventory still lists it"
        return self.observations

    @contextmanager
    def _observe(self, check: Check, part: str = "") -> Iterator[None]:
        """Record the result of a step: an exception is a failure."""
        try:
            yield
        except Exception as error:  # every failure is a result
            self.observations.append(Observation(check, part, f"{type(error).__name__}: {error}"))
        else:
            self.observations.append(Observation(check, part))

    def _create(self, inputs: Properties, check: Check) -> ResourceState | None:
        resource = None
        with self._observe(check):
            resource = self.engine.create(self.case.token, "life", **inputs)
            assert self._listed(resource) in (True, None), "the inventory does not list it"
            if check is Check.RECREATED:
                self._assert_no_drift(resource)
        if resource is not None and check is Check.CREATED:
            with self._observe(Check.UNCHANGED):
                self._assert_no_drift(resource)
                live = self.engine.refresh(resource).outputs
                moved = {
                    name
                    for name in live.keys() | resource.outputs.keys()
                    if name not in _VOLATILE and live.get(name) != resource.outputs.get(name)
                }
                assert not moved, f"a refresh changes {sorted(moved)}"
        return resource

    def _listed(self, resource: ResourceState) -> bool | None:
        """Return True if the inventory lists the resource.

        Returns None if the inventory does not list resources of this type.
        """
        listing = inventory.listing(self.case.token)
        if listing is None:
            return None
        return any(resource.id in identifiers for identifiers in inventory.listed(listing, "123456789012"))

    def _assert_no_drift(self, resource: ResourceState) -> None:
        drift = self.engine.drift(resource)
        assert drift == [], f"drift in {drift}"

    def _in_place(self, resource: ResourceState) -> ResourceState:
        self._write_down(resource)
        if self.changed is not None:
            with self._observe(Check.UPDATED):
                changes = self.engine.diff(resource, **self.changed).changes
                assert changes, "the change is not seen"
                assert not any(change.replace for change in changes), "the change replaces the resource"
                resource = self.engine.update(resource, **self.changed)
                self._assert_no_drift(resource)
        resource = self._reset(resource)
        for name, (_, value) in self.drifts.items():
            resource = self._drift(resource, name, value)
        return resource

    def _write_down(self, resource: ResourceState) -> None:
        """Check that adding a value that the program does not set changes nothing."""
        states = (resource, self.engine.refresh(resource))
        for name, inputs in written_down(self.compiled, self.inputs, resource).items():
            if not self.engine.check(resource.urn.type, resource.urn.name, inputs, resource.inputs).failures:
                with self._observe(Check.PRESENT_VALUE, name):
                    changes = [change.path for state in states for change in self.engine.diff(state, **inputs).changes]
                    assert changes == [], f"{inputs[name]} is a change of {changes}"

    def _drift(self, resource: ResourceState, name: str, value: Any) -> ResourceState:
        """Change one input outside the program, and repair it."""
        wanted = {**self.program, name: value} if value is not None else _without(self.program, name)
        seen = False
        reads: list[AwsRequest] = []
        before: list[Any] = []
        refreshed = resource
        with self._observe(Check.DRIFT, name):
            inputs = self.engine.checked(resource.urn.type, resource.urn.name, wanted, resource.inputs)
            captured = capture(self.engine.configured, lambda provider: provider.update(resource, inputs, 0.01))
            assert captured.writes, "no request changes it"
            reads = captured.reads
            described_reads, description = self.described
            before = description if described_reads == reads else self._describe(reads)
            for request in captured.writes:
                request.send(self.client)
            refreshed = self.engine.refresh(resource)
            changes = self.engine.configured.diff(refreshed, resource.inputs).changes
            paths = {top_level_name(change.path) for change in changes} - {"tagsAll", self.case.coupled.get(name)}
            assert paths == {name}, f"drift is seen in {sorted(paths)}"
            live = refreshed.inputs.get(name)
            assert value is None or _agrees(self.compiled, name, value, live), f"{live} is seen instead of {value}"
            seen = True
        with self._observe(Check.REPAIRED, name):
            resource = self.engine.update(refreshed, **self.program)
            left = [change.path for change in self.engine.configured.diff(resource, resource.inputs).changes]
            assert left == [], f"AWS still differs in {left}"  # the state holds what AWS returned after the update
            assert seen, "the drift was not seen"
            described = self._describe(reads)
            assert described == before, f"AWS describes {_difference(before, described)}"
        failed = bool(self.observations[-1].problem)
        self.described = ([], []) if failed else (reads, before)
        return self._reset(resource) if failed else resource

    def _reset(self, resource: ResourceState) -> ResourceState:
        """Restore the values of the program and return the resource.

        The resource is deleted and created again if an update can't restore them.
        """
        with suppress(ProviderError):
            resource = self.engine.update(self.engine.refresh(resource), **self.program)
            if not self.engine.drift(resource):
                return resource
        self.engine.delete(resource)
        return self.engine.create(self.case.token, "life", **self.program)

    def _describe(self, reads: list[AwsRequest]) -> list[Any]:
        """Return AWS's descriptions of the resource, read with boto3."""
        descriptions = []
        for read in reads:
            try:
                descriptions.append(canonical(_stable(read.send(self.client))))
            except ClientError as error:
                descriptions.append(str(error))
        return descriptions

    def _delete_outside(self, resource: ResourceState) -> ResourceState | None:
        """Delete the resource outside the program, and let the program create it again."""
        if self.case.remains:
            return self._recreate_remaining(resource)
        with self._observe(Check.DELETION_SEEN):
            captured = capture(self.engine.configured, lambda provider: provider.delete(resource, 0.01))
            assert captured.writes, "no request deletes it"
            for request in captured.writes:
                request.send(self.client)
            assert self.engine.read(resource) is None, "a refresh still finds it"
        if self.case.undelete is not None:
            self.case.undelete(self.client, resource)
            return self._reset(resource)
        if self.engine.read(resource) is not None:
            self.engine.delete(resource)
        return self._create(_without(self.program, "tags"), Check.RECREATED)

    def _recreate_remaining(self, resource: ResourceState) -> ResourceState | None:
        self.engine.delete(resource)
        return self._create(self.program, Check.RECREATED)

    def _replace(self, resource: ResourceState) -> ResourceState:
        """Create the replacement and delete the old resource, in the engine's order."""
        if self.replacing is None:
            return resource
        with self._observe(Check.REPLACED):
            difference = self.engine.diff(resource, **self.replacing)
            assert any(change.replace for change in difference.changes), "the change does not replace it"
            other = dataclasses.replace(self.engine, seed=b"another seed")
            if difference.delete_before_replace or self.case.delete_first:
                self.engine.delete(resource)
                created = other.create(self.case.token, "life", **self.replacing)
            else:
                created = other.create(self.case.token, "life", **self.replacing)
                self.engine.delete(resource)
                gone = resource.id == created.id or self.engine.read(resource) is None
                assert gone or self.case.remains, "the old resource still exists"
            resource = created
            self._assert_no_drift(resource)
        return resource

    def _delete(self, resource: ResourceState) -> None:
        with self._observe(Check.DELETED):
            self.engine.delete(resource)
            self.engine.delete(resource)  # a deletion of a missing resource succeeds
            assert self.case.remains or self.engine.read(resource) is None, "a refresh still finds it"


def _agrees(compiled: CompiledType, name: str, value: Any, live: Any) -> bool:
    """Return True if the live value is the one that was set outside the program."""
    shape = compiled.schema.inputs[name]
    return same(project(shape, value, live), value) or same(project(shape, live, value), live)


def _without(inputs: Properties, name: str) -> Properties:
    return {key: value for key, value in inputs.items() if key != name}


def _stable(value: Any) -> Any:
    """Return a description without members that change with every write."""
    if isinstance(value, Mapping):
        return {
            key: _stable(item)
            for key, item in value.items()
            if key not in _VOLATILE and not isinstance(item, dt.datetime)
        }
    return [_stable(item) for item in value] if isinstance(value, list) else value


def _difference(before: Any, after: Any) -> str:
    """Return the first difference between two descriptions, as text."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted(before.keys() | after.keys(), key=str):
            if before.get(key) != after.get(key):
                return f"{key}.{_difference(before.get(key), after.get(key))}"
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for one, other in zip(before, after, strict=True):
            if one != other:
                return _difference(one, other)
    return f"{after} instead of {before}"

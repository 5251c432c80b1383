"""Helm releases, which are validated and recorded in the state only.

A rehearsal does not access chart repositories. The objects of a chart are therefore not in the cluster, and outputs
that only Helm can compute, such as `status`, are absent.
"""

from rehearsal.providers.coercion import coerce_inputs
from rehearsal.providers.kubernetes.differences import compare
from rehearsal.providers.kubernetes.naming import generate_name
from rehearsal.providers.kubernetes.resources import ConfiguredKubernetes
from rehearsal.providers.protocol import (
    Autonaming,
    CheckFailure,
    CheckRequest,
    CheckResult,
    CreateResult,
    DiffResult,
    ProviderError,
    ReadResult,
    ResourceState,
    Urn,
)
from rehearsal.providers.schema import SdkSchemas
from rehearsal.providers.values import Properties

RELEASE = "kubernetes:helm.sh/v3:Release"
_REPLACING = ("name", "namespace")
"""Inputs that identify a release in Helm. Changing either of them replaces the release."""


class RecordedReleases:
    """The `helm.sh/v3:Release` resources of one configured provider."""

    def __init__(self, schemas: SdkSchemas) -> None:
        self._schemas = schemas

    def check(self, request: CheckRequest) -> CheckResult:
        """Validate inputs against the SDK's types, and fill in name and namespace."""
        inputs = dict(request.inputs)
        failures: list[CheckFailure] = []
        if not inputs.get("name"):
            if request.autonaming is Autonaming.DISABLE:
                failures.append(CheckFailure("name", "required, because autonaming is disabled"))
            inputs["name"] = request.old_inputs.get("name") or generate_name(request)
        coerced, invalid = coerce_inputs(self._schemas.get(RELEASE), {"namespace": "default", **inputs})
        return CheckResult(coerced, [*failures, *invalid])

    def diff(self, old: ResourceState, inputs: Properties) -> DiffResult:
        """Compare the recorded inputs with the new inputs."""
        return DiffResult(compare(old.inputs, inputs, _REPLACING).changes)

    def create(self, urn: Urn, inputs: Properties, timeout: float) -> CreateResult:
        """Record the release under the id that Helm would use."""
        del urn, timeout
        return CreateResult(f"{inputs['namespace']}/{inputs['name']}", dict(inputs))

    def preview_create(self, urn: Urn, inputs: Properties) -> Properties:
        """Return the outputs that will be recorded."""
        del urn
        return dict(inputs)

    def update(self, old: ResourceState, inputs: Properties, timeout: float) -> Properties:
        """Record the new inputs."""
        del old, timeout
        return dict(inputs)

    def preview_update(self, old: ResourceState, inputs: Properties) -> Properties:
        """Return the outputs that will be recorded."""
        del old
        return dict(inputs)

    def read(self, resource: ResourceState) -> ReadResult | None:
        """Return the recorded state, because no server has the release."""
        if not resource.inputs:
            raise ProviderError(f"release {resource.id} can't be imported: a rehearsal only records Helm releases")
        return ReadResult(resource.id, dict(resource.inputs), dict(resource.outputs))

    def delete(self, resource: ResourceState, timeout: float) -> None:
        """Do nothing, because no server has the release."""


class ReleaseRouter:
    """Configured provider that records Helm releases.

    It forwards all other resources to the cluster.
    """

    def __init__(self, objects: ConfiguredKubernetes, schemas: SdkSchemas) -> None:
        self._objects = objects
        self._releases = RecordedReleases(schemas)

    def _route(self, urn: Urn) -> ConfiguredKubernetes | RecordedReleases:
        return self._releases if urn.type == RELEASE else self._objects

    def check(self, request: CheckRequest) -> CheckResult:
        """Validate and complete inputs."""
        return self._route(request.urn).check(request)

    def diff(self, old: ResourceState, inputs: Properties) -> DiffResult:
        """Compare the inputs of the last update with the new inputs."""
        return self._route(old.urn).diff(old, inputs)

    def create(self, urn: Urn, inputs: Properties, timeout: float) -> CreateResult:
        """Create a resource."""
        return self._route(urn).create(urn, inputs, timeout)

    def preview_create(self, urn: Urn, inputs: Properties) -> Properties:
        """Return the outputs that `create` would return."""
        return self._route(urn).preview_create(urn, inputs)

    def update(self, old: ResourceState, inputs: Properties, timeout: float) -> Properties:
        """Update a resource in place."""
        return self._route(old.urn).update(old, inputs, timeout)

    def preview_update(self, old: ResourceState, inputs: Properties) -> Properties:
        """Return the outputs that `update` would return."""
        return self._route(old.urn).preview_update(old, inputs)

    def read(self, resource: ResourceState) -> ReadResult | None:
        """Read the actual state."""
        return self._route(resource.urn).read(resource)

    def delete(self, resource: ResourceState, timeout: float) -> None:
        """Delete a resource."""
        self._route(resource.urn).delete(resource, timeout)

    def invoke(self, token: str, args: Properties) -> Properties:
        """Run a provider function."""
        return self._objects.invoke(token, args)

"""Helm releases: checked and recorded. Their charts lie in repositories, which a rehearsal does not reach.

So nothing of what a chart would make is in the cluster, and no outputs are made up: `status` stays absent.
"""

from rehearsal.providers.coercion import coerce_inputs
from rehearsal.providers.kubernetes.differences import compare
from rehearsal.providers.kubernetes.naming import made_name
from rehearsal.providers.kubernetes.resources import KubernetesConfigured
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
"""Helm knows a release by these two."""


class Releases:
    """The `helm.sh/v3:Release` of one configured provider."""

    def __init__(self, schemas: SdkSchemas) -> None:
        self._schemas = schemas

    def check(self, request: CheckRequest) -> CheckResult:
        """Validate by the SDK's types; fill in name and namespace."""
        inputs = dict(request.inputs)
        failures: list[CheckFailure] = []
        if not inputs.get("name"):
            if request.autonaming is Autonaming.DISABLE:
                failures.append(CheckFailure("name", "is needed, since automatic names are switched off"))
            inputs["name"] = request.old_inputs.get("name") or made_name(request)
        fitted, wrong = coerce_inputs(self._schemas.get(RELEASE), {"namespace": "default", **inputs})
        return CheckResult(fitted, [*failures, *wrong])

    def diff(self, old: ResourceState, inputs: Properties) -> DiffResult:
        """Compare what was recorded with what is to be."""
        return DiffResult(compare(old.inputs, inputs, _REPLACING).changes)

    def create(self, urn: Urn, inputs: Properties, timeout: float) -> CreateResult:
        """Record it under the id that Helm would know it by."""
        del urn, timeout
        return CreateResult(f"{inputs['namespace']}/{inputs['name']}", dict(inputs))

    def preview_create(self, urn: Urn, inputs: Properties) -> Properties:
        """What will be recorded."""
        del urn
        return dict(inputs)

    def update(self, old: ResourceState, inputs: Properties, timeout: float) -> Properties:
        """Record it anew."""
        del old, timeout
        return dict(inputs)

    def preview_update(self, old: ResourceState, inputs: Properties) -> Properties:
        """What will be recorded."""
        del old
        return dict(inputs)

    def read(self, resource: ResourceState) -> ReadResult | None:
        """As the state has it: nobody else knows of it."""
        if not resource.inputs:
            raise ProviderError(f"release {resource.id} can't be imported: Helm releases are only recorded here")
        return ReadResult(resource.id, dict(resource.inputs), dict(resource.outputs))

    def delete(self, resource: ResourceState, timeout: float) -> None:
        """Nothing is there to remove."""


class KubernetesWithReleases:
    """One configured provider: releases are recorded, all else goes to the cluster."""

    def __init__(self, objects: KubernetesConfigured, schemas: SdkSchemas) -> None:
        self._objects = objects
        self._releases = Releases(schemas)

    def _of(self, urn: Urn) -> KubernetesConfigured | Releases:
        return self._releases if urn.type == RELEASE else self._objects

    def check(self, request: CheckRequest) -> CheckResult:
        """Validate and complete inputs."""
        return self._of(request.urn).check(request)

    def diff(self, old: ResourceState, inputs: Properties) -> DiffResult:
        """Compare what was written last with what is to be written."""
        return self._of(old.urn).diff(old, inputs)

    def create(self, urn: Urn, inputs: Properties, timeout: float) -> CreateResult:
        """Make it."""
        return self._of(urn).create(urn, inputs, timeout)

    def preview_create(self, urn: Urn, inputs: Properties) -> Properties:
        """What `create` would return."""
        return self._of(urn).preview_create(urn, inputs)

    def update(self, old: ResourceState, inputs: Properties, timeout: float) -> Properties:
        """Change it in place."""
        return self._of(old.urn).update(old, inputs, timeout)

    def preview_update(self, old: ResourceState, inputs: Properties) -> Properties:
        """What `update` would return."""
        return self._of(old.urn).preview_update(old, inputs)

    def read(self, resource: ResourceState) -> ReadResult | None:
        """Look at it."""
        return self._of(resource.urn).read(resource)

    def delete(self, resource: ResourceState, timeout: float) -> None:
        """Remove it."""
        self._of(resource.urn).delete(resource, timeout)

    def invoke(self, token: str, args: Properties) -> Properties:
        """Answer a function call."""
        return self._objects.invoke(token, args)

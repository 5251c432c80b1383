"""Client of the emulated provider that calls it like the Pulumi engine."""

from dataclasses import dataclass
from typing import Any

from rehearsal.providers.aws.provider import ConfiguredAwsProvider
from rehearsal.providers.protocol import CheckRequest, CheckResult, DiffResult, ReadResult, ResourceState, Urn
from rehearsal.providers.values import Properties


def urn(token: str, name: str) -> Urn:
    return Urn(f"urn:pulumi:dev::campus::{token}::{name}")


@dataclass
class EngineClient:
    """Client with one method per operation of the engine."""

    configured: ConfiguredAwsProvider
    seed: bytes = b"seed"
    """Seed of generated names. The real engine chooses a new seed for each new resource."""

    def check(self, token: str, name: str, inputs: Properties, old: Properties | None = None) -> CheckResult:
        return self.configured.check(CheckRequest(urn(token, name), old or {}, inputs, random_seed=self.seed))

    def checked(self, token: str, name: str, inputs: Properties, old: Properties | None = None) -> Properties:
        """Check inputs, require that they are valid, and return them."""
        result = self.check(token, name, inputs, old)
        assert not result.failures, result.failures
        return result.inputs

    def create(self, token: str, name: str = "main", /, **inputs: Any) -> ResourceState:
        checked = self.checked(token, name, inputs)
        created = self.configured.create(urn(token, name), checked, 0)
        return ResourceState(urn(token, name), created.id, checked, created.outputs)

    def diff(self, old: ResourceState, /, **inputs: Any) -> DiffResult:
        return self.configured.diff(old, self.checked(old.urn.type, old.urn.name, inputs, old.inputs))

    def update(self, old: ResourceState, /, **inputs: Any) -> ResourceState:
        checked = self.checked(old.urn.type, old.urn.name, inputs, old.inputs)
        outputs = self.configured.update(old, checked, 0)
        return ResourceState(old.urn, old.id, checked, outputs)

    def read(self, resource: ResourceState) -> ReadResult | None:
        return self.configured.read(resource)

    def refresh(self, resource: ResourceState) -> ResourceState:
        live = self.read(resource)
        assert live is not None, f"{resource.urn.text} does not exist"
        return ResourceState(resource.urn, live.id, live.inputs, live.outputs)

    def import_resource(self, token: str, resource_id: str) -> ReadResult:
        live = self.configured.read(ResourceState(urn(token, "imported"), resource_id))
        assert live is not None, f"{token} {resource_id} can't be imported"
        return live

    def drift(self, resource: ResourceState) -> list[str]:
        """Refresh, preview the unchanged program, and return the paths that differ."""
        refreshed = self.refresh(resource)
        return [change.path for change in self.configured.diff(refreshed, resource.inputs).changes]

    def delete(self, resource: ResourceState) -> None:
        self.configured.delete(resource, 0)

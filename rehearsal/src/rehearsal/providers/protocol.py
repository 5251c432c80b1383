"""Interface of an emulated provider, in plain Python and free of gRPC.

`rehearsal.providers.servicer` speaks the plugin protocol (structs, peers, error details); a provider only sees
property values. A new one implements `Provider` and `ConfiguredProvider`. Names follow `pulumi.dynamic`.

Exceptions::

    ProviderError                  the operation failed; the message is for the person at the terminal
    └── PartiallyCreatedError      the resource exists but creation did not finish; the engine keeps it in state
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from rehearsal.errors import RehearsalError
from rehearsal.providers.values import Properties


@dataclass(frozen=True)
class Urn:
    """URN of a resource.

    Example: `urn:pulumi:dev::campus::campus:network:Vpc$aws:ec2/vpc:Vpc::main`.
    """

    text: str

    @property
    def type(self) -> str:
        """Type token without those of its parents, e.g. `aws:ec2/vpc:Vpc`."""
        return self.text.split("::")[2].split("$")[-1]

    @property
    def name(self) -> str:
        """Resource name; may itself contain `::`."""
        return self.text.split("::", 3)[3]


@dataclass(frozen=True)
class CheckFailure:
    """One invalid input; `property` is its path, or empty for the whole resource."""

    property: str
    reason: str


@dataclass(frozen=True)
class CheckResult:
    """Validated inputs, completed with the provider's defaults.

    The names of these defaults are under `values.DEFAULTS`.
    """

    inputs: Properties
    failures: Sequence[CheckFailure] = ()


class ChangeKind(StrEnum):
    """Type of change of one property."""

    ADD = "add"
    DELETE = "delete"
    UPDATE = "update"


@dataclass(frozen=True)
class PropertyChange:
    """One property that changes; `path` is e.g. `tags.team` or `ingress[0].toPort`."""

    path: str
    kind: ChangeKind
    replace: bool = False


@dataclass(frozen=True)
class DiffResult:
    """All property changes of a resource; empty `changes` mean no update."""

    changes: Sequence[PropertyChange] = ()
    delete_before_replace: bool = False


@dataclass(frozen=True)
class CreateResult:
    """Provider id and outputs of a new resource; outputs include its inputs."""

    id: str
    outputs: Properties


@dataclass(frozen=True)
class ReadResult:
    """Actual state of a resource: its outputs, and those inputs that the program sets."""

    id: str
    inputs: Properties
    outputs: Properties


class Autonaming(StrEnum):
    """Rule for the name that the engine proposes."""

    PROPOSE = "propose"
    """The provider may use the proposal; without one it generates a name."""
    ENFORCE = "enforce"
    """The provider must use the proposal unchanged."""
    DISABLE = "disable"
    """The provider generates no name: the program must set one."""


@dataclass(frozen=True)
class CheckRequest:
    """Arguments of Check: new inputs, inputs of the last update and a random seed.

    The inputs of the last update are empty for a new resource.
    """

    urn: Urn
    old_inputs: Properties
    inputs: Properties
    random_seed: bytes = b""
    proposed_name: str = ""
    autonaming: Autonaming = Autonaming.PROPOSE


@dataclass(frozen=True)
class ResourceState:
    """A resource as recorded in the state: id, inputs of the last update and outputs."""

    urn: Urn
    id: str = ""
    inputs: Properties = field(default_factory=dict)
    outputs: Properties = field(default_factory=dict)


class ProviderError(RehearsalError):
    """The operation failed; the message says what is wrong and what to do."""


class PartiallyCreatedError(ProviderError):
    """The resource exists but its creation did not finish.

    The engine keeps it in state as unhealthy.
    """

    def __init__(
        self, resource_id: str, outputs: Properties, reasons: Sequence[str], inputs: Properties | None = None
    ) -> None:
        super().__init__("; ".join(reasons))
        self.id = resource_id
        self.outputs = outputs
        self.reasons = tuple(reasons)
        self.inputs = inputs or {}


class Fidelity(StrEnum):
    """Backing of a resource type.

    The summary of a rehearsal shows it for each resource.
    """

    REAL = "real"
    """A real server acts on it: Kubernetes API server, Vault, PostgreSQL."""
    EMULATED = "emulated"
    """moto emulates the AWS API."""
    RECORDED = "recorded"
    """Validated and kept in state only; no server holds it."""


class ConfiguredProvider(Protocol):
    """A configured provider. Methods are called from many threads at once."""

    def check(self, request: CheckRequest) -> CheckResult:
        """Validate and complete inputs; report every failure at once.

        Unknown values stay unknown.
        """

    def diff(self, old: ResourceState, inputs: Properties) -> DiffResult:
        """Compare the inputs of the last update with new, checked ones."""

    def create(self, urn: Urn, inputs: Properties, timeout: float) -> CreateResult:
        """Create the resource and wait until it is usable.

        Waits at most `timeout` seconds; 0 means the provider's default.
        """

    def preview_create(self, urn: Urn, inputs: Properties) -> Properties:
        """Return the outputs that `create` would return; computed outputs are `UNKNOWN`."""

    def update(self, old: ResourceState, inputs: Properties, timeout: float) -> Properties:
        """Update the resource in place to match the inputs and return its outputs."""

    def preview_update(self, old: ResourceState, inputs: Properties) -> Properties:
        """Return the outputs that `update` would return."""

    def read(self, resource: ResourceState) -> ReadResult | None:
        """Read the actual state; None when the resource no longer exists.

        Empty inputs mean an import or a `.get()`.
        """

    def delete(self, resource: ResourceState, timeout: float) -> None:
        """Delete the resource; succeed when it no longer exists."""

    def invoke(self, token: str, args: Properties) -> Properties:
        """Run a provider function, e.g. `aws:index/getCallerIdentity:getCallerIdentity`."""


class Provider(Protocol):
    """An emulated provider before configuration.

    There is one per package, shared by every engine that attaches.
    """

    name: str
    version: str

    def check_config(self, config: Properties) -> CheckResult:
        """Validate the provider's own configuration."""

    def configure(self, config: Properties) -> ConfiguredProvider:
        """Return the provider with this configuration.

        Must be cheap: every preview calls it per provider instance.
        """

    def fidelity(self, type_token: str) -> Fidelity:
        """Return what backs resources of this type."""

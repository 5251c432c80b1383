"""Interface of an emulated provider, in plain Python and without gRPC.

`rehearsal.providers.servicer` implements the plugin protocol (structs, peers, error details), so that a provider
handles only property values. A new provider implements `Provider` and `ConfiguredProvider`. The names follow
`pulumi.dynamic`.

Exceptions::

    ProviderError                  the operation failed; the message is for the person at the terminal
    └── PartialFailureError        the resource exists, but not as requested; the engine keeps it in state
        ├── PartiallyCreatedError  creation did not finish
        └── PartiallyUpdatedError  an update did not finish
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
        """Type token without the tokens of the parents, e.g. `aws:ec2/vpc:Vpc`."""
        return self.text.split("::")[2].split("$")[-1]

    @property
    def name(self) -> str:
        """Resource name, which may contain `::`."""
        return self.text.split("::", 3)[3]


@dataclass(frozen=True)
class CheckFailure:
    """One invalid input. `property` is its path, or empty for the whole resource."""

    property: str
    reason: str


@dataclass(frozen=True)
class CheckResult:
    """Validated inputs, including the provider's defaults.

    The inputs contain the names of these defaults under `values.DEFAULTS`.
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
    """Change of one property, at a path such as `tags.team` or `ingress[0].toPort`."""

    path: str
    kind: ChangeKind
    replace: bool = False


@dataclass(frozen=True)
class DiffResult:
    """All property changes of a resource, empty if no update is needed."""

    changes: Sequence[PropertyChange] = ()
    delete_before_replace: bool = False


@dataclass(frozen=True)
class CreateResult:
    """Provider id and outputs of a new resource. The outputs include its inputs."""

    id: str
    outputs: Properties


@dataclass(frozen=True)
class ReadResult:
    """Actual state of a resource: its outputs, and inputs as a program would set them."""

    id: str
    inputs: Properties
    outputs: Properties


class Autonaming(StrEnum):
    """Rule for the name that the engine proposes for a resource."""

    PROPOSE = "propose"
    """The provider may use the proposed name. Without a proposal, it generates a name."""
    ENFORCE = "enforce"
    """The provider must use the proposed name unchanged."""
    DISABLE = "disable"
    """The provider generates no name, so the program must set one."""


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
    """Resource in the state: its id, its outputs and the inputs of the last update."""

    urn: Urn
    id: str = ""
    inputs: Properties = field(default_factory=dict)
    outputs: Properties = field(default_factory=dict)


class ProviderError(RehearsalError):
    """Error of an operation. The message says what is wrong and what to do."""


class PartialFailureError(ProviderError):
    """Error of an operation that did not finish on a resource that exists.

    The engine keeps the resource in the state as unhealthy, with these outputs, and updates it in the next run.
    """

    def __init__(
        self, resource_id: str, outputs: Properties, reasons: Sequence[str], inputs: Properties | None = None
    ) -> None:
        super().__init__("; ".join(reasons))
        self.id = resource_id
        self.outputs = outputs
        self.reasons = tuple(reasons)
        self.inputs = inputs or {}


class PartiallyCreatedError(PartialFailureError):
    """Error of a creation that did not finish."""


class PartiallyUpdatedError(PartialFailureError):
    """Error of an update that did not finish.

    The outputs are the last known properties. The engine keeps the inputs of the last update that succeeded.
    """


class Fidelity(StrEnum):
    """Backing of a resource type: a server, moto, an extension of moto, or the state.

    The summary of a rehearsal counts the resources of each fidelity.
    """

    REAL = "real"
    """A real server manages the resource: a Kubernetes API server or Vault."""
    EMULATED = "emulated"
    """Moto emulates the AWS API of the resource."""
    EXTENSION = "extension"
    """Moto lacks an operation of the resource, and a patch of the rehearsal adds it."""
    RECORDED = "recorded"
    """The resource is validated and kept in the state, but no server has it."""


class ConfiguredProvider(Protocol):
    """Provider with a configuration. Its methods are called from many threads at once."""

    def check(self, request: CheckRequest) -> CheckResult:
        """Validate and complete inputs, and report all failures at once.

        Unknown values stay unknown.
        """

    def diff(self, old: ResourceState, inputs: Properties) -> DiffResult:
        """Compare the inputs of the last update with the new, checked inputs."""

    def create(self, urn: Urn, inputs: Properties, timeout: float) -> CreateResult:
        """Create the resource and wait until it is ready.

        Waits at most `timeout` seconds; 0 stands for the provider's default.
        """

    def preview_create(self, urn: Urn, inputs: Properties) -> Properties:
        """Return the outputs that `create` would return, with `UNKNOWN` for computed ones."""

    def update(self, old: ResourceState, inputs: Properties, timeout: float) -> Properties:
        """Update the resource in place to match the inputs and return its outputs."""

    def preview_update(self, old: ResourceState, inputs: Properties) -> Properties:
        """Return the outputs that `update` would return."""

    def read(self, resource: ResourceState) -> ReadResult | None:
        """Read the actual state; return None if the resource does not exist.

        If the inputs of `resource` are empty, the engine imports the resource or runs a `.get()`.
        """

    def delete(self, resource: ResourceState, timeout: float) -> None:
        """Delete the resource. Succeeds if it does not exist."""

    def invoke(self, token: str, args: Properties) -> Properties:
        """Run a provider function, e.g. `aws:index/getCallerIdentity:getCallerIdentity`."""


class Provider(Protocol):
    """Emulated provider before configuration.

    Each package has one provider, which all attached Pulumi engines share.
    """

    name: str
    version: str

    def check_config(self, config: Properties) -> CheckResult:
        """Validate the configuration of the provider."""

    def configure(self, config: Properties) -> ConfiguredProvider:
        """Return the provider with this configuration.

        Must be cheap, because every preview calls it once per provider instance.
        """

    def fidelity(self, type_token: str) -> Fidelity:
        """Return the fidelity of a resource type."""

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
    """A resource's name in the engine, e.g. `urn:pulumi:dev::campus::campus:network:Vpc$aws:ec2/vpc:Vpc::main`."""

    text: str

    @property
    def type(self) -> str:
        """The type token without its parents, e.g. `aws:ec2/vpc:Vpc`."""
        return self.text.split("::")[2].split("$")[-1]

    @property
    def name(self) -> str:
        """The resource's own name, which may itself hold `::`."""
        return self.text.split("::", 3)[3]


@dataclass(frozen=True)
class CheckFailure:
    """One thing wrong with a resource's inputs."""

    property: str
    reason: str


@dataclass(frozen=True)
class CheckResult:
    """Validated inputs with the provider's defaults filled in (names of those under `values.DEFAULTS`)."""

    inputs: Properties
    failures: Sequence[CheckFailure] = ()


class ChangeKind(StrEnum):
    """How one property differs."""

    ADD = "add"
    DELETE = "delete"
    UPDATE = "update"


@dataclass(frozen=True)
class PropertyChange:
    """One property that differs from what is wanted; `path` as in `tags.team` or `ingress[0].toPort`."""

    path: str
    kind: ChangeKind
    replace: bool = False


@dataclass(frozen=True)
class DiffResult:
    """All that differs; empty `changes` means no update."""

    changes: Sequence[PropertyChange] = ()
    delete_before_replace: bool = False


@dataclass(frozen=True)
class CreateResult:
    """A new resource: its provider id, and all outputs (inputs included)."""

    id: str
    outputs: Properties


@dataclass(frozen=True)
class ReadResult:
    """A resource as it is in the world now: outputs, and inputs restricted to what the program wrote."""

    id: str
    inputs: Properties
    outputs: Properties


class Autonaming(StrEnum):
    """What a provider may do with the name that the engine proposes."""

    PROPOSE = "propose"
    """Take it or leave it; without a proposal the provider makes its own."""
    ENFORCE = "enforce"
    """Take it as it is."""
    DISABLE = "disable"
    """Make no name: the program must give one."""


@dataclass(frozen=True)
class CheckRequest:
    """What Check is asked: the new inputs, the inputs of the last update (empty for a new resource), and randomness."""

    urn: Urn
    old_inputs: Properties
    inputs: Properties
    random_seed: bytes = b""
    proposed_name: str = ""
    autonaming: Autonaming = Autonaming.PROPOSE


@dataclass(frozen=True)
class ResourceState:
    """A resource as the state has it: id, the inputs of the last update and the outputs."""

    urn: Urn
    id: str = ""
    inputs: Properties = field(default_factory=dict)
    outputs: Properties = field(default_factory=dict)


class ProviderError(RehearsalError):
    """The operation failed; the message is one sentence that says what is wrong and what to do."""


class PartiallyCreatedError(ProviderError):
    """The resource exists but did not become what was asked for; the engine keeps it in state as unhealthy."""

    def __init__(
        self, resource_id: str, outputs: Properties, reasons: Sequence[str], inputs: Properties | None = None
    ) -> None:
        super().__init__("; ".join(reasons))
        self.id = resource_id
        self.outputs = outputs
        self.reasons = tuple(reasons)
        self.inputs = inputs or {}


class Fidelity(StrEnum):
    """Backing of a resource type; the summary of a rehearsal shows it for each resource."""

    REAL = "real"
    """A real server acts on it: Kubernetes API server, Vault, PostgreSQL."""
    EMULATED = "emulated"
    """moto answers for AWS."""
    RECORDED = "recorded"
    """Accepted and kept in state; nothing in the world corresponds to it."""


class ConfiguredProvider(Protocol):
    """A provider with its configuration. Methods are called from many threads at once."""

    def check(self, request: CheckRequest) -> CheckResult:
        """Validate and complete inputs. Unknown values stay unknown. Everything wrong is reported at once."""

    def diff(self, old: ResourceState, inputs: Properties) -> DiffResult:
        """Compare the inputs of the last update with new, checked ones."""

    def create(self, urn: Urn, inputs: Properties, timeout: float) -> CreateResult:
        """Make the resource and wait (at most `timeout` seconds, 0 = the provider's default) until it is usable."""

    def preview_create(self, urn: Urn, inputs: Properties) -> Properties:
        """Outputs that `create` would return; what only AWS can tell is `UNKNOWN`."""

    def update(self, old: ResourceState, inputs: Properties, timeout: float) -> Properties:
        """Change the resource in place to match the inputs; returns its outputs."""

    def preview_update(self, old: ResourceState, inputs: Properties) -> Properties:
        """Outputs that `update` would return."""

    def read(self, resource: ResourceState) -> ReadResult | None:
        """Look at the real thing; None when it is gone. With empty inputs this is an import or a `.get()`."""

    def delete(self, resource: ResourceState, timeout: float) -> None:
        """Remove it; that it is already gone is success."""

    def invoke(self, token: str, args: Properties) -> Properties:
        """Answer a function call (`aws:index/getCallerIdentity:getCallerIdentity`)."""


class Provider(Protocol):
    """An emulated provider before configuration; one per package, shared by all engines that attach."""

    name: str
    version: str

    def check_config(self, config: Properties) -> CheckResult:
        """Validate the provider's own configuration."""

    def configure(self, config: Properties) -> ConfiguredProvider:
        """Bind to a configuration. Must be cheap: every `pulumi preview` does it once per provider instance."""

    def fidelity(self, type_token: str) -> Fidelity:
        """How true to life this type is here."""

"""Declaration of an emulated resource type: its AWS operations and properties.

Most of a type follows from the SDK's schema and botocore's shapes; a declaration states only the rest.
`rehearsal/docs/add-an-aws-type.md` shows how to write one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

from rehearsal.providers.aws.context import ArgsFunction, OperationContext
from rehearsal.providers.aws.tags import Tagging
from rehearsal.providers.values import Properties

OutputFunction = Callable[[OperationContext, Any], Any]
"""Computes a value from the context and AWS's response, or from the resource in that response."""


@dataclass(frozen=True)
class ApiCall:
    """A call of one AWS operation.

    Inputs are mapped to the members of the operation's shape by name. With `args` nothing is mapped.
    """

    name: str
    """Operation by its Python name, e.g. `create_vpc`."""
    _: KW_ONLY
    args: ArgsFunction | None = None
    """Builds all arguments, in place of the mapping."""
    extra_args: ArgsFunction | None = None
    """Arguments added to the mapped ones; they win where both set a member."""
    covers_inputs: tuple[str, ...] = ()
    """Inputs that `args` or `extra_args` send."""
    nested_in: str = ""
    """Member of the operation's shape that holds the mapped inputs, e.g. `BackupPlan`."""
    one_input_per_call: bool = False
    """AWS accepts one change per call (ModifyVpcAttribute)."""
    full_replace: bool = False
    """The operation replaces all settings, so unchanged inputs must be sent too."""
    service: str = ""
    """botocore service, where it isn't the type's own."""
    region: Callable[[OperationContext], str] | None = None
    """Region to call, where it isn't the resource's own."""


@dataclass(frozen=True, kw_only=True)
class CustomUpdate:
    """An update by a function that compares the context's inputs with the old ones.

    For updates that take several calls, or a call whose arguments are a difference.
    """

    inputs: tuple[str, ...]
    """Inputs whose change runs the function."""
    run: Callable[[OperationContext], None]
    on_create: bool = True
    """Run after creation too, if one of the inputs is set."""
    always_on_create: bool = False
    """Run after creation even if none of the inputs is set."""


@dataclass(frozen=True)
class ExtraRead:
    """A second read for outputs that the main one lacks."""

    name: str
    """Operation by its Python name."""
    _: KW_ONLY
    outputs: Mapping[str, str | OutputFunction]
    """Pulumi name → JMESPath in the response, or a function of it."""
    args: ArgsFunction | None = None
    """Builds all arguments; by default those that identify the resource."""
    service: str = ""
    """botocore service, where it isn't the type's own."""
    when_missing: Mapping[str, Any] = field(default_factory=dict)
    """Outputs if AWS finds nothing; names left out become None."""


@dataclass(frozen=True, kw_only=True)
class AutoName:
    """The input that gets a generated name if the program sets none."""

    input: str = "name"
    """Input that holds the name."""
    prefix: str = ""
    """Text before the generated part, e.g. `alias/`."""
    suffix: str = ""
    """Text after the generated part, e.g. `.fifo`."""
    max_length: int = 255
    """AWS's limit, in characters."""
    lowercase: bool = False
    """AWS accepts only lower case."""


@dataclass(frozen=True, kw_only=True)
class EmulatedType:
    """Declaration of one resource type that moto emulates."""

    # Identity
    tokens: tuple[str, ...]
    """Pulumi type tokens: `aws:ec2/vpc:Vpc`, and aliases of the same type."""
    service: str
    """botocore service name, e.g. `elbv2`."""
    id: str | OutputFunction
    """Resource id: a member of create's response, a template over inputs and that response such as
    `{role}/{policyArn}`, or a function of both."""
    id_argument: str = ""
    """Argument that takes the id in other operations; needed only if `id` is not that member."""
    arn: str = ""
    """Template of the `arn` output, where AWS's response has none."""
    autoname: AutoName | None = None
    """Generated name, as the real provider makes one."""

    # Operations
    create: ApiCall
    """Operation that creates the resource."""
    create_variants: Sequence[tuple[Callable[[OperationContext], bool], ApiCall]] = ()
    """Other operations that create, each with its condition (an RDS replica is created by another operation)."""
    read: ApiCall
    """Operation that returns the resource, also after a refresh or an import."""
    item: str | OutputFunction = ""
    """The resource in read's response: a JMESPath or a function; by default the first item of the first list, or the
    first structure."""
    extra_reads: Sequence[ExtraRead] = ()
    """Reads for outputs that the main one lacks."""
    update: Sequence[ApiCall | CustomUpdate] = ()
    """Updates in order; each runs when one of its inputs changes."""
    before_delete: Sequence[Callable[[OperationContext], None]] = ()
    """Functions that remove what blocks the deletion."""
    delete: ApiCall | None = None
    """Operation that deletes the resource; None where AWS can't, and the real provider only forgets it."""
    tagging: Tagging | None = None
    """Operations that write and read tags; None if tags come with the item and never change."""

    # States, as JMESPath on the item
    ready_when: str = ""
    """True if the resource is usable; create and update wait for it."""
    failed_when: str = ""
    """True if the resource will never become ready."""
    deleted_when: str = ""
    """True if the resource counts as deleted although AWS still shows it."""
    not_found_message: str = ""
    """Pattern of an error message that means "not found", where AWS's error code doesn't say so."""

    # Inputs and outputs
    names: Mapping[str, str] = field(default_factory=dict)
    """Pulumi name → AWS member, where the spelling differs."""
    outputs: Mapping[str, str | OutputFunction] = field(default_factory=dict)
    """Pulumi name → JMESPath in the item, or a function, where no member of the item matches by name."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """Inputs that the real provider fills in."""
    force_new: tuple[str, ...] = ()
    """Inputs whose change replaces the resource although an operation could update them."""
    state_only: tuple[str, ...] = ()
    """Inputs that AWS never returns (provider options, write-only values): kept in state and changed in place."""
    detect_drift: tuple[str, ...] = ()
    """Inputs that count as drift if AWS has a value the program never set."""
    import_inputs: Callable[[str], Properties] | None = None
    """Inputs contained in the id, for `pulumi import` and `.get()`; id templates are parsed without it.

    Under `id` it may return the id to use from then on.
    """
    validate: Callable[[Properties], Iterable[tuple[str, str]]] | None = None
    """Validation beyond types, as in the real provider; yields (property, reason)."""

    @property
    def id_template(self) -> str:
        """Template of the id; empty if there is none."""
        return self.id if isinstance(self.id, str) and "{" in self.id else ""

    @property
    def id_member(self) -> str:
        """Member of create's response that is the id; empty if there is none."""
        return self.id if isinstance(self.id, str) and "{" not in self.id else ""


@dataclass(frozen=True, kw_only=True)
class RecordedType:
    """A type that is accepted and stored, but not emulated."""

    tokens: tuple[str, ...]
    """Pulumi type tokens."""
    id: str
    """Template over inputs; empty for a generated id."""
    autoname: AutoName | None = None
    """Generated name, as the real provider makes one."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """Inputs that the real provider fills in."""
    force_new: tuple[str, ...] = ()
    """Inputs whose change replaces the resource."""


def from_response(function: Callable[[Any], Any]) -> OutputFunction:
    """Return an output function that needs only AWS's response."""
    return lambda context, response: function(response)  # noqa: ARG005  # an OutputFunction


def from_context(function: Callable[[OperationContext], Any]) -> OutputFunction:
    """Return an output function that needs only the context."""
    return lambda context, response: function(context)  # noqa: ARG005  # an OutputFunction


def resource_id(context: OperationContext, response: Any) -> str:  # noqa: ARG001  # an OutputFunction
    """Return the resource's id, for outputs that repeat it."""
    return context.id


def input_value(name: str) -> OutputFunction:
    """Return an output function that repeats an input AWS never returns."""
    return from_context(lambda context: context.inputs.get(name))


def stored_value(name: str) -> OutputFunction:
    """Return an output function that repeats an input, else the stored output."""
    return from_context(lambda context: context.get(name))


def find_by_id(list_member: str, key: str) -> OutputFunction:
    """Return an `item` function: the entry of a list whose `key` is the resource's id."""

    def find(context: OperationContext, response: Any) -> Any:
        return next((entry for entry in response.get(list_member) or [] if entry[key] == context.id), None)

    return find


def find_by_property(list_member: str, key: str, name: str) -> OutputFunction:
    """Return an `item` function: the entry of a list whose `key` equals a property."""

    def find(context: OperationContext, response: Any) -> Any:
        value = context.get(name)
        return next((entry for entry in response.get(list_member) or [] if entry[key] == value), None)

    return find

"""Declaration of an emulated resource type: its AWS operations and properties.

Most facts about a type follow from the SDK's schema and botocore's shapes. A declaration states only the others.

`rehearsal/docs/add-an-aws-type.md` shows how to write a declaration.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

from rehearsal.providers.aws.context import ArgsFunction, OperationContext
from rehearsal.providers.aws.tags import Tagging
from rehearsal.providers.values import Properties

OutputFunction = Callable[[OperationContext, Any], Any]
"""Function that computes a value from the context and AWS's response, or from the resource in that response."""


@dataclass(frozen=True)
class ApiCall:
    """Call of one AWS operation.

    By default, inputs are mapped to the members of the operation's shape by name. With `args`, no input is mapped.
    """

    name: str
    """Python name of the operation, e.g. `create_vpc`."""
    _: KW_ONLY
    args: ArgsFunction | None = None
    """Function that builds all arguments; no input is mapped."""
    extra_args: ArgsFunction | None = None
    """Function that builds further arguments. They override mapped arguments of the same name."""
    covers_inputs: tuple[str, ...] = ()
    """Inputs that `args` or `extra_args` send."""
    nested_in: str = ""
    """Member of the operation's shape that contains the mapped inputs, e.g. `BackupPlan`."""
    one_input_per_call: bool = False
    """True if AWS accepts only one change per call, e.g. in ModifyVpcAttribute."""
    full_replace: bool = False
    """True if the operation replaces all settings, so that unchanged inputs must be sent too."""
    service: str = ""
    """botocore service of the operation, by default the type's service."""
    region: Callable[[OperationContext], str] | None = None
    """Function that returns the region to call, by default the resource's region."""


@dataclass(frozen=True, kw_only=True)
class CustomUpdate:
    """Update that a function makes after comparing the inputs with the old inputs.

    Use it for an update that needs several calls, or a call that sends only differences.
    """

    inputs: tuple[str, ...]
    """Inputs whose change triggers the function."""
    run: Callable[[OperationContext], None]
    on_create: bool = True
    """True to run the function after creation too, if one of the inputs is set."""
    always_on_create: bool = False
    """True to run the function after creation even if none of the inputs is set."""


@dataclass(frozen=True)
class ExtraRead:
    """Additional read for outputs that the main read lacks."""

    name: str
    """Python name of the operation."""
    _: KW_ONLY
    outputs: Mapping[str, str | OutputFunction]
    """Pulumi name → JMESPath expression on the response, or a function of the response."""
    args: ArgsFunction | None = None
    """Function that builds all arguments, by default the arguments that identify the resource."""
    service: str = ""
    """botocore service of the operation, by default the type's service."""
    when_missing: Mapping[str, Any] = field(default_factory=dict)
    """Values of the outputs if AWS finds nothing. Outputs without a value here become None."""


@dataclass(frozen=True, kw_only=True)
class AutoName:
    """Input that gets a generated name if the program sets none."""

    input: str = "name"
    """Input that contains the name."""
    prefix: str = ""
    """Text before the generated part, e.g. `alias/`."""
    fifo_input: str = ""
    """Input that makes the resource a FIFO queue or topic, whose name must end in `.fifo`."""
    max_length: int = 255
    """AWS's maximum length of the name, in characters."""
    lowercase: bool = False
    """True if AWS accepts only lower-case names."""


@dataclass(frozen=True, kw_only=True)
class EmulatedType:
    """Declaration of one resource type that moto emulates."""

    # Identity
    tokens: tuple[str, ...]
    """Pulumi type token, such as `aws:ec2/vpc:Vpc`, and aliases of the same type."""
    service: str
    """botocore service name, e.g. `elbv2`."""
    id: str | OutputFunction
    """Resource id: the name of a member of `create`'s response, a template such as `{role}/{policyArn}` whose names are
    inputs or members of that response, or a function of the context and that response.
    """
    id_argument: str = ""
    """Argument that receives the id in other operations, if its name differs from `id`."""
    arn: str = ""
    """Template of the `arn` output, for types whose ARN AWS does not return."""
    autoname: AutoName | None = None
    """Generated name, as in the real provider."""

    # Operations
    create: ApiCall
    """Operation that creates the resource."""
    create_variants: Sequence[tuple[Callable[[OperationContext], bool], ApiCall]] = ()
    """Other operations that create the resource, each with its condition. For example, an RDS replica has its own
    operation.
    """
    read: ApiCall
    """Operation that returns the resource, also for a refresh or an import."""
    item: str | OutputFunction = ""
    """The resource in the response of `read`: a JMESPath expression or a function. By default, the first item of the
    first list, or the first structure.
    """
    extra_reads: Sequence[ExtraRead] = ()
    """Reads for outputs that the main read lacks."""
    update: Sequence[ApiCall | CustomUpdate] = ()
    """Updates in order. Each runs if one of its inputs changed."""
    before_delete: Sequence[Callable[[OperationContext], None]] = ()
    """Functions that remove whatever blocks the deletion."""
    delete: ApiCall | None = None
    """Operation that deletes the resource. None if AWS has no such operation; a deletion then only drops the resource
    from the state, as in the real provider.
    """
    tagging: Tagging | None = None
    """Operations that write and read tags. None if the item contains the tags and they never change."""

    # States
    ready_when: str = ""
    """JMESPath expression on the item, true once the resource is ready. Create and update wait for it."""
    failed_when: str = ""
    """JMESPath expression on the item, true if the resource will never become ready."""
    deleted_when: str = ""
    """JMESPath expression on the item, true if the resource counts as deleted although AWS still returns it."""
    not_found_message: str = ""
    """Regular expression for error messages that mean "not found" although the error's code does not say so."""

    # Inputs and outputs
    names: Mapping[str, str] = field(default_factory=dict)
    """Pulumi name → AWS member, where the spelling differs."""
    outputs: Mapping[str, str | OutputFunction] = field(default_factory=dict)
    """Pulumi name → JMESPath expression on the item, or a function, for outputs that no member of the item matches."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """Inputs that the real provider fills in."""
    force_new: tuple[str, ...] = ()
    """Inputs whose change replaces the resource although an operation could update them."""
    state_only: tuple[str, ...] = ()
    """Inputs that AWS never returns, such as provider options and write-only values. They are kept in the state and
    change in place.
    """
    detect_drift: tuple[str, ...] = ()
    """Inputs that count as drift if the program never set them but somebody else set them in AWS."""
    notations: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    """Inputs that have several notations for one value, and the function that returns the notation of AWS. A different
    notation does not count as a change, e.g. `Example.com.` for `example.com`.
    """
    import_inputs: Callable[[str], Properties] | None = None
    """Function that derives inputs from an id, for `pulumi import` and `.get()`. Not needed if `id` is a template.

    If the function also returns an `id`, that id replaces the given one.
    """
    validate: Callable[[Properties], Iterable[tuple[str, str]]] | None = None
    """Function that makes the real provider's checks, except type checks. Yields (property, reason) per invalid input.
    """
    validate_new: Callable[[Properties], Iterable[tuple[str, str]]] | None = None
    """Like `validate`, but only for new resources, e.g. for inputs that only the creation requires."""

    @property
    def operations(self) -> frozenset[str]:
        """Python names of the operations that are declared as calls.

        Functions of the declaration may call further operations.
        """
        variants = (call for _, call in self.create_variants)
        updates = (update for update in self.update if isinstance(update, ApiCall))
        deletions = (self.delete,) if self.delete else ()
        calls = (self.create, self.read, *variants, *updates, *deletions)
        return frozenset(call.name for call in calls) | {read.name for read in self.extra_reads}

    @property
    def id_template(self) -> str:
        """Template of the id; empty if the id has none."""
        return self.id if isinstance(self.id, str) and "{" in self.id else ""

    @property
    def id_member(self) -> str:
        """Member of the response of `create` that contains the id; empty if there is none."""
        return self.id if isinstance(self.id, str) and "{" not in self.id else ""


@dataclass(frozen=True, kw_only=True)
class RecordedType:
    """Declaration of a type that is accepted and stored, but not emulated."""

    tokens: tuple[str, ...]
    """Pulumi type tokens."""
    id: str
    """Template of the id, filled in with the inputs; empty for a generated id."""
    autoname: AutoName | None = None
    """Generated name, as in the real provider."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """Inputs that the real provider fills in."""
    force_new: tuple[str, ...] = ()
    """Inputs whose change replaces the resource."""


def from_response(function: Callable[[Any], Any]) -> OutputFunction:
    """Convert a function of AWS's response to an output function."""
    return lambda context, response: function(response)  # noqa: ARG005  # an OutputFunction


def from_context(function: Callable[[OperationContext], Any]) -> OutputFunction:
    """Convert a function of the context to an output function."""
    return lambda context, response: function(context)  # noqa: ARG005  # an OutputFunction


def resource_id(context: OperationContext, response: Any) -> str:  # noqa: ARG001  # an OutputFunction
    """Return the resource's id, for outputs that contain it."""
    return context.id


def input_value(name: str) -> OutputFunction:
    """Return an output function for an input that AWS never returns."""
    return from_context(lambda context: context.inputs.get(name))


def stored_value(name: str) -> OutputFunction:
    """Return an output function for an input or, if it is unset, the stored output."""
    return from_context(lambda context: context.get(name))


def find_by_id(list_member: str, key: str) -> OutputFunction:
    """Return an `item` function that finds the entry whose `key` is the resource's id."""

    def find(context: OperationContext, response: Any) -> Any:
        return next((entry for entry in response.get(list_member) or [] if entry[key] == context.id), None)

    return find


def find_by_property(list_member: str, key: str, name: str) -> OutputFunction:
    """Return an `item` function that finds the entry whose `key` equals a property."""

    def find(context: OperationContext, response: Any) -> Any:
        value = context.get(name)
        return next((entry for entry in response.get(list_member) or [] if entry[key] == value), None)

    return find

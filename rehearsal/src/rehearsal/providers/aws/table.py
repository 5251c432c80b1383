"""What a resource type's declaration says: which AWS operations make, read, change and remove it.

Most of it is found from the shapes of botocore and the SDK; a declaration only says what they can't.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.tags import Tagging
from rehearsal.providers.aws.work import Work
from rehearsal.providers.values import Properties


@dataclass(frozen=True, kw_only=True)
class Op:
    """An API operation that carries inputs.

    Without `args` the inputs are mapped by the operation's shape, or by that of its member `wrap`. With `args` these
    are all its arguments, and `inputs` says what they carry.
    """

    name: str
    args: Callable[[Work], Args] | None = None
    inputs: tuple[str, ...] = ()
    wrap: str = ""
    beside: Callable[[Work], Args] | None = None
    """Arguments beside the mapped ones, and over them."""
    carries: tuple[str, ...] = ()
    """Inputs that `beside` carries."""
    one_by_one: bool = False
    """AWS takes one change a call (ModifyVpcAttribute)."""
    whole: bool = False
    """AWS replaces everything: unchanged inputs must be sent too."""
    service: str = ""
    """When it isn't the type's own."""
    region: Callable[[Work], str] | None = None
    """When it isn't the resource's own."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """Work that no single operation does; `run` sees what is wanted and what was."""

    inputs: tuple[str, ...]
    run: Callable[[Work], None]
    on_create: bool = True
    """Whether it runs after creation too, when one of its inputs is set."""
    always: bool = False
    """Whether it runs after creation even when none of its inputs is set."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """A read that fills outputs beside those of the main one; what AWS doesn't find is as `absent` says, else None."""

    name: str
    outputs: Mapping[str, str | Callable[[Work, Any], Any]]
    """By Pulumi name: a JMESPath in the answer, or a function of it."""
    args: Callable[[Work], Args] | None = None
    service: str = ""
    absent: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Auto:
    """The input that gets a name when the program gives none."""

    input: str = "name"
    prefix: str = ""
    suffix: str = ""
    limit: int = 255
    lower: bool = False


@dataclass(frozen=True, kw_only=True)
class ResourceType:
    """One type of the table."""

    tokens: tuple[str, ...]
    """`aws:ec2/vpc:Vpc`, and other names of the same type."""
    service: str
    """botocore's service name."""
    create: Op
    variants: Sequence[tuple[Callable[[Work], bool], Op]] = ()
    """Other ways to create, each with the condition for it (an RDS replica is made by another operation)."""
    id: str | Callable[[Work, Any], str]
    """The member of create's answer that is the id, or a template over inputs and that answer's members such as
    `{role}/{policyArn}`, or a function of both."""
    key: str = ""
    """The member by which other operations name the resource, when it isn't `id`."""
    key_value: str = "{id}"
    """Template of that member's value."""
    arn: str = ""
    """Template of the `arn` output, where AWS's answer has none."""
    read: Op
    item: str | Callable[[Work, Any], Any] = ""
    """JMESPath of the resource in read's answer, or a function; by default the first list's only item, or structure."""
    gone: str = ""
    """JMESPath on the item: true when it is as good as deleted."""
    missing: str = ""
    """Pattern in the message of an error that says that the resource isn't there, where AWS's code doesn't tell."""
    ready: str = ""
    """JMESPath on the item: true when it is usable; create and update wait for it."""
    failed: str = ""
    """JMESPath on the item: true when it will never become ready."""
    update: Sequence[Op | Step] = ()
    delete: Op | None = None
    before_delete: Sequence[Callable[[Work], None]] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    """Pulumi name → AWS member, where spelling doesn't tell."""
    outputs: Mapping[str, str | Callable[[Work, Any], Any]] = field(default_factory=dict)
    """By Pulumi name: a JMESPath in the item, or a function of it, where the item's members don't tell."""
    also: Sequence[Look] = ()
    auto: Auto | None = None
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """What the real provider fills in when the program says nothing."""
    local: tuple[str, ...] = ()
    """Inputs that steer the provider, or that AWS never shows: kept in state, changed in place."""
    watched: tuple[str, ...] = ()
    """Inputs that count as drift when AWS has them although the program never wrote them."""
    force: tuple[str, ...] = ()
    """Inputs whose change replaces the resource although an operation could carry them."""
    tagging: Tagging | None = None
    """How tags are written and read; None when they come with the item and are never changed."""
    import_inputs: Callable[[str], Properties] | None = None
    """What an id alone tells, for `pulumi import` and `.get()`; templates of `id` are understood without it.

    Under `id` it may say the id that the resource goes by from then on.
    """
    validate: Callable[[Properties], Iterable[tuple[str, str]]] | None = None
    """Rules of the real provider beyond types: (property, reason)."""

    @property
    def id_template(self) -> str:
        """The id's template; empty when ids are made otherwise."""
        return self.id if isinstance(self.id, str) and "{" in self.id else ""

    @property
    def id_member(self) -> str:
        """The member of create's answer that is the id; empty when ids are made otherwise."""
        return self.id if isinstance(self.id, str) and "{" not in self.id else ""


@dataclass(frozen=True, kw_only=True)
class RecordedType:
    """A type that is accepted and kept, though nothing in the emulated cloud corresponds to it."""

    tokens: tuple[str, ...]
    id: str
    """Template over inputs; empty for a made-up id."""
    auto: Auto | None = None
    defaults: Mapping[str, Any] = field(default_factory=dict)
    force: tuple[str, ...] = ()
    """Inputs whose change replaces."""


def op(name: str, args: Callable[[Work], Args] | None = None, **more: Any) -> Op:
    """Shorthand: `op("create_vpc")`."""
    return Op(name=name, args=args, **more)


def of_item(show: Callable[[Any], Any]) -> Callable[[Work, Any], Any]:
    """Shorthand for an output that only AWS's answer decides."""
    return lambda work, item: show(item)  # noqa: ARG005  # the other half of the form


def of_work(show: Callable[[Work], Any]) -> Callable[[Work, Any], Any]:
    """Shorthand for an output that only the resource's own values decide."""
    return lambda work, item: show(work)  # noqa: ARG005  # the other half of the form

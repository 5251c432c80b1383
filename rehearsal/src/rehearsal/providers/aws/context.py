"""Context of one operation on one resource, and builders of arguments."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from rehearsal.providers.aws.calls import Args, Connection, Response
from rehearsal.providers.values import Properties

PARTITION = "aws"


@dataclass
class OperationContext:
    """Inputs, outputs and connection of one operation on one resource.

    Every function of a declaration receives it.
    """

    connection: Connection
    service: str
    """botocore name of the resource's service."""
    region: str
    id: str = ""
    """Id of the resource, empty until it is created."""
    inputs: Properties = field(default_factory=dict)
    """Inputs to apply; in a read or a delete, the inputs of the last update."""
    old_inputs: Properties = field(default_factory=dict)
    """Inputs of the last update, empty during creation."""
    outputs: Properties = field(default_factory=dict)
    """Outputs known so far, except those of inputs that the program removed."""

    @property
    def account(self) -> str:
        """Id of the account that owns the resource."""
        return self.connection.account

    @property
    def creating(self) -> bool:
        """True during creation, when there are no old inputs."""
        return not self.old_inputs

    def get(self, name: str, default: Any = None) -> Any:
        """Return the input with a Pulumi name, else the output with that name."""
        for values in (self.inputs, self.outputs):
            if values.get(name) is not None:
                return values[name]
        return default

    def added_and_removed(self, name: str) -> tuple[list[str], list[str]]:
        """Return the sorted items that an update adds to and removes from a list input."""
        old, new = set(self.old_inputs.get(name) or []), set(self.inputs.get(name) or [])
        return sorted(new - old), sorted(old - new)

    def values(self) -> Properties:
        """Return all inputs and outputs, and the names that every template can use."""
        common = {"id": self.id, "region": self.region, "partition": PARTITION}
        return {**self.outputs, **{k: v for k, v in self.inputs.items() if v is not None}, **common}

    def format(self, template: str, response: Response | None = None) -> str:
        """Fill in a template such as `arn:aws:ec2:{region}:{account}:vpc/{id}`.

        The values come from the inputs, the outputs and the members of a response.
        """
        values = {**(response or {}), **self.values()}
        if "{account}" in template:
            values["account"] = self.account
        return template.format_map(values)

    def call(self, operation: str, args: Args, *, service: str = "", region: str = "", pages: bool = False) -> Response:
        """Call AWS. Raises AwsError.

        The defaults are the service and the region of the resource.
        """
        return self.connection.call(service or self.service, region or self.region, operation, args, pages=pages)


ArgsFunction = Callable[[OperationContext], Args]
"""Function that builds the arguments of an API call."""


def by_id(member: str) -> ArgsFunction:
    """Return a function that builds `{member: id}`, which identifies the resource."""
    return lambda context: {member: context.id}


def by_ids(member: str) -> ArgsFunction:
    """Return a function that builds `{member: [id]}`, which identifies the resource."""
    return lambda context: {member: [context.id]}


def by_arn(member: str) -> ArgsFunction:
    """Return a function that builds `{member: arn}`, which identifies the resource."""
    return lambda context: {member: context.get("arn")}


def no_args(context: OperationContext) -> Args:  # noqa: ARG001  # an ArgsFunction
    """Return no arguments, for operations on the whole account or region."""
    return {}

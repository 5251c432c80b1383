"""Resource types that are not emulated: accepted and stored in memory only."""

import hashlib
import threading

from rehearsal.providers.aws.context import OperationContext
from rehearsal.providers.aws.table import AutoName, RecordedType
from rehearsal.providers.schema import ResourceSchema
from rehearsal.providers.values import Properties


class RecordedResources:
    """Recorded resources by type and id, for the life of the process. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._outputs: dict[tuple[str, str], Properties] = {}

    def put(self, token: str, resource_id: str, outputs: Properties) -> None:
        """Store a resource."""
        with self._lock:
            self._outputs[token, resource_id] = outputs

    def get(self, token: str, resource_id: str) -> Properties | None:
        """Return a copy of a stored resource's outputs; None if there is none."""
        with self._lock:
            outputs = self._outputs.get((token, resource_id))
            return dict(outputs) if outputs is not None else None

    def remove(self, token: str, resource_id: str) -> None:
        """Forget a resource."""
        with self._lock:
            self._outputs.pop((token, resource_id), None)


def default_declaration(token: str, schema: ResourceSchema) -> RecordedType:
    """Return the declaration of a type outside the table.

    Resources get a generated name if the SDK makes the name optional.
    """
    autoname = AutoName() if "name" in schema.inputs and "name" not in schema.required else None
    return RecordedType(tokens=(token,), id="", autoname=autoname)


def resource_id(declaration: RecordedType, context: OperationContext, seed: str) -> str:
    """Return an id from the declaration's template, else from the type and the URN."""
    if declaration.id:
        return context.format(declaration.id)
    noun = declaration.tokens[0].split(":")[-1].lower()
    return f"{noun}-{hashlib.sha256(seed.encode()).hexdigest()[:17]}"


def outputs(declaration: RecordedType, schema: ResourceSchema, context: OperationContext) -> Properties:
    """Return the inputs, and an ARN if the type has one, for other resources to use."""
    values = {name: value for name, value in context.inputs.items() if name in schema.outputs}
    if "region" in schema.outputs:
        values["region"] = context.region
    if "arn" in schema.outputs and "arn" not in values:
        module, noun = declaration.tokens[0].split(":")[1].split("/")
        values["arn"] = context.format(f"arn:{{partition}}:{module}:{{region}}:{{account}}:{noun}/{{id}}")
    return values

"""Resource types that are not emulated, but only accepted and stored in memory."""

import hashlib
import threading

from rehearsal.providers.aws.context import OperationContext
from rehearsal.providers.aws.table import AutoName, RecordedType
from rehearsal.providers.schema import ResourceSchema
from rehearsal.providers.values import Properties


class RecordedResources:
    """Recorded resources, kept in memory while the process runs. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._outputs: dict[tuple[str, str], Properties] = {}

    def put(self, token: str, resource_id: str, outputs: Properties) -> None:
        """Store a resource."""
        with self._lock:
            self._outputs[token, resource_id] = outputs

    def get(self, token: str, resource_id: str) -> Properties | None:
        """Return a copy of a stored resource's outputs, or None if it is not stored."""
        with self._lock:
            outputs = self._outputs.get((token, resource_id))
            return dict(outputs) if outputs is not None else None

    def remove(self, token: str, resource_id: str) -> None:
        """Remove a resource."""
        with self._lock:
            self._outputs.pop((token, resource_id), None)


def default_declaration(token: str, schema: ResourceSchema) -> RecordedType:
    """Return the declaration of a type that is not in the table.

    Its resources get a generated name if the name is optional in the SDK.
    """
    autoname = AutoName() if "name" in schema.inputs and "name" not in schema.required else None
    return RecordedType(tokens=(token,), id="", autoname=autoname)


def resource_id(declaration: RecordedType, context: OperationContext, seed: str) -> str:
    """Build an id from the declaration's template, else from the type and the URN."""
    if declaration.id:
        return context.format(declaration.id)
    noun = declaration.tokens[0].split(":")[-1].lower()
    return f"{noun}-{hashlib.sha256(seed.encode()).hexdigest()[:17]}"


def outputs(declaration: RecordedType, schema: ResourceSchema, context: OperationContext) -> Properties:
    """Return the outputs of a recorded resource.

    These are its inputs and, if the type has an ARN, an ARN that other resources can use.
    """
    values = {name: value for name, value in context.inputs.items() if name in schema.outputs}
    if "region" in schema.outputs:
        values["region"] = context.region
    if "arn" in schema.outputs and "arn" not in values:
        module, noun = declaration.tokens[0].split(":")[1].split("/")
        values["arn"] = context.format(f"arn:{{partition}}:{module}:{{region}}:{{account}}:{noun}/{{id}}")
    return values

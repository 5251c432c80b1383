"""Resource types that nothing in the emulated cloud corresponds to: accepted and kept in memory, nothing else."""

import hashlib
import threading

from rehearsal.providers.aws.table import Auto, RecordedType
from rehearsal.providers.aws.work import Work
from rehearsal.providers.schema import ResourceSchema
from rehearsal.providers.values import Properties


class Recorded:
    """What was recorded, by type and id, for as long as the process lives. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str], Properties] = {}

    def put(self, token: str, resource_id: str, outputs: Properties) -> None:
        """Keep a resource."""
        with self._lock:
            self._kept[token, resource_id] = outputs

    def get(self, token: str, resource_id: str) -> Properties | None:
        """A kept resource."""
        with self._lock:
            kept = self._kept.get((token, resource_id))
            return dict(kept) if kept is not None else None

    def remove(self, token: str, resource_id: str) -> None:
        """Forget a resource."""
        with self._lock:
            self._kept.pop((token, resource_id), None)


def declared(token: str, schema: ResourceSchema) -> RecordedType:
    """A declaration for a type that nobody declared: named when the SDK lets names be left out."""
    auto = Auto() if "name" in schema.inputs and "name" not in schema.required else None
    return RecordedType(tokens=(token,), id="", auto=auto)


def identified(kind: RecordedType, work: Work, seed: str) -> str:
    """An id: from the declaration's template, else derived from the type and the URN."""
    if kind.id:
        return work.fill(kind.id)
    noun = kind.tokens[0].split(":")[-1].lower()
    return f"{noun}-{hashlib.sha256(seed.encode()).hexdigest()[:17]}"


def outputs(kind: RecordedType, schema: ResourceSchema, work: Work) -> Properties:
    """The inputs, and an ARN where the type has one, so that other resources can refer to it."""
    found = {name: value for name, value in work.new.items() if name in schema.outputs}
    if "region" in schema.outputs:
        found["region"] = work.region
    if "arn" in schema.outputs and "arn" not in found:
        module, noun = kind.tokens[0].split(":")[1].split("/")
        found["arn"] = work.fill(f"arn:{{partition}}:{module}:{{region}}:{{account}}:{noun}/{{id}}")
    return found

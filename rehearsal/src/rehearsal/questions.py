"""What the daemon can be asked, by `ops`, by tests and by whoever wants to look into a running rehearsal."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from rehearsal.control import Answer

if TYPE_CHECKING:
    from rehearsal.dataplanes import DataPlanes
    from rehearsal.providers.busy_timer import BusyTimer
    from rehearsal.providers.journal import Journal
    from rehearsal.providers.protocol import Provider

IDLE_SECONDS = 10.0
KEPT = ("urn", "type", "id", "custom", "protect")
"""What is told of each resource in the state: enough to count and compare, nothing that could be secret."""


@dataclass(frozen=True)
class Questions:
    """Answers from a running daemon; each takes and gives JSON objects."""

    stack: str
    account: str
    planes: "DataPlanes"
    providers: Mapping[str, "Provider"]
    journal: "Journal"
    busy_timer: "BusyTimer"

    @property
    def table(self) -> Mapping[str, Callable[[Answer], Answer]]:
        """Every question by name."""
        return {
            "status": self.status,
            "idle": self.idle,
            "heal": self.heal,
            "busy": self.busy,
            "fidelity": self.fidelity,
            "created": self.created,
            "deployment": self.deployment,
            "locks": self.locks,
            "inventory": self.inventory,
        }

    def status(self, _: Answer) -> Answer:
        """`parts`: every server with `name`, `kind`, `endpoint`, `alive`; `in_flight`: operations not yet finished."""
        return {"parts": [asdict(part) for part in self.planes.status()], "in_flight": self.journal.in_flight}

    def idle(self, _: Answer) -> Answer:
        """Wait a little until no operation is under way; `idle` says whether that was reached."""
        return {"idle": self.journal.wait_idle(IDLE_SECONDS)}

    def heal(self, _: Answer) -> Answer:
        """Restart dead servers with their data; `restarted` names them."""
        return {"restarted": list(self.planes.heal())}

    def busy(self, _: Answer) -> Answer:
        """`seconds` since the last such question in which at least one provider call was under way."""
        return {"seconds": self.busy_timer.take_seconds()}

    def fidelity(self, question: Answer) -> Answer:
        """How true to life each of `types` is, by type token."""
        packages = {token: token.split(":")[0] for token in question["types"]}
        return {
            token: self.providers[package].fidelity(token).value
            for token, package in packages.items()
            if package in self.providers
        }

    def created(self, question: Answer) -> Answer:
        """`id` and `outputs` of what was last created under each of `urns`, where anything was."""
        last = {urn: self.journal.last_created(urn) for urn in question["urns"]}
        return {urn: {"id": made.id, "outputs": made.outputs} for urn, made in last.items() if made is not None}

    def deployment(self, _: Answer) -> Answer:
        """`resources` of the state, and the URNs of `pending` operations."""
        from rehearsal.cloud.backend import Backend  # noqa: PLC0415  # boto3 after moto

        latest = Backend(self.stack).deployment()
        pending = [operation["resource"]["urn"] for operation in latest.get("pending_operations") or []]
        resources = [{key: item.get(key) for key in KEPT} for item in latest.get("resources") or []]
        return {"pending": pending, "resources": resources}

    def locks(self, _: Answer) -> Answer:
        """`locks` on the stack: who holds it."""
        from rehearsal.cloud.backend import Backend  # noqa: PLC0415  # boto3 after moto

        return {"locks": Backend(self.stack).locks()}

    def inventory(self, _: Answer) -> Answer:
        """`resources` that the emulated AWS really holds: identifiers of each, by type."""
        from rehearsal.cloud import inventory  # noqa: PLC0415  # boto3 after moto

        return {"resources": inventory.take(self.stack, self.account)}

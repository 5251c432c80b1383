"""Operations of the daemon's control API, for the CLI and for tests."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from rehearsal.control import JsonObject

if TYPE_CHECKING:
    from rehearsal.dataplanes import DataPlanes
    from rehearsal.providers.busy_timer import BusyTimer
    from rehearsal.providers.journal import Journal
    from rehearsal.providers.protocol import Provider

IDLE_SECONDS = 10.0
STATE_FIELDS = ("urn", "type", "id", "custom", "protect")
"""Fields that `deployment` returns for each resource: enough to count and compare resources, and never secret."""


@dataclass(frozen=True)
class ControlApi:
    """Control API of a running daemon.

    Every operation takes and returns a JSON object.
    """

    stack: str
    account: str
    planes: "DataPlanes"
    providers: Mapping[str, "Provider"]
    journal: "Journal"
    busy_timer: "BusyTimer"

    @property
    def operations(self) -> Mapping[str, Callable[[JsonObject], JsonObject]]:
        """All operations by name."""
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

    def status(self, _: JsonObject) -> JsonObject:
        """Return the `servers`, and the number of open operations as `in_flight`.

        Each server has `name`, `type`, `endpoint` and `alive`.
        """
        return {"servers": [asdict(plane) for plane in self.planes.status()], "in_flight": self.journal.in_flight}

    def idle(self, _: JsonObject) -> JsonObject:
        """Wait up to IDLE_SECONDS for open operations to finish.

        `idle` in the result is true if none are left.
        """
        return {"idle": self.journal.wait_idle(IDLE_SECONDS)}

    def heal(self, _: JsonObject) -> JsonObject:
        """Restart dead servers with their data; return the processes as `restarted`."""
        return {"restarted": list(self.planes.heal())}

    def busy(self, _: JsonObject) -> JsonObject:
        """Return the `seconds` during which providers were busy since the last call."""
        return {"seconds": self.busy_timer.take_seconds()}

    def fidelity(self, argument: JsonObject) -> JsonObject:
        """Return the fidelity of each of `types`, keyed by type token."""
        packages = {token: token.split(":")[0] for token in argument["types"]}
        return {
            token: self.providers[package].fidelity(token).value
            for token, package in packages.items()
            if package in self.providers
        }

    def created(self, argument: JsonObject) -> JsonObject:
        """Return `id` and `outputs` of the last resource created under each of `urns`."""
        last = {urn: self.journal.last_created(urn) for urn in argument["urns"]}
        return {urn: {"id": made.id, "outputs": made.outputs} for urn, made in last.items() if made is not None}

    def deployment(self, _: JsonObject) -> JsonObject:
        """Return the `resources` in the state and the state of its updates.

        `pending` has the URNs of unfinished operations. `last_result` is the result of the last update in the
        engine's history, or null without one.
        """
        from rehearsal.cloud.backend import Backend  # noqa: PLC0415  # boto3 must be imported after moto

        backend = Backend(self.stack)
        latest = backend.deployment()
        pending = [operation["resource"]["urn"] for operation in latest.get("pending_operations") or []]
        resources = [{key: item.get(key) for key in STATE_FIELDS} for item in latest.get("resources") or []]
        return {"pending": pending, "resources": resources, "last_result": backend.last_result()}

    def locks(self, _: JsonObject) -> JsonObject:
        """Return the `locks` on the stack with their owners."""
        from rehearsal.cloud.backend import Backend  # noqa: PLC0415  # boto3 must be imported after moto

        return {"locks": Backend(self.stack).locks()}

    def inventory(self, _: JsonObject) -> JsonObject:
        """Return the `resources` in the emulated AWS: type → identifiers per resource.

        A type that could not be read has null in `resources`, and its error in `unreadable`.
        """
        from rehearsal.cloud import inventory  # noqa: PLC0415  # boto3 must be imported after moto

        return asdict(inventory.take(self.stack, self.account))

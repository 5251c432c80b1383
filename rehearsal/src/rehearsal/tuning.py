"""Registry of the speed-ups, each with its measured gain and a switch.

`REHEARSE_TUNING=off` switches off all of them; `REHEARSE_TUNING=-fork-server,-engine-heap` switches off these two. The
variable is read when a rehearsal starts (`rehearse up` after `rehearse down`). The code of every speed-up checks
`enabled` first, so that each one can be ruled out as the cause of a problem. A test also runs an environment
from `up` to `destroy` with all of them off.
"""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rehearsal.errors import RehearsalError

if TYPE_CHECKING:
    from rich.table import Table

VARIABLE = "REHEARSE_TUNING"


@dataclass(frozen=True)
class SpeedUp:
    """One entry of the registry."""

    name: str
    change: str
    gain: str
    """Measured gain with its source: an ADR in docs/decisions, or a benchmark."""

    @property
    def switch(self) -> str:
        """Value of the variable that switches off this entry only."""
        return f"{VARIABLE}=-{self.name}"


SPEED_UPS = (
    SpeedUp(
        "fork-server",
        "Programs and policy packs run in forks of a process that has imported their packages",
        "a third of a preview: about 1 s of imports per run (ADR 0011)",
    ),
    SpeedUp(
        "frozen-imports",
        "The fork server freezes its modules (gc.freeze), so that garbage collection in the forks skips them",
        "dev's program in a fork, on mocks: 4.9 s → 4.3 s of processor time on a busy machine (measured 2026-11)",
    ),
    SpeedUp(
        "debug-messages",
        "The SDK sends no debug messages unless --debug is given",
        "a third of a preview (ADR 0011)",
    ),
    SpeedUp(
        "garbage-collection",
        "Python collects a program's garbage after 100,000 new objects instead of 700",
        "prod's program on mocks: 16.1 s → 12.5 s of processor time on a busy machine (measured 2026-11)",
    ),
    SpeedUp(
        "output-waits",
        "The SDK waits for outputs in batches instead of listing all of them whenever one is done",
        "0.5 s of processor time of a preview with 746 resources (ADR 0011)",
    ),
    SpeedUp(
        "stack-traces",
        "The state records only the line that creates a resource, not the interpreter's whole call stack",
        "engine 19.7 s → 15.3 s for an `up` of 337 resources, state 1.8 MB → 1.1 MB (ADR 0022)",
    ),
    SpeedUp(
        "engine-heap",
        "The engine's heap may grow to five times its live size (GOGC=400)",
        "engine 15.3 s → 12.9 to 14.2 s for an `up` of 337 resources (ADR 0022)",
    ),
    SpeedUp(
        "engine-log",
        "The engine writes no debug log file",
        "0.7 s of processor time of a preview with 746 resources (ADR 0011)",
    ),
    SpeedUp(
        "moto-modules",
        "moto lists its service modules once instead of for every request",
        "a write of the state: 20 ms → 12 ms, together with moto-copies (ADR 0022)",
    ),
    SpeedUp(
        "moto-copies",
        "A copied S3 object keeps the hash of its source instead of being hashed again",
        "a write of the state: 20 ms → 12 ms, together with moto-modules (ADR 0022)",
    ),
    SpeedUp(
        "one-aws-call",
        "Emulated providers make one call to moto at a time, except for EKS and RDS",
        "a write of the state while another thread is busy: 80 ms → 30 ms, together with thread-switches (ADR 0022)",
    ),
    SpeedUp(
        "thread-switches",
        "Threads of the daemon switch every 0.2 ms instead of 5 ms",
        "a write of the state while another thread is busy: 80 ms → 30 ms, together with one-aws-call (ADR 0022)",
    ),
    SpeedUp(
        "disk-syncs",
        "etcd and PostgreSQL do not wait for the disk: their data survives a killed process, not a power failure",
        "a write to etcd: 1.6 ms → 1.05 ms on a fast disk (measured 2026-11)",
    ),
    SpeedUp(
        "warm-up",
        "The AWS provider reads its schemas while the engine creates the stack",
        "0.15 s of processor time during the engine's start; 7.5 s in a project's first rehearsal (measured 2026-11)",
    ),
)


def enabled(name: str) -> bool:
    """Return True unless REHEARSE_TUNING switches this speed-up off.

    Raises:
        RehearsalError: the variable has a name that is not in the registry.
    """
    return name not in switched_off(os.environ.get(VARIABLE, ""))


def switched_off(value: str) -> frozenset[str]:
    """Return the names of the speed-ups that a value of the variable switches off.

    The value is `off`, or a comma-separated list of names, each with a minus in front.

    Raises:
        RehearsalError: a name is not in the registry, or has no minus.
    """
    names = frozenset(speed_up.name for speed_up in SPEED_UPS)
    if value.strip() == "off":
        return names
    parts = [part.strip() for part in value.split(",") if part.strip()]
    wrong = [part for part in parts if not part.startswith("-") or part[1:] not in names]
    if wrong:
        raise RehearsalError(
            f"{VARIABLE}={value} is not valid: {', '.join(wrong)}; use `off`, or names with a minus in front, such "
            f"as -{SPEED_UPS[0].name} (choose from {', '.join(sorted(names))})"
        )
    return frozenset(part[1:] for part in parts)


def table() -> "Table":
    """Return the registry as a table for the console."""
    from rich.table import Table  # noqa: PLC0415  # the fork server must import nothing that programs import

    shown = Table("name", "changes", "measured gain", "now", title=f"Switch off with {VARIABLE}=off or -NAME,-NAME")
    for speed_up in SPEED_UPS:
        shown.add_row(speed_up.name, speed_up.change, speed_up.gain, "on" if enabled(speed_up.name) else "off")
    return shown

"""Receipts of the policy packs in `ops rehearse up`."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from operations.policies import guards, receipts
from policy_packs import catalogue
from rehearsal.commands import RehearsalTarget
from rehearsal.engine import Outcome


@dataclass(frozen=True)
class ReceiptCheck:
    """Check of the receipts and the event log after each preview and update."""

    directory: Path
    environment: Mapping[str, str]

    def check(self, phase: str, outcome: Outcome) -> None:
        """Check that exactly this platform's packs judged the phase to its end.

        Raises:
            UnprovenRunError: they did not.
        """
        receipts.verify_phase(self.directory, phase, outcome.events)


@contextmanager
def checked_target(target: RehearsalTarget) -> Iterator[RehearsalTarget]:
    """Yield a target of this platform whose runs must leave receipts.

    Raises:
        UnprovenRunError: the packs are missing, or a variable would replace or weaken them.
    """
    # A shell of a rehearsal has its own policy configuration. The floors of levels and settings still apply.
    variables = {name: value for name, value in os.environ.items() if name != guards.CONFIGURATION}
    guards.refuse([], variables, catalogue.DIRECTORY)
    with tempfile.TemporaryDirectory(prefix="ops-receipts-") as directory:
        added = receipts.begin(
            Path(directory),
            receipts.project_name(target.project),
            target.stack,
            receipts.WITH_UPDATE,
            lowered=target.policy_levels,
        )
        yield replace(target, run_check=ReceiptCheck(Path(directory), added))

"""Check that a run was judged by exactly the packs of this repository.

Two sources must agree: the engine's event log, which names the packs that ran, and the packs' own receipts, which add
the fingerprint of their source. A missing, partial, old or differing receipt is a mistake.
"""

import json
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import yaml

from operations.policies.errors import UnprovenRunError
from operations.policies.event_log import Event, compare_events
from policy_packs import catalogue
from policy_packs.kernel.configuration import LOWEST_LEVELS
from policy_packs.kernel.context import Context
from policy_packs.kernel.data import Data, DataError, checked
from policy_packs.kernel.receipt import DIRECTORY, PREVIEW, RUN, UPDATE
from policy_packs.kernel.registry import Level

PREVIEW_ONLY, WITH_UPDATE = (PREVIEW,), (PREVIEW, UPDATE)
"""Phases that a run may have: only a preview, or an update after its preview."""
EXPECTED = "expected.json"
"""Name of the file that states what a run must prove; it is in the directory of the run's receipts."""


class PackReceipt(Data):
    """One pack in a receipt. `source` is the fingerprint of its source."""

    name: str
    version: str
    rules: int
    source: str


class Receipt(Data):
    """Receipt of one phase, as `policy_packs.kernel.receipt` writes it."""

    run: str
    project: str
    stack: str
    phase: str
    packs: list[PackReceipt]
    lowered: list[str]
    settings: list[str]
    exemptions: list[str]
    judged: int
    resources: int
    completed: str


@dataclass(frozen=True)
class Expected:
    """Evidence that a run must give.

    `packs` are the fingerprints of the packs by name. `lowered` are the rules that the command itself lowers.
    `begun` is the start of the run in ISO 8601, with a time zone.
    """

    run: str
    project: str
    stack: str
    phases: list[str]
    begun: str
    packs: Mapping[str, str]
    lowered: list[str]

    @classmethod
    def of(cls, project: str, stack: str, phases: Sequence[str], lowered: Iterable[str]) -> "Expected":
        """Return the evidence required of a run that starts now with the present packs."""
        begun = datetime.now(UTC).isoformat(timespec="seconds")
        return cls(secrets.token_hex(16), project, stack, list(phases), begun, catalogue.sources(), sorted(lowered))


def project_name(directory: Path) -> str:
    """Return the name in a directory's Pulumi.yaml."""
    return str(yaml.safe_load((directory / "Pulumi.yaml").read_text(encoding="utf-8"))["name"])


def current_packs() -> dict[str, PackReceipt]:
    """Return the packs of this repository by name, as a receipt must describe them."""
    sources = catalogue.sources()
    return {
        pack.name: PackReceipt(
            name=pack.name, version=pack.version, rules=len(pack.policies), source=sources[pack.name]
        )
        for pack in catalogue.PACKS
    }


def begin(
    directory: Path, project: str, stack: str, phases: Sequence[str], *, lowered: Iterable[str] = ()
) -> Mapping[str, str]:
    """Prepare a directory for receipts and return the packs' environment variables.

    `lowered` are rules that the calling command lowers in any environment.

    Raises:
        UnprovenRunError: the directory contains files, which may be receipts of another run.
    """
    directory.mkdir(parents=True, exist_ok=True)
    if any(directory.iterdir()):
        raise UnprovenRunError(f"{directory} is not empty; use an empty directory for the receipts of each run")
    expected = Expected.of(project, stack, phases, lowered)
    (directory / EXPECTED).write_text(json.dumps(asdict(expected), indent=1), encoding="utf-8")
    return {DIRECTORY: str(directory.resolve()), RUN: expected.run}


def verify(directory: Path, events: Iterable[Event]) -> list[Receipt]:
    """Return the receipts of a run, one for each phase that `begin` announced.

    `events` is the event log of the last phase, because the engine overwrites the log in each phase.

    Raises:
        UnprovenRunError: something is missing or differs; the message lists all mistakes.
    """
    expected = _expected(directory)
    mistakes = [
        f"There is a receipt of the {phase}, but the run was started without this phase."
        for phase in (PREVIEW, UPDATE)
        if phase not in expected.phases and _file(directory, phase).exists()
    ]
    receipts = []
    for phase in expected.phases:
        receipt, found = _judge(directory, expected, phase, events if phase == expected.phases[-1] else None)
        mistakes += found
        receipts += [receipt] if receipt is not None else []
    _require_none(expected, mistakes)
    return receipts


def verify_phase(directory: Path, phase: str, events: Iterable[Event]) -> None:
    """Check one phase of a run by its receipt and its own event log.

    Raises:
        UnprovenRunError: something is missing or differs; the message lists all mistakes.
    """
    expected = _expected(directory)
    mistakes = [] if phase in expected.phases else [f"The run was started without this phase: {phase}."]
    _require_none(expected, mistakes + _judge(directory, expected, phase, events)[1])


def compare(
    expected: Expected, receipt: Receipt, phase: str, current: Mapping[str, PackReceipt], now: datetime
) -> Iterator[str]:
    """Yield the differences between a receipt and the evidence that it must give.

    `current` are the packs after the run.
    """
    if receipt.run != expected.run:
        yield f"The receipt of the {phase} belongs to another run. Run again."
    if receipt.project != expected.project:
        yield f"The receipt of the {phase} is about project {receipt.project}, not {expected.project}."
    if receipt.stack != expected.stack:
        yield f"The receipt of the {phase} is about stack {receipt.stack}, not {expected.stack}."
    if receipt.phase != phase:
        yield f"The receipt of the {phase} names another phase: {receipt.phase}."
    if not _is_between(expected.begun, receipt.completed, now):
        yield f"The receipt of the {phase} was completed at {receipt.completed}, which is not within the run."
    yield from _compare_packs(expected, receipt, phase, current)
    lowered = sorted(set(receipt.lowered) - set(expected.lowered))
    if lowered and LOWEST_LEVELS[Context(receipt.stack, dry_run=False).environment] is Level.MANDATORY:
        names = ", ".join(lowered)
        yield f"A policy configuration lowered the level of rules in the {phase}: {names}. Run again without it."
    if receipt.judged < 1:
        yield f"The packs judged no resource in the {phase}."
    elif receipt.judged != receipt.resources:
        yield (
            f"Only {receipt.judged} of {receipt.resources} resources were judged individually in the {phase}. Run "
            "again for the whole stack."
        )


def _compare_packs(
    expected: Expected, receipt: Receipt, phase: str, current: Mapping[str, PackReceipt]
) -> Iterator[str]:
    """Yield the differences between a receipt's packs and this repository's."""
    for name, number in sorted(Counter(pack.name for pack in receipt.packs).items()):
        if number > 1:
            yield f"The receipt of the {phase} lists pack {name} {number} times."
    judged = {pack.name: pack for pack in receipt.packs}
    for name in sorted(current.keys() ^ expected.packs.keys()):
        yield f"Pack {name} was added to the repository or removed from it during the run. Run again."
    for name in sorted(current.keys() - judged):
        yield f"Pack {name} did not judge the {phase}."
    for name in sorted(judged.keys() - current):
        yield f"Pack {name} judged the {phase}, but is not a pack of this repository."
    for name in sorted(judged.keys() & current):
        was, now = judged[name], current[name]
        if was.rules != now.rules:
            yield f"Pack {name} had {was.rules} rules in the {phase}, but has {now.rules} now."
        if was.version != now.version:
            yield f"Pack {name} had version {was.version} in the {phase}, but has version {now.version} now."
        if not was.source == expected.packs.get(name) == now.source:
            yield f"The source of pack {name} changed during the run, or another copy of the pack judged. Run again."


def _is_between(begun: str, completed: str, now: datetime) -> bool:
    """Return True if a time is between the start of the run and now.

    It is False if a time is malformed or has no time zone.
    """
    try:
        return datetime.fromisoformat(begun) <= datetime.fromisoformat(completed) <= now
    except (ValueError, TypeError):
        return False


def _judge(
    directory: Path, expected: Expected, phase: str, events: Iterable[Event] | None
) -> tuple[Receipt | None, list[str]]:
    """Return the receipt of a phase, if it can be read, and all mistakes of the phase."""
    receipt, mistakes = _read(_file(directory, phase), phase)
    if receipt is not None:
        mistakes += compare(expected, receipt, phase, current_packs(), datetime.now(UTC))
    if events is not None:
        prefix = f"urn:pulumi:{expected.stack}::{expected.project}::"
        begun = datetime.fromisoformat(expected.begun).timestamp()
        mistakes += compare_events(events, phase, prefix, begun, receipt.judged if receipt else 0)
    return receipt, mistakes


def _require_none(expected: Expected, mistakes: Sequence[str]) -> None:
    if mistakes:
        lines = "\n".join(f"  {mistake}" for mistake in mistakes)
        raise UnprovenRunError(
            f"The run of {expected.stack} is not proven to have been judged by this repository's packs:\n{lines}"
        )


def _expected(directory: Path) -> Expected:
    file = directory / EXPECTED
    try:
        expected = checked(Expected, json.loads(file.read_text(encoding="utf-8")))
        begun = datetime.fromisoformat(expected.begun)
        if tuple(expected.phases) not in (PREVIEW_ONLY, WITH_UPDATE) or begun.tzinfo is None:
            raise ValueError("the phases or the start of the run are wrong")  # noqa: TRY301  # same message as below
    except (OSError, ValueError, DataError) as error:
        raise UnprovenRunError(f"{file} cannot be read: {error}. Start the run with `ops policy begin`.") from None
    return expected


def _file(directory: Path, phase: str) -> Path:
    return directory / f"{catalogue.SUITE.name}.{phase}.json"


def _read(file: Path, phase: str) -> tuple[Receipt | None, list[str]]:
    """Return a receipt, or the reason why there is none."""
    if not file.exists():
        return None, [f"There is no receipt of the {phase} ({file}), so the packs did not finish judging it."]
    try:
        return checked(Receipt, json.loads(file.read_text(encoding="utf-8"))), []
    except (OSError, ValueError, DataError) as error:
        return None, [f"The receipt {file} is malformed: {' '.join(str(error).split())}"]

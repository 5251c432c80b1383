"""Check that a run was judged by exactly the packs of this repository.

Two sources must agree: the engine's event log, which names the packs that ran, and the packs' own receipts, which add
the fingerprint of their source. A missing, partial, old or differing receipt is a mistake.
"""

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from operations.policies.errors import UnprovenRunError
from policy_packs import catalogue
from policy_packs.kernel.data import Data, DataError, checked
from policy_packs.kernel.receipt import DIRECTORY, RUN

PREVIEW, UPDATE = "preview", "update"
_LOCAL = "|local|"
EXPECTED = "expected.json"
"""File with what a run must prove, in the directory of its receipts."""


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
    judged: int
    resources: int
    completed: str


@dataclass(frozen=True)
class Expected:
    """Evidence that a run must give: its ID, its stack and each pack's fingerprint."""

    run: str
    stack: str
    packs: Mapping[str, str]

    @classmethod
    def of(cls, stack: str) -> "Expected":
        """Return what a run of this stack must prove, with the packs as they are now."""
        return cls(secrets.token_hex(16), stack, catalogue.sources())


def begin(directory: Path, stack: str) -> Mapping[str, str]:
    """Prepare a directory for receipts and return the packs' environment variables.

    Raises:
        UnprovenRunError: the directory contains files, which may be receipts of another run.
    """
    directory.mkdir(parents=True, exist_ok=True)
    if any(directory.iterdir()):
        raise UnprovenRunError(f"{directory} is not empty; use an empty directory for the receipts of each run")
    expected = Expected.of(stack)
    (directory / EXPECTED).write_text(json.dumps(asdict(expected), indent=1), encoding="utf-8")
    return {DIRECTORY: str(directory.resolve()), RUN: expected.run}


def verify(directory: Path, phases: Iterable[str], events: Mapping[str, Iterable[Mapping[str, Any]]]) -> list[Receipt]:
    """Return the receipts of a run.

    `events` is the engine's event log by phase. Phases may be left out.

    Raises:
        UnprovenRunError: something is missing or differs; the message lists all mistakes.
    """
    expected = _expected(directory)
    mistakes: list[str] = []
    receipts = []
    for phase in phases:
        receipt, unreadable = _read(directory / f"{catalogue.SUITE.name}.{phase}.json", phase)
        mistakes += unreadable
        if receipt is not None:
            receipts.append(receipt)
            mistakes += compare(expected, receipt, phase, catalogue.sources())
        if phase in events:
            mistakes += compare_events(events[phase], phase)
    if mistakes or not receipts:
        lines = "\n".join(f"  {mistake}" for mistake in mistakes or ["No phase was checked."])
        raise UnprovenRunError(
            f"The run of {expected.stack} is not proven to have been judged by this repository's packs:\n{lines}"
        )
    return receipts


def compare(expected: Expected, receipt: Receipt, phase: str, sources: Mapping[str, str]) -> Iterator[str]:
    """Yield the differences between a receipt and what it must prove.

    `sources` are the fingerprints of the packs after the run.
    """
    if receipt.run != expected.run:
        yield f"The receipt of the {phase} belongs to another run. Run again."
    if receipt.stack != expected.stack:
        yield f"The receipt of the {phase} is about stack {receipt.stack}, not {expected.stack}."
    if receipt.phase != phase:
        yield f"The receipt of the {phase} is about a {receipt.phase}."
    judged = {pack.name: pack for pack in receipt.packs}
    for name in sorted(expected.packs.keys() - judged):
        yield f"Pack {name} did not judge the {phase}."
    for name in sorted(judged.keys() - expected.packs):
        yield f"Pack {name} judged the {phase}, but is not a pack of this repository."
    for name in sorted(judged.keys() & expected.packs):
        if not judged[name].rules:
            yield f"Pack {name} had no rules in the {phase}."
        if not judged[name].source == expected.packs[name] == sources.get(name):
            yield f"The source of pack {name} changed between the start of the run and its end, or another copy judged."
    if not receipt.judged:
        yield f"The packs judged no resource in the {phase}."


def compare_events(events: Iterable[Mapping[str, Any]], phase: str) -> Iterator[str]:
    """Yield the mistakes in the engine's event log of one phase.

    Sources: `SummaryEvent.PolicyPacks` and `PolicyAnalyzeStackSummaryEvent` in sdk/go/common/apitype/events.go.
    """
    listed = list(events)
    summaries = [event["summaryEvent"] for event in listed if "summaryEvent" in event]
    summaries = [each for each in summaries if bool(each.get("isPreview")) is (phase == PREVIEW)]
    if not summaries:
        yield f"The event log has no summary of the {phase}, so it did not end."
        return
    suite = catalogue.SUITE
    packs: Mapping[str, str] = summaries[-1].get("PolicyPacks") or {}
    if len(packs) != 1 or not all(map(_is_own_suite, packs)):
        names = ", ".join(sorted(packs)) or "no policy pack"
        yield f"The engine ran {names} in the {phase}, but must run only {suite.name}."
    finished = {
        event["policyAnalyzeStackSummaryEvent"].get("policyPackName")
        for event in listed
        if "policyAnalyzeStackSummaryEvent" in event
    }
    if suite.name not in finished:
        yield f"{suite.name} did not judge the whole stack in the {phase}."


def _is_own_suite(pack: str) -> bool:
    """Return True if a pack's name in the engine's summary is that of the suite.

    The engine calls a pack that an option names `NAME|local|DIRECTORY`. It abbreviates long directories, so only the
    fingerprints in the receipts show from where the pack came.
    """
    name, local, _ = pack.partition(_LOCAL)
    return name == catalogue.SUITE.name and bool(local)


def read_events(log: Path) -> list[Mapping[str, Any]]:
    """Return the events of an event log.

    Raises:
        UnprovenRunError: the log is missing or malformed.
    """
    try:
        return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise UnprovenRunError(f"The event log {log} cannot be read: {error}") from None


def _expected(directory: Path) -> Expected:
    file = directory / EXPECTED
    try:
        return checked(Expected, json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, DataError) as error:
        raise UnprovenRunError(f"{file} cannot be read: {error}. Start the run with `ops policy begin`.") from None


def _read(file: Path, phase: str) -> tuple[Receipt | None, list[str]]:
    """Return a receipt, or the reason why there is none."""
    if not file.exists():
        return None, [f"There is no receipt of the {phase}: the packs did not judge it to the end ({file})."]
    try:
        return checked(Receipt, json.loads(file.read_text(encoding="utf-8"))), []
    except (OSError, ValueError, DataError) as error:
        return None, [f"The receipt {file} is malformed: {' '.join(str(error).split())}"]

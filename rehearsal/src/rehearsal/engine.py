"""Run the real engine, `pulumi`, as a child process and follow its events."""

import json
import os
import re
import resource
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from rehearsal.errors import RehearsalError

Event = dict[str, Any]
"""One line of the engine's event log (sdk/go/common/apitype/events.go)."""

PACK_FILE = "PulumiPolicy.yaml"
POLL_SECONDS = 0.1
GRACE_SECONDS = 20.0
"""Time for an interrupted engine to finish the operations of its providers."""

_LOCKED = re.compile(r"the stack is currently locked by")


class EngineError(RehearsalError):
    """The engine ended with an error.

    The message is the engine's own; `log` is the file with its whole output.
    """

    def __init__(self, message: str, log: Path) -> None:
        super().__init__(message)
        self.log = log

    @property
    def locked(self) -> bool:
        """True if another update holds the stack's lock."""
        return bool(_LOCKED.search(str(self)))


@dataclass
class Outcome:
    """Events and resource use of one engine operation."""

    events: list[Event] = field(default_factory=list)
    seconds: float = 0.0
    processor_seconds: float = 0.0
    """Processor time of the engine and its children, including the program."""

    def diagnostics(self, severity: str) -> list[str]:
        """Return the distinct messages of a severity: `error` or `warning`.

        The messages are in the order of the events and have no colour codes.
        """
        messages = [
            event["diagnosticEvent"]["message"].strip()
            for event in self.events
            if event.get("diagnosticEvent", {}).get("severity") == severity
        ]
        return list(dict.fromkeys(messages))

    def violations(self) -> list[dict[str, Any]]:
        """Return the distinct policy events.

        Each has `message`, `policyName`, `policyPackName`, `enforcementLevel` and `resourceUrn`.
        """
        unique = {
            json.dumps(event["policyEvent"], sort_keys=True): event["policyEvent"]
            for event in self.events
            if "policyEvent" in event
        }
        return list(unique.values())

    @property
    def policy_packs(self) -> frozenset[str]:
        """Names of the policy packs that the engine ran."""
        summary: dict[str, Any] = next((event["summaryEvent"] for event in self.events if "summaryEvent" in event), {})
        return frozenset(summary.get("PolicyPacks") or {})

    @property
    def changes(self) -> dict[str, int]:
        """Number of resources by operation (`create`, `same`, …)."""
        summary: dict[str, Any] = next((event["summaryEvent"] for event in self.events if "summaryEvent" in event), {})
        changes = summary.get("resourceChanges") or {}
        return {str(operation): int(count) for operation, count in changes.items()}


@dataclass(frozen=True)
class Engine:
    """The engine of one stack: executable, workspace, environment and log directory."""

    pulumi: Path
    workspace: Path
    environment: Mapping[str, str]
    stack: str
    logs: Path

    def run(self, *arguments: str, standard_input: str | None = None, timeout: float = 300.0) -> str:
        """Run a short command and return its output.

        Raises:
            EngineError: the command failed; the message has the errors that it printed.
            subprocess.TimeoutExpired: the command took longer than `timeout` seconds.
        """
        finished = subprocess.run(
            [str(self.pulumi), *arguments, "--non-interactive"],
            cwd=self.workspace,
            env=dict(self.environment),
            input=standard_input,
            stdin=None if standard_input is not None else subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        if finished.returncode:
            log = self.logs / "pulumi.log"
            with log.open("a") as file:
                file.write(f"$ pulumi {' '.join(arguments)}\n{finished.stdout}{finished.stderr}\n")
            raise EngineError(_sentence(finished.stderr or finished.stdout), log)
        return finished.stdout

    def operate(self, verb: str, *arguments: str, on_event: Callable[[Event], None] | None = None) -> Outcome:
        """Run `preview`, `up`, `refresh` or `destroy` and follow its events.

        On Ctrl-C, the engine is interrupted and has time to write its state. The engine is killed only if it does
        not end.

        Raises:
            OperationError: the operation failed; the exception has the error diagnostics and the outcome so far.
        """
        log = self.logs / f"pulumi-{verb}.log"
        outcome = Outcome()
        started, used = time.monotonic(), _children_seconds()
        with tempfile.TemporaryDirectory(prefix="events-", dir=self.logs) as directory, log.open("w") as output:
            events = Path(directory, "events.jsonl")
            events.touch()
            process = subprocess.Popen(
                [
                    str(self.pulumi),
                    verb,
                    "--stack",
                    self.stack,
                    "--non-interactive",
                    "--event-log",
                    str(events),
                    *arguments,
                ],
                cwd=self.workspace,
                env={**self.environment, "PULUMI_DEBUG_COMMANDS": "true"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                for event in _follow(events, process):
                    outcome.events.append(event)
                    if on_event:
                        on_event(event)
            except BaseException:
                _interrupt(process)
                raise
        outcome.seconds = time.monotonic() - started
        outcome.processor_seconds = _children_seconds() - used
        if process.returncode:
            raise OperationError(outcome, process.returncode, log)
        return outcome


class RunCheck(Protocol):
    """Check of every preview and update of a rehearsal."""

    @property
    def environment(self) -> Mapping[str, str]:
        """Environment variables that are added to those of the engine."""
        ...

    def check(self, phase: str, outcome: Outcome) -> None:
        """Check a successful `preview` or `update`; raise an error to end the command."""
        ...


class OperationError(EngineError):
    """An operation failed or was blocked.

    `outcome` has its events, including policy violations.
    """

    def __init__(self, outcome: Outcome, code: int, log: Path) -> None:
        errors = outcome.diagnostics("error") or [_sentence(log.read_text())] if log.exists() else []
        super().__init__("\n".join(errors) or f"pulumi ended with exit code {code}", log)
        self.outcome = outcome
        self.code = code


def _follow(path: Path, process: subprocess.Popen[bytes]) -> Iterator[Event]:
    """Yield events as they are written, until the process has ended."""
    partial = ""
    with path.open() as file:
        while True:
            ended = process.poll() is not None
            partial += file.read()
            *lines, partial = partial.split("\n")
            for line in lines:
                if line:
                    yield json.loads(line)
            if ended:
                return
            time.sleep(POLL_SECONDS)


def _children_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _interrupt(process: subprocess.Popen[bytes]) -> None:
    """Interrupt the engine twice, then kill its process group.

    The second interrupt cancels the engine's operations. Later steps are skipped once the engine has ended.
    """
    for number, patience in ((signal.SIGINT, GRACE_SECONDS), (signal.SIGINT, GRACE_SECONDS / 2), (signal.SIGKILL, 5.0)):
        if process.poll() is not None:
            return
        if number == signal.SIGKILL:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            continue


def _sentence(output: str) -> str:
    """Return the error messages in an output, with their continuation lines.

    If there are none, return the last line.
    """
    lines = [line.rstrip() for line in output.splitlines() if line.strip()]
    errors: list[str] = []
    continues = False
    for line in lines:
        continues = line.startswith("error: ") or (continues and line.startswith("  "))
        if continues or line.lstrip().startswith("error: "):
            errors.append(line if line.startswith("  ") and continues else line.lstrip().removeprefix("error: "))
    return "\n".join(errors or [line.strip() for line in lines[-1:]])


def policy_packs(project: Path) -> Sequence[Path]:
    """Return the policy packs of a project: every `policy_packs/*/PulumiPolicy.yaml`."""
    return sorted(path.parent for path in (project / "policy_packs").glob(f"*/{PACK_FILE}"))


def packs_to_run(project: Path) -> Sequence[Path]:
    """Return the packs to pass to the engine.

    If `policy_packs` itself is a pack, it includes the others, and only this pack is returned. Otherwise, each pack in
    the directory is returned.
    """
    combined = project / "policy_packs"
    return [combined] if (combined / PACK_FILE).exists() else policy_packs(project)

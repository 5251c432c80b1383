"""Notes of a run: deferred rules and exempted findings, once per pack."""

import sys
from collections.abc import Iterable, Mapping

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from policy_packs.kernel.exemptions import Exemption, type_and_name
from policy_packs.kernel.verdict import Deferral, Violation, shorten

SHOWN_PER_RULE = 5
ENGINE_TIMEOUT_SECONDS = 30.0


class Notes:
    """Collects notes and sends them to the engine as informational messages."""

    def __init__(self, pack: str) -> None:
        self._pack = pack
        self._deferred: dict[str, dict[str, str]] = {}
        self._exempted: list[tuple[Exemption, Violation]] = []
        self._channel: grpc.Channel | None = None

    def connect(self, engine_address: str) -> None:
        """Log to the engine at this address."""
        self.close()
        self._channel = grpc.insecure_channel(engine_address)

    def defer(self, deferral: Deferral) -> None:
        """Add a deferral."""
        self._deferred.setdefault(deferral.policy.name, {})[deferral.name] = deferral.path

    def exempt(self, violation: Violation, exemption: Exemption) -> None:
        """Add an exempted finding."""
        self._exempted.append((exemption, violation))

    def flush(self, exemptions: Iterable[Exemption]) -> None:
        """Log the notes since the last flush, to stderr if no engine has connected.

        `exemptions` are those of the run that match a resource.

        Raises:
            grpc.RpcError: the engine doesn't accept the notes. If they were lost, all rules would seem to have passed.
        """
        deferred, self._deferred = self._deferred, {}
        exempted, self._exempted = self._exempted, []
        for text in (describe_deferred(deferred), describe_exempted(exemptions, exempted)):
            if text:
                self._log(f"{self._pack}: {text}")

    def close(self) -> None:
        """Close the connection to the engine."""
        if self._channel is not None:
            self._channel.close()
            self._channel = None

    def _log(self, text: str) -> None:
        if self._channel is None:
            sys.stderr.write(f"{text}\n")
            return
        request = engine_pb2.LogRequest(severity=engine_pb2.INFO, message=text)
        engine_pb2_grpc.EngineStub(self._channel).Log(request, timeout=ENGINE_TIMEOUT_SECONDS)


def describe_deferred(deferred: Mapping[str, Mapping[str, str]]) -> str:
    """Return one line per rule: its resources and their unknown properties."""
    lines = []
    for rule, resources in sorted(deferred.items()):
        names = (f"{name} ({path})" for name, path in sorted(resources.items()))
        lines.append(f"  {rule}: {shorten(names, SHOWN_PER_RULE)}")
    return _titled("rules deferred to the update, when the values that they need will be known:", lines)


def describe_exempted(exemptions: Iterable[Exemption], exempted: Iterable[tuple[Exemption, Violation]]) -> str:
    """Return one line per exempted finding, and one per exemption without a finding."""
    findings = list(exempted)
    used = {exemption for exemption, _ in findings}
    lines = [
        f"  {exemption.rule}: {type_and_name(violation.urn)}: {violation.finding} "
        f"(until {exemption.expires}, {exemption.approver} for {exemption.owner}: {exemption.reason})"
        for exemption, violation in findings
    ]
    lines += [
        f"  {exemption}: no finding in this run; remove the exemption unless you expect one at the update"
        for exemption in exemptions
        if exemption not in used
    ]
    return _titled(f"exempted findings: {len(findings)}", lines)


def _titled(title: str, lines: list[str]) -> str:
    return "\n".join((title, *lines)) if lines else ""

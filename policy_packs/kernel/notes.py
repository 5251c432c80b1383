"""Notes on a run: what waits for the update and what is exempted, told once per pack in the engine's own output."""

import sys
from collections.abc import Iterable, Mapping

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from policy_packs.kernel.exemptions import Exemption, type_and_name
from policy_packs.kernel.verdict import Deferral, Violation, some

SHOWN_PER_RULE = 5
ENGINE_TIMEOUT_SECONDS = 30.0


class Notes:
    """Collects them and hands them to the engine as informational messages: not warnings, not advice."""

    def __init__(self, pack: str) -> None:
        self._pack = pack
        self._deferred: dict[str, dict[str, str]] = {}
        self._excused: list[tuple[Exemption, Violation]] = []
        self._channel: grpc.Channel | None = None

    def connect(self, engine_address: str) -> None:
        """Send notes to the engine at this address."""
        self.close()
        self._channel = grpc.insecure_channel(engine_address)

    def defer(self, deferral: Deferral) -> None:
        """Remember a deferral."""
        self._deferred.setdefault(deferral.policy.name, {})[deferral.name] = deferral.path

    def exempt(self, violation: Violation, exemption: Exemption) -> None:
        """Remember that an exemption was used."""
        self._excused.append((exemption, violation))

    def flush(self, exemptions: Iterable[Exemption]) -> None:
        """Tell what there is since the last time; on stderr where no engine has introduced itself.

        Raises grpc.RpcError if the engine doesn't take it: a reader who is not told would take the rules for passed.
        """
        deferred, self._deferred = self._deferred, {}
        excused, self._excused = self._excused, []
        for text in (waiting(deferred), exempted(exemptions, excused)):
            if text:
                self._tell(f"{self._pack}: {text}")

    def close(self) -> None:
        """Let go of the engine."""
        if self._channel is not None:
            self._channel.close()
            self._channel = None

    def _tell(self, text: str) -> None:
        if self._channel is None:
            sys.stderr.write(f"{text}\n")
            return
        request = engine_pb2.LogRequest(severity=engine_pb2.INFO, message=text)
        engine_pb2_grpc.EngineStub(self._channel).Log(request, timeout=ENGINE_TIMEOUT_SECONDS)


def waiting(deferred: Mapping[str, Mapping[str, str]]) -> str:
    """One line per rule: the resources it waits for, and the property that is not known yet."""
    lines = []
    for rule, resources in sorted(deferred.items()):
        names = (f"{name} ({path})" for name, path in sorted(resources.items()))
        lines.append(f"  {rule}: {some(names, SHOWN_PER_RULE)}")
    return _titled("deferred to the update, which enforces these rules before anything is made:", lines)


def exempted(exemptions: Iterable[Exemption], excused: Iterable[tuple[Exemption, Violation]]) -> str:
    """One line per finding that an exemption excused, and one per exemption that had nothing to excuse."""
    used = list(excused)
    with_use = {exemption for exemption, _ in used}
    lines = [
        f"  {exemption.rule}: {type_and_name(violation.urn)}: {violation.finding} "
        f"(until {exemption.expires}, {exemption.approver} for {exemption.owner}: {exemption.reason})"
        for exemption, violation in used
    ]
    lines += [
        f"  {exemption}: nothing to excuse; remove it unless the update will find something"
        for exemption in exemptions
        if exemption not in with_use
    ]
    return _titled(f"findings exempted in policy_packs/exemptions.yaml: {len(used)}", lines)


def _titled(title: str, lines: list[str]) -> str:
    return "\n".join((title, *lines)) if lines else ""

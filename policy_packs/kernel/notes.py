"""Notes on a preview: which rules wait for the update, told once per pack in the engine's own output."""

import sys
import threading

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from policy_packs.kernel.verdict import Deferral

# Enough to see what it is about; the rest is counted.
SHOWN_PER_RULE = 5
ENGINE_TIMEOUT_SECONDS = 30.0


class Notes:
    """Collects deferrals and hands them to the engine as one informational message: not a warning, not advice."""

    def __init__(self, pack: str) -> None:
        self._pack = pack
        self._lock = threading.Lock()
        self._deferred: dict[str, dict[str, str]] = {}
        self._channel: grpc.Channel | None = None

    def connect(self, engine_address: str) -> None:
        """Send notes to the engine at this address."""
        self.close()
        self._channel = grpc.insecure_channel(engine_address)

    def defer(self, deferral: Deferral) -> None:
        """Remember a deferral."""
        with self._lock:
            self._deferred.setdefault(deferral.policy.name, {})[deferral.name] = deferral.path

    def flush(self) -> None:
        """Tell what was deferred since the last time; on stderr where no engine has introduced itself.

        Raises grpc.RpcError if the engine doesn't take it: a reader who is not told would take the rules for passed.
        """
        with self._lock:
            deferred, self._deferred = self._deferred, {}
        if not deferred:
            return
        text = summary(self._pack, deferred)
        if self._channel is None:
            sys.stderr.write(f"{text}\n")
            return
        request = engine_pb2.LogRequest(severity=engine_pb2.INFO, message=text)
        engine_pb2_grpc.EngineStub(self._channel).Log(request, timeout=ENGINE_TIMEOUT_SECONDS)

    def close(self) -> None:
        """Let go of the engine."""
        if self._channel is not None:
            self._channel.close()
            self._channel = None


def summary(pack: str, deferred: dict[str, dict[str, str]]) -> str:
    """One line per rule: the resources it waits for, and the property that is not known yet."""
    lines = [f"{pack}: deferred to the update, which enforces these rules before anything is made:"]
    for rule, resources in sorted(deferred.items()):
        names = [f"{name} ({path})" for name, path in sorted(resources.items())]
        more = f" and {len(names) - SHOWN_PER_RULE} more" if len(names) > SHOWN_PER_RULE else ""
        lines.append(f"  {rule}: {', '.join(names[:SHOWN_PER_RULE])}{more}")
    return "\n".join(lines)

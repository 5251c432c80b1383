"""Policy pack as a program that the Pulumi engine starts.

It starts the analyzer on a free port, prints the port and ends when the engine ends.
"""

import os
import signal
import sys
from collections.abc import Callable, Container, Mapping
from datetime import UTC, datetime
from pathlib import Path

from pulumi.runtime.proto import analyzer_pb2

from policy_packs.kernel import exemptions, receipt
from policy_packs.kernel.analyzer import Analyzer
from policy_packs.kernel.registry import Pack, Registry
from policy_packs.kernel.report import VARIABLE
from policy_packs.kernel.server import Server

PARENT_CHECK_SECONDS = 2.0
GRACE_SECONDS = 1.0


def serve(
    pack: Pack,
    *members: Pack,
    exemptions_file: Path | None = None,
    known_rules: Callable[[], Container[str]] | None = None,
    sources: Callable[[], Mapping[str, str]] | None = None,
) -> None:
    """Serve packs through the analyzer protocol until the run ends.

    Prints the port first, as the engine expects.

    Ends on SIGTERM and SIGINT, on the engine's Cancel, and when the parent process is gone.

    Args:
        pack: The pack to serve.
        members: More packs to serve in this process. The engine then sends each resource once instead of once per
            pack, and each finding still names its pack.
        exemptions_file: List of exemptions; none if left out.
        known_rules: Returns the names of all rules that an exemption may name. Needed only if there are more rules than
            those served here, and called only if an exemption names one of the additional rules.
        sources: Returns a mapping of each pack's name to the fingerprint of its source. Called only if receipts are
            written.
    """
    parent = os.getppid()
    reports = os.environ.get(VARIABLE)
    server = Server()
    receipts = _receipts(pack, members, sources)

    def load_exemptions(registry: Registry) -> exemptions.Exemptions:
        if exemptions_file is None:
            return exemptions.Exemptions()
        return exemptions.load(exemptions_file, _RuleNames(registry, known_rules), today=datetime.now(UTC).date())

    analyzer = Analyzer(
        pack, members, server.stop, load_exemptions, Path(reports) if reports else None, receipts=receipts
    )
    server.add(analyzer_pb2.DESCRIPTOR.services_by_name["Analyzer"], analyzer)
    port = server.listen()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: server.stop())
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    server.serve_until(lambda: os.getppid() != parent, PARENT_CHECK_SECONDS, GRACE_SECONDS)
    analyzer.close()


def _receipts(
    pack: Pack, members: tuple[Pack, ...], sources: Callable[[], Mapping[str, str]] | None
) -> receipt.Receipts | None:
    """Return the writer of receipts, or None if nobody asked for receipts."""
    directory = os.environ.get(receipt.DIRECTORY)
    if not directory or sources is None:
        return None
    return receipt.Receipts(pack, members or (pack,), Path(directory), os.environ.get(receipt.RUN, ""), sources())


class _RuleNames:
    """Names of rules that an exemption may use.

    `known_rules` is called only for a name that isn't served by this process.
    """

    def __init__(self, registry: Registry, known_rules: Callable[[], Container[str]] | None) -> None:
        self._served = {policy.name for policy in registry.policies}
        self._known_rules = known_rules

    def __contains__(self, name: object) -> bool:
        if name in self._served:
            return True
        return self._known_rules is not None and name in self._known_rules()

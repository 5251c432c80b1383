"""Echo provider: accepts every resource and returns its inputs as outputs.

The provider does no work, so a run takes only the engine's own time: the floor with which other runs are compared.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rehearsal.providers.busy_timer import BusyTimer
from rehearsal.providers.journal import Journal
from rehearsal.providers.protocol import (
    CheckRequest,
    CheckResult,
    CreateResult,
    DiffResult,
    Fidelity,
    ReadResult,
    ResourceState,
    Urn,
)
from rehearsal.providers.servicer import serve
from rehearsal.providers.values import Properties


@dataclass
class Echo:
    """Provider whose outputs are its inputs. It needs no configuration."""

    name: str = "echo"
    version: str = "1.0.0"

    def check_config(self, config: Properties) -> CheckResult:
        """Accept the inputs unchanged."""
        return CheckResult(config)

    def configure(self, config: Properties) -> "Echo":  # noqa: ARG002  # the interface
        """Return the provider itself; it has no configuration."""
        return self

    def fidelity(self, type_token: str) -> Fidelity:  # noqa: ARG002  # the interface
        """Return RECORDED: no server is behind the resource."""
        return Fidelity.RECORDED

    def check(self, request: CheckRequest) -> CheckResult:
        """Accept the inputs unchanged."""
        return CheckResult(request.inputs)

    def diff(self, old: ResourceState, inputs: Properties) -> DiffResult:  # noqa: ARG002  # the interface
        """Return no changes."""
        return DiffResult()

    def create(self, urn: Urn, inputs: Properties, timeout: float) -> CreateResult:  # noqa: ARG002  # the interface
        """Return the inputs as the outputs."""
        return CreateResult(urn.name, inputs)

    def preview_create(self, urn: Urn, inputs: Properties) -> Properties:  # noqa: ARG002  # the interface
        """Return the inputs as the outputs."""
        return inputs

    def update(self, old: ResourceState, inputs: Properties, timeout: float) -> Properties:  # noqa: ARG002  # the interface
        """Return the inputs as the outputs."""
        return inputs

    def preview_update(self, old: ResourceState, inputs: Properties) -> Properties:  # noqa: ARG002  # the interface
        """Return the inputs as the outputs."""
        return inputs

    def read(self, resource: ResourceState) -> ReadResult | None:
        """Return the recorded state."""
        return ReadResult(resource.id, resource.inputs, resource.outputs)

    def delete(self, resource: ResourceState, timeout: float) -> None:
        """Do nothing; there is nothing to delete."""

    def invoke(self, token: str, args: Properties) -> Properties:  # noqa: ARG002  # the interface
        """Return the arguments."""
        return args


@contextmanager
def running(directory: Path) -> Iterator[Path]:
    """Serve the echo provider.

    Yield a directory for PATH. Its shim prints the port for the engine.
    """
    with tempfile.TemporaryDirectory(dir=directory) as own:
        server, port = serve(Echo(), journal=Journal(Path(own, "journal.jsonl")), busy_timer=BusyTimer())
        shim = Path(own, "pulumi-resource-echo")
        shim.write_text(f'#!/bin/sh\necho {port}\nwhile kill -0 "$PPID" 2>/dev/null; do sleep 1; done\n')
        shim.chmod(0o700)
        try:
            yield Path(own)
        finally:
            server.stop(grace=0).wait()

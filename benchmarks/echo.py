"""The cheapest possible provider: it agrees with everything.

What the engine takes with it is the engine's floor.
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
    """Provider and configured provider in one: outputs are the inputs."""

    name: str = "echo"
    version: str = "1.0.0"

    def check_config(self, config: Properties) -> CheckResult:
        """Agree."""
        return CheckResult(config)

    def configure(self, config: Properties) -> "Echo":  # noqa: ARG002  # the interface
        """There is nothing to configure."""
        return self

    def fidelity(self, type_token: str) -> Fidelity:  # noqa: ARG002  # the interface
        """Nothing stands behind it."""
        return Fidelity.RECORDED

    def check(self, request: CheckRequest) -> CheckResult:
        """Agree."""
        return CheckResult(request.inputs)

    def diff(self, old: ResourceState, inputs: Properties) -> DiffResult:  # noqa: ARG002  # the interface
        """Nothing ever differs."""
        return DiffResult()

    def create(self, urn: Urn, inputs: Properties, timeout: float) -> CreateResult:  # noqa: ARG002  # the interface
        """Echo."""
        return CreateResult(urn.name, inputs)

    def preview_create(self, urn: Urn, inputs: Properties) -> Properties:  # noqa: ARG002  # the interface
        """Echo."""
        return inputs

    def update(self, old: ResourceState, inputs: Properties, timeout: float) -> Properties:  # noqa: ARG002  # the interface
        """Echo."""
        return inputs

    def preview_update(self, old: ResourceState, inputs: Properties) -> Properties:  # noqa: ARG002  # the interface
        """Echo."""
        return inputs

    def read(self, resource: ResourceState) -> ReadResult | None:
        """Echo."""
        return ReadResult(resource.id, resource.inputs, resource.outputs)

    def delete(self, resource: ResourceState, timeout: float) -> None:
        """There is nothing to delete."""

    def invoke(self, token: str, args: Properties) -> Properties:  # noqa: ARG002  # the interface
        """Echo."""
        return args


@contextmanager
def running(directory: Path) -> Iterator[Path]:
    """Serve the echo provider.

    Yields a directory for PATH whose shim hands the engine its port.
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

"""Resources of an environment's `pulumi preview`.

The preview runs in a rehearsal that is started for it and stopped afterwards. It creates nothing. Values that only AWS
can assign (an ARN, an endpoint) are unknown in a preview, but the resources that they come from are known.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from fnmatch import fnmatchcase
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from rich.console import Console

from operations.recording import short
from operations.rehearsing import ADDONS, COMMAND, PLATFORM, REQUIRED_TOOLS, platform_tools
from pulumi_wire.markers import UNKNOWN_STRING
from rehearsal.commands import RehearsalTarget
from rehearsal.console import ConsoleReporter
from rehearsal.daemon import DaemonInfo
from rehearsal.engine import Engine, EngineError, OperationError
from rehearsal.errors import RehearsalError
from rehearsal.hints import CommandHints
from rehearsal.home import Home
from rehearsal.lifecycle import Rehearsal
from rehearsal.providers.protocol import Fidelity
from rehearsal.toolchain import Toolchain
from stacks.loading import load_file
from stacks.requirements import Environment

PARALLEL = 2
"""Number of previews that run in parallel; each keeps one processor busy."""


@dataclass(frozen=True)
class PlannedResource:
    """Resource in a preview.

    `type` is short: `rds.Instance`, `k8s.Namespace`, `vault.Policy`.
    """

    urn: str
    type: str
    name: str
    inputs: Mapping[str, Any]
    sources: Mapping[str, tuple[str, ...]]
    """URNs of the resources from which an input gets its value, by input."""


@dataclass(frozen=True)
class Preview:
    """All resources of one environment, including components, stack and providers."""

    environment: Environment
    resources: tuple[PlannedResource, ...]
    recorded: frozenset[str] = frozenset()
    """Short types that a rehearsal only records: no server acts on them."""

    def find(self, type_name: str, name: str) -> Iterator[PlannedResource]:
        """Yield the resources of a type whose name matches a pattern such as `network-*`."""
        yield from (one for one in self.resources if one.type == type_name and fnmatchcase(one.name, name))

    def by_urn(self, urn: str) -> PlannedResource:
        """Return the resource with that URN."""
        return next(one for one in self.resources if one.urn == urn)


def previews(project: Path = PLATFORM) -> dict[Environment, Preview]:
    """Preview all four environments.

    Raises:
        RehearsalError: an environment is being rehearsed, so its resources exist and the preview would differ; or a
            preview failed.
    """
    targets = [_target(project, environment) for environment in Environment]
    pulumi = Toolchain(platform_tools()).ensure(REQUIRED_TOOLS)["pulumi"]
    rehearsals = [target.rehearsal(pulumi) for target in targets]
    console = Console(stderr=True, highlight=False)
    # Each preview runs in its own process. The daemon is a child of that process, so it leaves no zombie in this one.
    with (
        ConsoleReporter(console).step() as progress,
        ProcessPoolExecutor(PARALLEL, get_context("spawn")) as pool,
    ):
        progress(f"previewing {', '.join(Environment)}, {PARALLEL} at a time")
        return dict(zip(Environment, pool.map(_preview, rehearsals), strict=True))


def _target(project: Path, environment: Environment) -> RehearsalTarget:
    settings = load_file(project, environment)
    hints = CommandHints(COMMAND)
    daemon = DaemonInfo.load(Home(project, environment))
    if daemon is not None and daemon.alive:
        raise RehearsalError(f"{environment} is being rehearsed; end the rehearsal first: {hints.down(environment)}")
    return RehearsalTarget(
        project, environment, settings.account, ADDONS, tools_directory=platform_tools(), hints=hints
    )


def _preview(rehearsal: Rehearsal) -> Preview:
    stack = rehearsal.home.stack
    with rehearsal.locked():
        try:
            daemon = rehearsal.start(lambda _: None).daemon
            preview = _json_preview(rehearsal.engine(daemon))
            types = {step["newState"]["type"] for step in preview["steps"] if step.get("newState")}
            fidelity = daemon.control.call("fidelity", {"types": sorted(types)})
        except EngineError as error:
            raise RehearsalError(f"the preview of {stack} failed: {error} (log {error.log})") from None
        finally:
            rehearsal.down()
    resources = sorted(read(preview["steps"]), key=lambda one: (one.type, one.name))  # the engine's order varies
    recorded = frozenset(short(token) for token, of_type in fidelity.items() if of_type == Fidelity.RECORDED)
    return Preview(Environment(stack), tuple(resources), recorded)


def _json_preview(engine: Engine) -> dict[str, Any]:
    """Return the JSON of a preview.

    Raises:
        EngineError: the preview failed; the message names the blocking policies, which the JSON does not contain.
    """
    try:
        preview: dict[str, Any] = json.loads(engine.run("preview", "--json", "--stack", engine.stack))
    except EngineError:
        try:
            engine.operate("preview")
        except OperationError as failure:
            blocking = [each for each in failure.outcome.violations() if each["enforcementLevel"] == "mandatory"]
            reasons = [f"{each['policyName']}: {each['message'].splitlines()[0]}" for each in blocking]
            raise EngineError("\n  ".join((str(failure), *reasons)), failure.log) from None
        raise
    return preview


def read(steps: Iterable[Mapping[str, Any]]) -> Iterator[PlannedResource]:
    """Yield the resources that result from a preview's steps."""
    for step in steps:
        state = step.get("newState")
        if state is not None:
            sources = {key: tuple(urns or ()) for key, urns in (state.get("propertyDependencies") or {}).items()}
            name = state["urn"].rpartition("::")[2]
            yield PlannedResource(state["urn"], short(state["type"]), name, state.get("inputs") or {}, sources)


def known(value: Any) -> bool:
    """Return True if the whole value is known at preview."""
    if isinstance(value, Mapping):
        return all(known(each) for each in value.values())
    if isinstance(value, list):
        return all(known(each) for each in value)
    return bool(value != UNKNOWN_STRING)

"""What an environment is going to be: the resources of a real `pulumi preview`, in a rehearsal made for it and ended.

Nothing is created. What only AWS can tell (an ARN, an endpoint) is unknown in a preview; which resource it will come
from is known.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from fnmatch import fnmatchcase
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from operations.recording import short
from operations.rehearsing import ADDONS, NEEDED, PLATFORM
from rehearsal.daemon import DaemonInfo
from rehearsal.engine import Engine, EngineError, OperationError
from rehearsal.errors import RehearsalError
from rehearsal.home import Home
from rehearsal.lifecycle import Rehearsal
from rehearsal.providers.values import UNKNOWN
from rehearsal.toolchain import Toolchain
from stacks.loading import load_file
from stacks.requirements import Environment

AT_ONCE = 2
"""Previews that run side by side; each keeps a processor busy."""


@dataclass(frozen=True)
class Planned:
    """A resource that a preview shows. `type` is short: `rds.Instance`, `k8s.Namespace`, `vault.Policy`."""

    urn: str
    type: str
    name: str
    inputs: Mapping[str, Any]
    sources: Mapping[str, tuple[str, ...]]
    """By input: the URNs of the resources that its value comes from."""


@dataclass(frozen=True)
class Preview:
    """The resources of one environment, components, stack and providers among them."""

    environment: Environment
    resources: tuple[Planned, ...]

    def find(self, kind: str, name: str) -> Iterator[Planned]:
        """Resources of a type whose names match a pattern such as `network-*`."""
        yield from (one for one in self.resources if one.type == kind and fnmatchcase(one.name, name))

    def named(self, urn: str) -> Planned:
        """The resource with that URN."""
        return next(one for one in self.resources if one.urn == urn)


def previews(project: Path = PLATFORM) -> dict[Environment, Preview]:
    """Preview all four environments.

    Raises RehearsalError when one of them is being rehearsed, for its resources exist and the preview would be another;
    and when the engine refuses one.
    """
    pulumi = Toolchain(project).ensure(NEEDED)["pulumi"]
    rehearsals = [_rehearsal(project, environment, pulumi) for environment in Environment]
    # A process each: a rehearsal's daemon is a child, which a Python that lives on would have to look after.
    with ProcessPoolExecutor(AT_ONCE, get_context("spawn")) as pool:
        return dict(zip(Environment, pool.map(_preview, rehearsals), strict=True))


def _rehearsal(project: Path, environment: Environment, pulumi: Path) -> Rehearsal:
    settings = load_file(project, environment)
    home = Home(project, environment)
    daemon = DaemonInfo.load(home)
    if daemon is not None and daemon.alive:
        raise RehearsalError(f"{environment} is being rehearsed; end that first: ops rehearse down {environment}")
    return Rehearsal(home, settings.account, pulumi, ADDONS)


def _preview(rehearsal: Rehearsal) -> Preview:
    stack = rehearsal.home.stack
    with rehearsal.exclusively():
        try:
            engine = rehearsal.engine(rehearsal.start(lambda _: None).daemon)
            told = _told(engine)
        except EngineError as error:
            raise RehearsalError(f"{stack} has no preview: {error} (log {error.log})") from None
        finally:
            rehearsal.down()
    resources = sorted(read(told["steps"]), key=lambda one: (one.type, one.name))  # the engine has no order of its own
    return Preview(Environment(stack), tuple(resources))


def _told(engine: Engine) -> dict[str, Any]:
    """What a preview says in JSON. Raises EngineError with the reason, which the JSON lacks when a pack objects."""
    try:
        told: dict[str, Any] = json.loads(engine.run("preview", "--json", "--stack", engine.stack))
    except EngineError:
        try:
            engine.operate("preview")
        except OperationError as failure:
            blocking = [each for each in failure.outcome.violations() if each["enforcementLevel"] == "mandatory"]
            reasons = [f"{each['policyName']}: {each['message'].splitlines()[0]}" for each in blocking]
            raise EngineError("\n  ".join((str(failure), *reasons)), failure.log) from None
        raise
    return told


def read(steps: Iterable[Mapping[str, Any]]) -> Iterator[Planned]:
    """The resources that a preview's steps lead to."""
    for step in steps:
        state = step.get("newState")
        if state is not None:
            sources = {key: tuple(urns or ()) for key, urns in (state.get("propertyDependencies") or {}).items()}
            name = state["urn"].rpartition("::")[2]
            yield Planned(state["urn"], short(state["type"]), name, state.get("inputs") or {}, sources)


def known(value: Any) -> bool:
    """Whether a preview knows a value, all of it."""
    if isinstance(value, Mapping):
        return all(known(each) for each in value.values())
    if isinstance(value, list):
        return all(known(each) for each in value)
    return bool(value != UNKNOWN)

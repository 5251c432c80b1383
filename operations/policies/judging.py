"""A real preview of an environment under the packs, in the rehearsal, and what they said about every resource."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from operations.policies.errors import PolicyError
from operations.policies.report import Report, read
from operations.rehearsing import PLATFORM, subject
from operations.screens import Screens
from policy_packs.kernel.registry import Level
from policy_packs.kernel.report import VARIABLE
from rehearsal.engine import Engine, OperationError
from rehearsal.home import Home
from rehearsal.lifecycle import Rehearsal
from rehearsal.toolchain import Toolchain


def judge(stack: str, screens: Screens, config: Path | None = None) -> Report:
    """Preview an environment in its rehearsal. One that does not run is started for this, and ended again.

    Raises SettingsError, RehearsalError and EngineError as `ops rehearse up` does; PolicyError when the preview did not
    come to its end, since findings of half a preview would look like all of them.
    """
    what = subject(stack, None)
    toolchain = Toolchain(PLATFORM, console=screens.console)
    with toolchain.start(what.tools) as build:
        found = toolchain.watch(build)
    rehearsal = Rehearsal(Home(what.project, what.stack), what.account, found["pulumi"], what.addons)
    own = False
    try:
        with rehearsal.exclusively(), screens.step() as progress:
            start = rehearsal.start(progress)
            own = start.fresh
            return _preview(rehearsal.engine(start.daemon), progress, config)
    finally:
        if own:
            rehearsal.down()


def _preview(engine: Engine, progress: Callable[[str], None], config: Path | None) -> Report:
    progress("pulumi preview, under the policy packs")
    arguments = ("--policy-pack-config", str(config.resolve())) if config else ()
    with tempfile.TemporaryDirectory(prefix="policy-", dir=engine.logs) as directory:
        judged = replace(engine, environment={**engine.environment, VARIABLE: directory})
        failure: OperationError | None = None
        try:
            judged.operate("preview", *arguments)
        except OperationError as error:
            failure = error
        report = read(Path(directory))
    if report is None or (failure and not report.of(Level.MANDATORY)):
        reason = f"{failure} (log {failure.log})" if failure else "the packs left no report"
        raise PolicyError(f"the preview of {engine.stack} did not come to its end, so nothing is judged: {reason}")
    return report

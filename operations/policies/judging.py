"""Preview of an environment in the rehearsal with the policy packs."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from operations.policies.errors import PolicyRequestError
from operations.policies.report import Report, read
from operations.rehearsing import rehearsal_target
from policy_packs.kernel.registry import Level
from policy_packs.kernel.report import VARIABLE
from rehearsal.console import ConsoleReporter
from rehearsal.engine import Engine, OperationError
from rehearsal.toolchain import Toolchain


def judge(stack: str, reporter: ConsoleReporter, config: Path | None = None) -> Report:
    """Preview an environment in its rehearsal, which is started if it is not running.

    Raises SettingsError, RehearsalError and EngineError as `ops rehearse up` does. Raises PolicyRequestError when the
    preview did not finish, because its findings would be incomplete.
    """
    target = rehearsal_target(stack)
    tools = Toolchain(target.tools_directory, console=reporter.console).ensure(target.tools)
    rehearsal = target.rehearsal(tools["pulumi"])
    own = False
    try:
        with rehearsal.locked(), reporter.step() as progress:
            start = rehearsal.start(progress)
            own = start.fresh
            return _preview(rehearsal.engine(start.daemon), progress, config)
    finally:
        if own:
            rehearsal.down()


def _preview(engine: Engine, progress: Callable[[str], None], config: Path | None) -> Report:
    progress("pulumi preview with the policy packs")
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
        raise PolicyRequestError(
            f"the preview of {engine.stack} did not finish, so its findings would be incomplete: {reason}"
        )
    return report

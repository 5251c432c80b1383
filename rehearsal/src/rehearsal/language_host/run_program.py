"""Run one Pulumi program with the SDK's public runtime functions.

The program's interpreter runs this file as a script. The interpreter may have no package except the Pulumi SDK, so the
script imports no other.
"""

import argparse
import asyncio
import gc
import os
import runpy
import sys
import traceback
from collections.abc import Collection
from types import FrameType
from typing import Any

import pulumi
from pulumi import runtime
from pulumi.runtime import resource, stack

BAIL = 32  # the host's exit code for errors that were already reported to the engine

TUNING = "REHEARSAL_SDK_TUNING"
"""Environment variable of the rehearsal's `pulumi`: names of the speed-ups to apply (see `rehearsal.tuning`).

The variable is empty with --debug, which needs the SDK's debug messages. Without --debug, the engine discards these
messages, but the SDK sends several for every resource and waits for each call.
"""

BATCH_SECONDS = 0.05
SECONDS_PER_OUTPUT = 100e-6
"""Pause before the SDK lists all outputs again, in seconds per output. Listing one takes a few microseconds."""
NEW_OBJECTS = 100_000
"""Number of new objects after which the collector runs; Python's default is 700. A program creates objects that live
until it ends, and the collector would traverse them again and again.
"""


class BatchedAsyncio:
    """Replacement for `asyncio` in the SDK's `wait_for_rpcs`.

    The SDK lists all outputs again whenever one is done. This work is quadratic in the number of outputs: 40 % of this
    process's work for 250 resources. With this replacement, the SDK waits for outputs in batches. The pause between
    two batches grows with the number of outputs; otherwise the work would be quadratic again for thousands of
    resources.
    """

    def __getattr__(self, name: str) -> Any:
        """Return everything except `wait` unchanged."""
        return getattr(asyncio, name)

    @staticmethod
    async def wait(
        tasks: Collection[asyncio.Task[Any]], **_: object
    ) -> tuple[set[asyncio.Task[Any]], set[asyncio.Task[Any]]]:
        """Wait until all tasks are done, one has failed, or the pause is over.

        After the pause, the SDK looks for new tasks.
        """
        pause = max(BATCH_SECONDS, len(tasks) * SECONDS_PER_OUTPUT)
        return await asyncio.wait(tasks, timeout=pause, return_when=asyncio.FIRST_EXCEPTION)


class ShortTraceback:
    """Replacement for `traceback` in the SDK's `resource` module.

    The SDK sends the whole call stack with every resource, and the engine stores the stack in the state. Four fifths of
    the stack are frames of the interpreter, the SDK and this script, which nothing reads. These frames made up 44 % of
    the state, which the engine writes again for every resource. With this replacement, the stack ends with the line
    that creates the resource. This is the line that the engine shows.
    """

    INITS = 3
    """Number of `__init__` frames between the innermost frame and the caller that creates the resource."""

    def __getattr__(self, name: str) -> Any:
        """Return everything except `extract_stack` unchanged."""
        return getattr(traceback, name)

    def extract_stack(self) -> traceback.StackSummary:
        """Return the part of the stack that the SDK reads, outermost frame first.

        The result is the whole stack if no resource is being created.
        """
        frames: list[tuple[FrameType, int]] = []
        inits = 0
        for frame, line in traceback.walk_stack(sys._getframe(1)):  # noqa: SLF001  # as the standard library does
            frames.append((frame, line))
            if inits == self.INITS:
                break
            inits += frame.f_code.co_name == "__init__"
        stack = traceback.StackSummary.extract(iter(frames), lookup_lines=False)
        stack.reverse()
        return stack


def ignore(msg: str, *arguments: object, **options: object) -> None:
    """Do nothing, in place of `pulumi.log.debug`."""


def apply_tuning(names: Collection[str]) -> None:
    """Apply the named speed-ups to this process and its SDK."""
    if "garbage-collection" in names:
        gc.set_threshold(NEW_OBJECTS)
    if "output-waits" in names:
        stack.asyncio = BatchedAsyncio()  # type: ignore[assignment, attr-defined]  # a name that the module has imported
    if "stack-traces" in names:
        resource.traceback = ShortTraceback()  # type: ignore[assignment, attr-defined]  # the same
    if "debug-messages" in names:
        pulumi.log.debug = ignore


def parse(arguments: list[str]) -> argparse.Namespace:
    """Parse the arguments that the language host passes on from the engine."""
    # argparse, because the program's virtual environment may not have typer.
    parser = argparse.ArgumentParser()
    for option in ("--monitor", "--engine", "--project", "--stack", "--organization", "--root-directory"):
        parser.add_argument(option, required=True)
    parser.add_argument("--parallel", type=int, required=True)
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("program")
    return parser.parse_known_args(arguments)[0]


def sentence(failure: BaseException) -> str:
    """Return a message with the error and its line in the program."""
    where = [
        f"{frame.filename}:{frame.lineno}"
        for frame in traceback.extract_tb(failure.__traceback__)
        if "site-packages" not in frame.filename
        and not frame.filename.startswith((sys.base_prefix, "<frozen", __file__))
    ]
    location = f" ({where[-1]})" if where else ""
    return f"the program failed{location}: {type(failure).__name__}: {failure}; --debug shows the traceback"


def main() -> int:
    """Run the program; return the exit code for the language host."""
    options = parse(sys.argv[1:])
    runtime.set_all_config(runtime.get_config_env(), runtime.get_config_secret_keys_env())
    runtime.configure(
        runtime.Settings(
            monitor=options.monitor,
            engine=options.engine,
            project=options.project,
            stack=options.stack,
            organization=options.organization,
            root_directory=options.root_directory,
            parallel=options.parallel,
            dry_run=options.dry_run,
        )
    )
    apply_tuning(os.environ.get(TUNING, "").split(","))
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)

    def program() -> None:
        runpy.run_path(options.program, run_name="__main__")

    try:
        loop.run_until_complete(runtime.run_in_stack(program))
    except pulumi.RunError as mistake:
        pulumi.log.error(str(mistake))
        return BAIL
    except Exception as failure:  # the engine must show any error that the program raises
        pulumi.log.error(sentence(failure))
        pulumi.log.debug(traceback.format_exc())
        return BAIL
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        loop.close()
    return 0


sys.exit(main())

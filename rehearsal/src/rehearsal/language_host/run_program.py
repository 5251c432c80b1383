"""Run one Pulumi program against the engine, with the SDK's public runtime functions.

A script of its own, started with the program's interpreter, which may lack everything but the Pulumi SDK.
"""

import argparse
import asyncio
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

BAIL = 32  # the host knows this code: the engine has been told why

QUIET = "REHEARSAL_QUIET"
"""Set by the rehearsal's `pulumi` when nobody has asked for debug messages.

The SDK sends several for every resource, each of them a call that the program waits for, and the engine, which has not
told the SDK so, throws them away: a third of the time of a preview.
"""

BATCH_SECONDS = 0.05
SECONDS_PER_OUTPUT = 100e-6
"""Listing an output takes a few microseconds: the pause between two lists stays well longer than making one."""


class Batching:
    """`asyncio` for the SDK's `wait_for_rpcs`, which lists all outputs again whenever one of them is done.

    That is quadratic in their number, 40 % of this process's work for 250 resources. Here it gets them in batches, the
    rarer the more there are, or thousands of resources would be quadratic again in the time that they take.
    """

    def __getattr__(self, name: str) -> Any:
        """All but `wait` is as it is."""
        return getattr(asyncio, name)

    @staticmethod
    async def wait(
        tasks: Collection[asyncio.Task[Any]], **_: object
    ) -> tuple[set[asyncio.Task[Any]], set[asyncio.Task[Any]]]:
        """Wait for all of them, but no longer than the SDK may stay unaware of new ones; at once if one fails."""
        pause = max(BATCH_SECONDS, len(tasks) * SECONDS_PER_OUTPUT)
        return await asyncio.wait(tasks, timeout=pause, return_when=asyncio.FIRST_EXCEPTION)


class Creations:
    """`traceback` for the SDK's `resource`, which sends the whole stack with every resource, to be kept in the state.

    Four fifths of it are the interpreter's, the SDK's and this script's own frames, and nothing reads it: it was 44 %
    of the state, which the engine writes anew for every resource. Here it ends with the line that makes the resource,
    which is what the engine shows.
    """

    INITS = 3
    """The SDK takes the caller of the third `__init__`, from inside, for that line."""

    def __getattr__(self, name: str) -> Any:
        """All but `extract_stack` is as it is."""
        return getattr(traceback, name)

    def extract_stack(self) -> traceback.StackSummary:
        """The stack as far as the SDK looks at it, outermost first; all of it where there is no such line."""
        frames: list[tuple[FrameType, int]] = []
        inits = 0
        for frame, line in traceback.walk_stack(sys._getframe(1)):  # noqa: SLF001  # Python's own way to begin one
            frames.append((frame, line))
            if inits == self.INITS:
                break
            inits += frame.f_code.co_name == "__init__"
        stack = traceback.StackSummary.extract(iter(frames), lookup_lines=False)
        stack.reverse()
        return stack


def ignore(msg: str, *arguments: object, **options: object) -> None:
    """Stands in for `pulumi.log.debug`."""


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read what the language host passes on from the engine."""
    # typer would have to be in the program's own virtual environment, so the standard library's parser it is.
    parser = argparse.ArgumentParser()
    for option in ("--monitor", "--engine", "--project", "--stack", "--organization", "--root-directory"):
        parser.add_argument(option, required=True)
    parser.add_argument("--parallel", type=int, required=True)
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("program")
    return parser.parse_known_args(arguments)[0]


def sentence(failure: BaseException) -> str:
    """What went wrong and where in the program; the traceback is there for those who ask with `--debug`."""
    where = [
        f"{frame.filename}:{frame.lineno}"
        for frame in traceback.extract_tb(failure.__traceback__)
        if "site-packages" not in frame.filename
        and not frame.filename.startswith((sys.base_prefix, "<frozen", __file__))
    ]
    place = f" ({where[-1]})" if where else ""
    return f"the program failed{place}: {type(failure).__name__}: {failure}; --debug shows the traceback"


def main() -> int:
    """Run the program; returns the exit code that the language host understands."""
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
    if os.environ.get(QUIET):
        # Only the rehearsal's own `pulumi` asks for this; any other gets the SDK as it is.
        stack.asyncio = Batching()  # type: ignore[assignment, attr-defined]  # a name that the module has imported
        resource.traceback = Creations()  # type: ignore[assignment, attr-defined]  # the same
        pulumi.log.debug = ignore
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)

    def program() -> None:
        runpy.run_path(options.program, run_name="__main__")

    try:
        loop.run_until_complete(runtime.run_in_stack(program))
    except pulumi.RunError as mistake:
        pulumi.log.error(str(mistake))
        return BAIL
    except Exception as failure:  # whatever the program raised belongs on the engine's screen
        pulumi.log.error(sentence(failure))
        pulumi.log.debug(traceback.format_exc())
        return BAIL
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        loop.close()
    return 0


sys.exit(main())

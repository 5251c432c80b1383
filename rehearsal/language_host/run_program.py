"""Run one Pulumi program against the engine, with the SDK's public runtime functions.

A script of its own, started with the program's interpreter, which may lack everything but the Pulumi SDK.
"""

import argparse
import asyncio
import runpy
import sys
import traceback

import pulumi
from pulumi import runtime

BAIL = 32  # the host knows this code: the engine has been told why


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

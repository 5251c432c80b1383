"""Make a forked child behave like a fresh interpreter with the same command."""

import atexit
import json
import os
import runpy
import signal
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rehearsal.language_host.modules import OWN, installed_modules, loaded

READ_AT_START = ("LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE")
READ_AT_IMPORT = ("PYTHON", "GRPC_", "OTEL_", "PROTOCOL_BUFFERS_", "PYDANTIC_", "OPENSSL_", "LD_")
"""Prefixes of variables that are read only once: by the interpreter when it starts, or by a preloaded package when it
is imported.
"""
FOLLOWED = frozenset({"PYTHONPATH", "PYTHONUNBUFFERED"})
"""Variables with a prefix in READ_AT_IMPORT that may still differ between server and child: a child applies PYTHONPATH
itself, and all runs are unbuffered (`python -u`).
"""


def startup_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that a child can't change after the fork.

    A child behaves like a fresh interpreter only if these variables have the same values as in the server.
    """
    return {
        name: value
        for name, value in environment.items()
        if value and name not in FOLLOWED and (name in READ_AT_START or name.startswith(READ_AT_IMPORT))
    }


def search_path(request: Mapping[str, Any]) -> list[str]:
    """Return the `sys.path` entries that come before the interpreter's own.

    They are the directory of the script (or the working directory), then the entries of PYTHONPATH.
    """
    directory, arguments = request["directory"], request["arguments"]
    script = Path(directory, arguments[0])
    first = directory if arguments[0] == "-m" else str(script.resolve().parent)
    more = request["environment"].get("PYTHONPATH", "")
    return [first, *(os.path.normpath(Path(directory, part)) for part in more.split(os.pathsep) if more)]


def become(request: Mapping[str, Any], descriptors: Sequence[int], base: Sequence[str], report: int, life: int) -> None:
    """Run the command as `__main__`; the interpreter handles its exceptions.

    `base` is the interpreter's own search path. `report` is a descriptor for the names of newly imported modules.
    `life` is a descriptor that becomes readable when the fork server dies.
    """
    _as_new_process(request, descriptors)
    threading.Thread(target=_end_with, args=(life,), daemon=True).start()
    directories = _drop_own_modules(base)
    atexit.register(_report, report, frozenset(filter(loaded, sys.modules)), directories)
    sys.path[:] = [*search_path(request), *base]
    sys.executable = request["python"]
    arguments = request["arguments"]
    if arguments[0] == "-m":
        sys.argv[:] = arguments[1:]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv[:] = arguments
        runpy.run_path(arguments[0], run_name="__main__")


def _as_new_process(request: Mapping[str, Any], descriptors: Sequence[int]) -> None:
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.setsid()  # its own group, so that it can be killed together with its descendants
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    for target, descriptor in enumerate(descriptors):
        os.dup2(descriptor, target)
        os.close(descriptor)
    os.chdir(request["directory"])
    os.environ.clear()
    os.environ.update(request["environment"])
    time.tzset()


def _end_with(life: int) -> None:
    os.read(life, 1)
    os.killpg(0, signal.SIGKILL)


def _drop_own_modules(base: Sequence[str]) -> tuple[str, ...]:
    """Remove this package from `sys.modules`; return the site-packages directories.

    The child then imports the current version of these modules, or other modules with the same names.
    """
    directories = tuple(path for path in base if path.endswith("site-packages"))
    for name in [name for name in sys.modules if name.partition(".")[0] in OWN - {"__main__"}]:
        del sys.modules[name]
    for entry in list(sys.path_importer_cache):
        if not entry.startswith(tuple(base)):
            del sys.path_importer_cache[entry]
    return directories


def _report(descriptor: int, before: frozenset[str], directories: Sequence[str]) -> None:
    """Report to the fork server the modules that this run imported itself."""
    new = [name for name in installed_modules(directories) if name not in before]
    with os.fdopen(descriptor, "w") as report:
        json.dump(new, report)


def reported(data: bytes) -> list[str]:
    """Return the module names that a child reported; empty if it was killed first."""
    try:
        return [str(name) for name in json.loads(data)]
    except json.JSONDecodeError:
        return []

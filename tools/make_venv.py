"""Create .venv from a lock file with a bare Python: `make` runs this script.

Without arguments it installs everything for development, from requirements.lock. With `--production` it installs only
what `ops` and the program need, from requirements-production.lock.

A run does nothing if .venv is up to date, and it resumes an interrupted run. Python 3.9 or newer can start the
script; a version before 3.11 then looks for a newer one on PATH. Do not use newer syntax here, because an old Python
must print a sentence, not a syntax error.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
COMPLETE = VENV / ".complete"
COMPLETE_PRODUCTION = VENV / ".complete-production"
LOG = VENV / "pip.log"
SILENCE = 0.0
"""Seconds without output before the log gets a sign of life; 0 selects the default of the heartbeat."""
AT_LEAST = (3, 11)


def main(*, production: bool = False) -> None:
    """Bring .venv up to date with the lock file, or exit with one message."""
    use_new_python()
    marker, other = (COMPLETE_PRODUCTION, COMPLETE) if production else (COMPLETE, COMPLETE_PRODUCTION)
    expected = digest(production=production)
    if marker.is_file() and marker.read_text() == expected and python_works():
        marker.touch()
        return
    # A production environment must contain nothing else, so it never starts from a development environment.
    stale = production or other.is_file()
    for file in (marker, other):
        if file.is_file():
            file.unlink()
    create(clear=stale)
    remove_partial_installations()
    install("-r", lock_file(production=production), "--require-hashes")
    projects = ["--editable", "."] if production else ["--editable", ".", "--editable", "./rehearsal"]
    install("--no-deps", "--no-build-isolation", *projects)
    marker.write_text(expected)


def lock_file(*, production: bool) -> str:
    """Return the name of the lock file."""
    return "requirements-production.lock" if production else "requirements.lock"


def use_new_python() -> None:
    """Continue with a Python that is new enough: this one, else the newest on PATH."""
    if sys.version_info >= AT_LEAST:
        return
    for minor in range(19, AT_LEAST[1] - 1, -1):
        newer = shutil.which("python3.%d" % minor)  # noqa: UP031
        if newer:
            os.execv(newer, [newer, *sys.argv])  # noqa: S606
    here = ".".join(map(str, sys.version_info[:3]))
    sys.exit(f"Python 3.11 or newer is needed; {sys.executable} is {here} and PATH has no newer version.")


def digest(*, production: bool = False) -> str:
    """Return a digest of the requirements, the Python version and the path.

    The path is included because scripts in .venv contain it.
    """
    content = hashlib.sha256(f"{sys.version_info[:2]} {ROOT}".encode())
    names = ["pyproject.toml"] if production else ["pyproject.toml", "rehearsal/pyproject.toml"]
    for name in (lock_file(production=production), *names):
        content.update((ROOT / name).read_bytes())
    return content.hexdigest()


def python_works() -> bool:
    """Return True if the Python of .venv starts.

    Python does not start if the base installation of .venv has been removed.
    """
    try:
        return subprocess.run([VENV / "bin" / "python", "-c", ""], check=False).returncode == 0
    except OSError:
        return False


def create(*, clear: bool = False) -> None:
    """Create .venv with pip, or keep an existing one unless `clear` is set."""
    if not clear and python_works() and (VENV / "bin" / "pip").exists():
        return
    if importlib.util.find_spec("ensurepip") is None:
        sys.exit(
            f"{sys.executable} has no ensurepip, so it cannot create .venv; install the package that provides it "
            "(on Debian and Ubuntu: python3-venv)."
        )
    try:
        venv.EnvBuilder(with_pip=True, clear=True, symlinks=True).create(VENV)
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"{sys.executable} could not create .venv: {error}.")


def remove_partial_installations() -> None:
    """Remove packages whose installation was interrupted, so that pip repeats it.

    They are recognized by a missing RECORD, the list of installed files.
    """
    for record in VENV.glob("lib/python*/site-packages/*.dist-info"):
        if not (record / "RECORD").exists():
            shutil.rmtree(record)


def install(*arguments: str) -> None:
    """Run `pip install`; show a counter on a terminal, and signs of life in a log.

    If pip fails, exit with its error message.
    """
    pip = [VENV / "bin" / "python", "-m", "pip", "install", "--no-input", "--progress-bar=off", *arguments]
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_USER": "0"}
    total = (ROOT / arguments[1]).read_text().count("==") if arguments[0] == "-r" else 0
    done, errors, doing = 0, [], "installing Python packages into .venv"
    with (
        log_heartbeat(lambda: doing),
        LOG.open("a") as log,
        subprocess.Popen(
            pip, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as child,
    ):
        for line in child.stdout or ():
            log.write(line)
            done += line.startswith(("Collecting ", "Requirement already ", "Ignoring "))
            if line.startswith("ERROR: "):
                errors.append(line[len("ERROR: ") :].strip())
            if total:
                doing = f"installing Python packages into .venv: {min(done, total)} of {total}"
                show(f"Python packages into .venv: {min(done, total)} of {total}")
            if line.startswith("Installing collected"):
                doing = "unpacking Python packages into .venv"
                show("Python packages into .venv: unpacking (a minute)")
    show("")
    if child.returncode:
        reason = errors[0] if errors else f"pip ended with code {child.returncode}"
        advice = " Check the network and the address of the package index." if "(from versions: none)" in reason else ""
        sys.exit(f"The Python packages could not be installed: {reason} (log: {LOG.relative_to(ROOT)}).{advice}")


def show(text: str) -> None:
    """Overwrite the current line on a terminal; print nothing in a CI job's log."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()


def heartbeat_module() -> ModuleType:
    """Load the rehearsal's heartbeat, which needs no installed package."""
    path = Path(__file__).resolve().parent.parent / "rehearsal" / "src" / "rehearsal" / "heartbeat.py"
    specification = importlib.util.spec_from_file_location("heartbeat", path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def log_heartbeat(doing: Callable[[], str]) -> AbstractContextManager:
    """Return a context that prints signs of life unless stderr is a terminal."""
    if sys.stderr.isatty():
        return nullcontext()
    module = heartbeat_module()
    heartbeat = module.Heartbeat(write_line, interval=SILENCE or module.INTERVAL)
    return heartbeat.during(doing)


def write_line(line: str) -> None:
    """Write a line to standard error; replace characters that its encoding lacks."""
    encoding = sys.stderr.encoding or "ascii"
    sys.stderr.write(line.encode(encoding, "replace").decode(encoding) + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    try:
        main(production="--production" in sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)

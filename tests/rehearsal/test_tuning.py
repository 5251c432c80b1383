"""The registry has every speed-up, and each can be switched off."""

import re
import subprocess
from pathlib import Path

import pytest

from rehearsal import tuning, workspace
from rehearsal.errors import RehearsalError
from rehearsal.home import Home

PACKAGE = Path(tuning.__file__).parent
SOURCES = {path: path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py") if path.name != "tuning.py"}
NAMES = {speed_up.name for speed_up in tuning.SPEED_UPS}
TRICKS = re.compile(
    r"gc\.(?:disable|freeze|set_threshold)\(|setswitchinterval\(|GOGC=|os\.fork\(|nullcontext\(|fsync\"|synchronous_commit"
)
"""Calls and settings whose only purpose is speed."""


@pytest.mark.parametrize(
    ("value", "off"),
    [("", set()), ("off", NAMES), (" -engine-heap , -fork-server ", {"engine-heap", "fork-server"})],
)
def test_the_variable_switches_off_all_or_some(value: str, off: set[str]) -> None:
    assert tuning.switched_off(value) == off


@pytest.mark.parametrize("value", ["of", "fork-server", "-forkserver", "-fork-server,on"])
def test_a_misspelt_name_is_refused(value: str) -> None:
    with pytest.raises(RehearsalError, match=r"is not valid: .*choose from .*fork-server"):
        tuning.switched_off(value)


def test_every_entry_has_a_measured_gain_with_its_source() -> None:
    for speed_up in tuning.SPEED_UPS:
        assert re.search(r"\d", speed_up.gain), speed_up.name
        assert re.search(r"ADR \d{4}|measured \d{4}-\d{2}", speed_up.gain), speed_up.name


def test_every_entry_is_asked_for_and_no_other() -> None:
    asked = {name for text in SOURCES.values() for name in re.findall(r"tuning\.enabled\(\"([^\"]+)\"\)", text)}
    assert asked | set(workspace.SDK_TUNING) == NAMES


def test_no_speed_up_is_outside_of_the_registry() -> None:
    unregistered = [
        str(path.relative_to(PACKAGE))
        for path, text in SOURCES.items()
        if TRICKS.search(text) and "tuning.enabled(" not in text
    ]
    # The registry is asked before these start, and their command line or environment says what to apply.
    assert sorted(unregistered) == ["language_host/fork_server.py", "language_host/run_program.py"]


def shim(home: Home, tmp_path: Path, *arguments: str) -> list[str]:
    """Return the variables that the `pulumi` shim sets for the engine."""
    engine = tmp_path / "pulumi"
    engine.write_text('#!/bin/sh\necho "$GOGC"; echo "$REHEARSAL_SDK_TUNING"\n')
    engine.chmod(0o700)
    workspace.write_shims(home, engine, dict.fromkeys(workspace.PROVIDERS, 1))
    run = subprocess.run([home.bin / "pulumi", *arguments], env={}, capture_output=True, text=True, check=True)
    return run.stdout.split("\n")[:2]


def test_the_engines_speed_ups_can_be_switched_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path, "dev")
    home.make()
    log_directory = home.root / "pulumi-home" / "logs"
    assert shim(home, tmp_path) == ["400", "debug-messages,garbage-collection,output-waits,stack-traces"]
    assert shim(home, tmp_path, "up", "--debug") == ["400", ""]
    assert log_directory.is_file()
    monkeypatch.setenv(tuning.VARIABLE, "-output-waits")
    assert shim(home, tmp_path) == ["400", "debug-messages,garbage-collection,stack-traces"]
    monkeypatch.setenv(tuning.VARIABLE, "off")
    assert shim(home, tmp_path) == ["", ""]
    assert not log_directory.exists()

"""One sentence reports a rehearsal that can't start or is not running."""

import os
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from rehearsal.daemon import DaemonInfo
from rehearsal.errors import RehearsalError
from rehearsal.hints import CommandHints
from rehearsal.home import Home
from rehearsal.lifecycle import Rehearsal, project_root


@pytest.fixture
def rehearsal(tmp_path: Path) -> Rehearsal:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    return Rehearsal(Home(tmp_path, "dev"), "123456789012", tmp_path / "pulumi", tmp_path / "tools")


def test_a_full_disk_is_reported_before_the_start(rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=3 * 1024 * 1024))
    with pytest.raises(RehearsalError, match="has only 3 MiB free, and a rehearsal needs 512"):
        rehearsal.start(lambda _: None)
    assert rehearsal.down() == []


def test_the_error_for_a_missing_rehearsal_names_the_command_that_starts_it(rehearsal: Rehearsal) -> None:
    with pytest.raises(RehearsalError, match="start one with `rehearse up dev`"):
        rehearsal.running()


def test_the_error_for_a_misspelt_stack_suggests_the_closest_one(rehearsal: Rehearsal) -> None:
    for name in ("dev", "staging"):
        (rehearsal.home.project / f"Pulumi.{name}.yaml").touch()
    misspelt = replace(rehearsal, home=Home(rehearsal.home.project, "develop"))
    with pytest.raises(
        RehearsalError, match=r"no stack called develop in .*; did you mean dev\? Its stacks are dev, st"
    ):
        misspelt.running()
    with pytest.raises(RehearsalError, match="start one with `rehearse up dev`"):
        rehearsal.running()


def test_a_wrapping_command_is_named_in_advice(rehearsal: Rehearsal) -> None:
    wrapped = replace(rehearsal, hints=CommandHints("ops rehearse", "--project shop"))
    with pytest.raises(RehearsalError, match="start one with `ops rehearse up dev --project shop`"):
        wrapped.running()


def test_ending_a_rehearsal_that_never_ran_is_not_an_error(rehearsal: Rehearsal) -> None:
    assert rehearsal.down() == []


def test_a_second_command_is_refused_while_another_holds_the_lock(rehearsal: Rehearsal) -> None:
    with rehearsal.locked(), pytest.raises(RehearsalError, match="is working on dev"), rehearsal.locked():
        pytest.fail("both commands hold the lock")


def test_the_project_is_found_from_any_of_its_directories(rehearsal: Rehearsal) -> None:
    inside = rehearsal.home.project / "stacks" / "layers"
    inside.mkdir(parents=True)
    assert project_root(inside) == rehearsal.home.project


def test_a_workspace_is_not_a_project(rehearsal: Rehearsal) -> None:
    rehearsal.home.make()
    (rehearsal.home.workspace / "Pulumi.yaml").touch()
    assert project_root(rehearsal.home.workspace) == rehearsal.home.project


def test_a_missing_project_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RehearsalError, match=r"there is no Pulumi\.yaml in it or in a parent"):
        project_root(tmp_path)


def test_an_account_has_twelve_digits(rehearsal: Rehearsal) -> None:
    with pytest.raises(RehearsalError, match="'11112222' is not an AWS account ID; use 12 digits"):
        replace(rehearsal, account="11112222").start(lambda _: None)


def test_a_running_rehearsal_keeps_its_account(rehearsal: Rehearsal) -> None:
    rehearsal.home.make()
    created = psutil.Process().create_time()
    DaemonInfo(os.getpid(), created, "111122223333", 1, 1, "", {}).save(rehearsal.home)
    with pytest.raises(RehearsalError, match=r"rehearsed in account 111122223333; .*`rehearse down dev`.*444455556666"):
        replace(rehearsal, account="444455556666").start(lambda _: None)

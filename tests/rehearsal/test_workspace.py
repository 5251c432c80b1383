"""The workspace follows the project, and a rehearsal never changes the project."""

import json
import os
import subprocess
from pathlib import Path

import pytest
import yaml

from rehearsal import workspace
from rehearsal.home import Home

TRACKED = "config:\n  shop:size: 3\n"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    project = tmp_path / "shop"
    project.mkdir()
    (project / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (project / "Pulumi.dev.yaml").write_text(TRACKED)
    (project / "__main__.py").write_text("")
    home = Home(project, "dev")
    home.make()
    return home


def own(home: Home) -> Path:
    return home.workspace / "Pulumi.dev.yaml"


def test_everything_but_the_stack_file_is_a_link(home: Home) -> None:
    workspace.sync(home)
    assert (home.workspace / "__main__.py").resolve() == home.project / "__main__.py"
    assert not own(home).is_symlink()
    assert not (home.workspace / ".rehearsal").exists()


def test_overrides_last_until_the_next_start(home: Home) -> None:
    workspace.override(home, {"shop:size": "9", "shop:colour": "red"}, {"must-be-big": "advisory"})
    workspace.sync(home)
    assert yaml.safe_load(own(home).read_text())["config"] == {"shop:size": "9", "shop:colour": "red"}
    assert json.loads((home.root / workspace.LEVELS).read_text()) == {"must-be-big": "advisory"}
    assert (home.project / "Pulumi.dev.yaml").read_text() == TRACKED
    workspace.override(home, {}, {})
    assert json.loads((home.root / workspace.LEVELS).read_text()) == {}
    workspace.sync(home)
    assert yaml.safe_load(own(home).read_text())["config"] == {"shop:size": 3}


def test_what_the_engine_writes_stays_in_the_workspace(home: Home) -> None:
    workspace.sync(home)
    own(home).write_text(own(home).read_text() + "encryptedkey: abc\nsecretsprovider: awskms://x\n")
    (home.project / "Pulumi.dev.yaml").write_text("config:\n  shop:size: 4\n")
    workspace.sync(home)
    assert yaml.safe_load(own(home).read_text()) == {
        "config": {"shop:size": 4},
        "encryptedkey": "abc",
        "secretsprovider": "awskms://x",
    }
    assert "encryptedkey" not in (home.project / "Pulumi.dev.yaml").read_text()


def test_a_file_that_left_the_project_leaves_the_workspace(home: Home) -> None:
    workspace.sync(home)
    (home.project / "__main__.py").unlink()
    workspace.sync(home)
    assert not (home.workspace / "__main__.py").is_symlink()


def test_encrypted_settings_are_replaced_by_random_values_that_stay_the_same(home: Home) -> None:
    (home.project / "Pulumi.dev.yaml").write_text(
        "config:\n  shop:token: {secure: v1:abc}\n  shop:mail: {user: x, password: {secure: v1:def}}\n"
    )
    assert workspace.sync(home) == 2
    first = yaml.safe_load(own(home).read_text())
    assert workspace.sync(home) == 2
    assert yaml.safe_load(own(home).read_text()) == first
    assert first["config"]["shop:token"].startswith("rehearsal-")
    assert first["config"]["shop:mail"]["user"] == "x"
    assert first["config"]["shop:mail"]["password"].startswith("rehearsal-")


def test_the_pulumi_shim_renews_the_workspace_and_marks_its_process(home: Home, tmp_path: Path) -> None:
    real = tmp_path / "pulumi"
    real.write_text('#!/bin/sh\necho "$REHEARSAL_ENGINE $*"; cat Pulumi.dev.yaml\n')
    real.chmod(0o755)
    workspace.sync(home)
    workspace.write_shims(home, real, {"aws": 1, "kubernetes": 2, "vault": 3})
    (home.project / "Pulumi.dev.yaml").write_text("config:\n  shop:size: 5\n")
    shim = [str(home.bin / "pulumi"), "up"]
    printed = subprocess.run(shim, cwd=home.workspace, capture_output=True, text=True, check=True).stdout
    assert printed.splitlines()[0] == f"{home.root} up"
    assert "shop:size: 5" in printed


@pytest.mark.parametrize(
    ("variable", "value", "accepted"),
    [
        ("PULUMI_OPTION_POLICY_PACK", None, True),
        ("PULUMI_OPTION_POLICY_PACK", "own", True),
        ("PULUMI_OPTION_POLICY_PACK", "/elsewhere/packs", False),
        ("PULUMI_OPTION_POLICY_PACK", "", False),
        ("PULUMI_OPTION_SKIP_PREVIEW", "false", True),
        ("PULUMI_OPTION_SKIP_PREVIEW", "1", False),
        ("PULUMI_OPTION_SKIP_PREVIEW", "True", False),
    ],
)
def test_the_pulumi_shim_refuses_other_packs_and_a_skipped_preview(
    home: Home,
    tmp_path: Path,
    variable: str,
    value: str | None,
    accepted: bool,  # noqa: FBT001  # a table's column
) -> None:
    packs = home.project / "policy_packs"
    packs.mkdir()
    (packs / "PulumiPolicy.yaml").write_text("runtime: python\n")
    real = tmp_path / "pulumi"
    real.write_text("#!/bin/sh\necho done\n")
    real.chmod(0o755)
    workspace.sync(home)
    workspace.write_shims(home, real, {"aws": 1, "kubernetes": 2, "vault": 3})
    environment = {name: text for name, text in os.environ.items() if not name.startswith("PULUMI_OPTION_")}
    if value is not None:
        environment[variable] = str(packs) if value == "own" else value
    shim = [str(home.bin / "pulumi"), "up"]
    finished = subprocess.run(shim, cwd=home.workspace, env=environment, capture_output=True, text=True, check=False)
    assert (finished.returncode == 0) is (finished.stdout == "done\n") is accepted
    assert (variable in finished.stderr) is not accepted


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("config:\n  shop:size: '4'\n", "The change to shop:size was reverted"),
        ("config:\n  shop:size: '3'\n  shop:colour: red\n", "The change to shop:colour was reverted"),
        ("config: {}\n", "The change to shop:size was reverted"),
        ("config:\n  shop:size: '3'\nencryptedkey: abc\n", ""),
    ],
    ids=["changed", "added", "removed", "written back by the engine"],
)
def test_configuration_set_in_the_workspace_is_not_lost_without_a_word(
    home: Home, tmp_path: Path, written: str, said: str
) -> None:
    real = tmp_path / "pulumi"
    real.write_text(f'#!/bin/sh\necho "{written}" > Pulumi.dev.yaml\necho done\n')
    real.chmod(0o755)
    workspace.sync(home)
    workspace.write_shims(home, real, {"aws": 1, "kubernetes": 2, "vault": 3})
    shim = [str(home.bin / "pulumi"), "config", "set", "shop:size", "4"]
    finished = subprocess.run(shim, cwd=home.workspace, capture_output=True, text=True, check=False)
    assert finished.stdout == "done\n"
    assert finished.returncode == bool(said)
    assert said in finished.stderr
    assert bool(finished.stderr) is bool(said)
    assert str(home.project / "Pulumi.dev.yaml") in finished.stderr or not said
    assert yaml.safe_load(own(home).read_text())["config"] in ({"shop:size": 3}, {"shop:size": "3"})
    assert (home.project / "Pulumi.dev.yaml").read_text() == TRACKED


def test_an_edit_of_the_copy_is_reported_by_the_next_command(home: Home, tmp_path: Path) -> None:
    real = tmp_path / "pulumi"
    real.write_text("#!/bin/sh\necho done\n")
    real.chmod(0o755)
    workspace.sync(home)
    workspace.write_shims(home, real, {"aws": 1, "kubernetes": 2, "vault": 3})
    own(home).write_text("config:\n  shop:size: 7\n")
    shim = [str(home.bin / "pulumi"), "preview"]
    first, second = (
        subprocess.run(shim, cwd=home.workspace, capture_output=True, text=True, check=True) for _ in range(2)
    )
    assert (first.stdout, second.stdout) == ("done\n", "done\n")
    assert "The change to shop:size was reverted" in first.stderr
    assert second.stderr == ""


def test_the_engines_heap_may_grow_unless_the_user_says_otherwise(home: Home, tmp_path: Path) -> None:
    real = tmp_path / "pulumi"
    real.write_text('#!/bin/sh\necho "$GOGC"\n')
    real.chmod(0o700)
    workspace.write_shims(home, real, {"aws": 1, "kubernetes": 2, "vault": 3})
    for environment, expected in (({}, "400"), ({"GOGC": "50"}, "50"), ({"GOGC": "off"}, "off")):
        printed = subprocess.run(home.bin / "pulumi", env=environment, capture_output=True, text=True, check=True)
        assert printed.stdout.strip() == expected


def test_a_provider_shim_prints_the_daemons_port_and_ends_with_the_engine(home: Home) -> None:
    workspace.write_shims(home, Path("/bin/true"), {"aws": 4711, "kubernetes": 2, "vault": 3})
    engine = subprocess.Popen(
        ["/bin/sh", "-c", f'"{home.bin}/pulumi-resource-aws" & wait'], stdout=subprocess.PIPE, text=True
    )
    assert engine.stdout is not None
    with engine.stdout:
        assert engine.stdout.readline() == "4711\n"
        engine.kill()
        engine.wait()
        assert engine.stdout.read() == ""  # returns once the shim, which holds the pipe open, has ended

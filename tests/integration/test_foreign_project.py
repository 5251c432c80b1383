"""The installed package rehearses a project outside of this repository."""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from rehearsal.toolchain import tools_directory

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[2]
PLATFORM = ("components", "stacks", "policy_packs", "operations")
PROGRAM = """
import pulumi
import pulumi_aws as aws

bucket = aws.s3.Bucket("notes", tags={"team": "elsewhere"})
aws.s3.BucketVersioning("notes", bucket=bucket.id, versioning_configuration={"status": "Enabled"})
pulumi.export("bucket", bucket.bucket)
"""


@dataclass(frozen=True)
class Installation:
    """Virtual environment with the package's wheel, and a project beside it."""

    venv: Path
    project: Path

    def run(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command in the project with a minimal environment."""
        passed_on = ("HOME", "LANG", "TMPDIR")
        environment = {
            **{name: os.environ[name] for name in passed_on if name in os.environ},
            "PATH": f"{self.venv}/bin:/usr/bin:/bin",
            "REHEARSE_TOOLS_DIR": str(tools_directory(ROOT / ".tools")),
        }
        finished = subprocess.run(
            command, cwd=self.project, env=environment, capture_output=True, text=True, timeout=600, check=False
        )
        if check and finished.returncode:
            pytest.fail(f"{command} ended with {finished.returncode}:\n{finished.stdout}\n{finished.stderr}")
        return finished


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Wheel built from a copy, because a build writes into its sources."""
    directory = tmp_path_factory.mktemp("wheel")
    ignored = shutil.ignore_patterns("*.egg-info", "__pycache__", "build")
    shutil.copytree(ROOT / "rehearsal", directory / "rehearsal", ignore=ignored)
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(directory), str(directory / "rehearsal"))
    (built,) = directory.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installation(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    directory = tmp_path_factory.mktemp("foreign")
    venv, project = directory / "venv", directory / "shop"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    (packages,) = venv.glob("lib/python*/site-packages")
    for entry in Path(sysconfig.get_paths()["purelib"]).iterdir():
        if not entry.name.startswith(("__editable__", "campus_", "__pycache__")):
            (packages / entry.name).symlink_to(entry)
    pip("--python", str(venv / "bin" / "python"), "install", "--no-deps", "--no-index", str(wheel))
    project.mkdir()
    (project / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (project / "__main__.py").write_text(PROGRAM)
    installed = Installation(venv, project)
    yield installed
    installed.run("rehearse", "down", "dev", check=False)


def pip(*arguments: str) -> None:
    """Run pip of this interpreter and fail on errors."""
    subprocess.run([sys.executable, "-m", "pip", "--quiet", *arguments], check=True)


def test_platform_packages_are_not_installed(installation: Installation) -> None:
    for package in PLATFORM:
        completed = installation.run("python", "-c", f"import {package}", check=False)
        assert f"No module named '{package}'" in completed.stderr


def test_the_wheel_has_the_go_modules_of_the_tools(installation: Installation) -> None:
    listed = installation.run("rehearse", "tools", "--list", "pulumi").stdout
    assert "3.250.0" in listed
    installed = installation.run("python", "-c", "import rehearsal.toolchain as t; print(t.MODULES)").stdout.strip()
    assert installed.startswith(str(installation.venv))
    tracked = ROOT / "rehearsal" / "src" / "rehearsal" / "tools"
    files = {path.relative_to(tracked) for path in tracked.rglob("*") if path.is_file()}
    assert {path.relative_to(installed) for path in Path(installed).rglob("*") if path.is_file()} == files


def test_stack_comes_up_without_further_changes_and_goes_down(installation: Installation) -> None:
    up = installation.run("rehearse", "up", "dev").stdout
    assert "dev is up: 3 create" in up
    assert "Inventory: the emulated AWS and the state hold the same resources" in up
    assert 'eval "$(rehearse env dev)"' in up
    assert "running" in installation.run("rehearse", "status", "dev").stdout
    preview = 'eval "$(rehearse env dev)" && pulumi preview --stack dev --expect-no-changes'
    installation.run("/bin/sh", "-c", preview)
    assert "daemon" in installation.run("rehearse", "down", "dev").stdout
    assert not [process.pid for process in psutil.process_iter() if belongs_to(process, installation.project)]
    status = installation.run("rehearse", "status", "dev", check=False)
    assert status.returncode == 1
    assert status.stderr == "no rehearsal of dev is running; start one with `rehearse up dev`\n"
    outside = installation.run("/bin/sh", "-c", 'eval "$(rehearse env dev)" && echo outside', check=False)
    assert outside.returncode == 1
    assert outside.stdout == ""


FUNCTION = """
role = aws.iam.Role("runner", assume_role_policy='{"Version": "2012-10-17", "Statement": []}')
code = pulumi.FileArchive("./src")
aws.lambda_.Function("greet", code=code, role=role.arn, runtime="python3.13", handler="lib.greet.run")
"""


def test_an_edited_file_of_a_function_is_an_update(installation: Installation) -> None:
    code = installation.project / "src" / "lib" / "greet.py"
    code.parent.mkdir(parents=True)
    code.write_text("def run(*_): return 'good morning'\n")
    program = installation.project / "__main__.py"
    program.write_text(PROGRAM + FUNCTION)
    try:
        assert "5 create" in installation.run("rehearse", "up", "dev", "--account", "999900001111").stdout
        enter = 'eval "$(rehearse env dev)" && pulumi preview --stack dev '
        installation.run("/bin/sh", "-c", f"{enter} --expect-no-changes")
        code.write_text("def run(*_): return 'good evening'\n")
        shown = installation.run("/bin/sh", "-c", f"{enter} --diff").stdout
        assert "1 to update" in shown
        assert "greet" in shown
        told = installation.run("/bin/sh", "-c", 'eval "$(rehearse env dev)" && pulumi config set size 3', check=False)
        assert told.returncode == 1
        assert "The change to shop:size was reverted" in told.stderr
    finally:
        installation.run("rehearse", "down", "dev", check=False)
        program.write_text(PROGRAM)


def belongs_to(process: psutil.Process, project: Path) -> bool:
    """Return True for processes with the project in their command line or environment."""
    try:
        texts = [*process.cmdline(), process.environ().get("REHEARSAL_ENGINE", "")]
    except psutil.Error:
        return False
    return any(str(project) in text for text in texts)

"""The real engine runs programs in forks."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil
import pytest

from rehearsal.home import Home
from rehearsal.language_host.fork_client import SOCKETS
from rehearsal.language_host.supervisor import fork_servers
from tests.tiny_project import COMPONENT, create_tiny_project

pytestmark = pytest.mark.integration

PROGRAM = f"""
import os
from pathlib import Path
import pulumi

Path("parent").write_text(str(os.getppid()))
if os.path.exists("fail"):
    raise pulumi.RunError("as asked")
{COMPONENT}"""

PACK = """
import os
from pathlib import Path
from pulumi_policy import PolicyPack, ResourceValidationPolicy

Path(__file__).with_name("parent").write_text(str(os.getppid()))
rule = ResourceValidationPolicy(name="nothing", description="Accepts everything.", validate=lambda args, report: None)
PolicyPack(name="accepting", policies=[rule])
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, **create_tiny_project(tmp_path, PROGRAM)}


def pulumi(directory: Path, environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["pulumi", *arguments, "--non-interactive"]
    return subprocess.run(
        command, cwd=directory, env=dict(environment), capture_output=True, text=True, timeout=120, check=False
    )


def test_the_engine_runs_a_program_in_a_fork(environment: dict[str, str], tmp_path: Path) -> None:
    with fork_servers(Home(tmp_path, "dev")) as sockets:
        forked = {**environment, SOCKETS: str(sockets)}
        assert pulumi(tmp_path, forked, "stack", "init", "dev").returncode == 0
        quiet = pulumi(tmp_path, forked, "preview")
        assert quiet.returncode == 0, quiet.stdout + quiet.stderr
        assert "test:index:Thing" in quiet.stdout
        assert (Home(tmp_path, "dev").root / "pulumi-home" / "logs").is_file()
        parent = psutil.Process(int((tmp_path / "parent").read_text()))
        assert "rehearsal.language_host.fork_server" in parent.cmdline()
        assert "resource registration successful" not in quiet.stdout
        assert "resource registration successful" in pulumi(tmp_path, forked, "preview", "--debug").stdout
        (tmp_path / "fail").touch()
        failed = pulumi(tmp_path, forked, "preview")
        assert failed.returncode != 0
        assert "as asked" in failed.stdout + failed.stderr
        assert "Traceback" not in failed.stdout + failed.stderr
        assert not parent.children()


def test_the_engine_runs_a_policy_pack_in_a_fork(environment: dict[str, str], tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "PulumiPolicy.yaml").write_text(f"runtime:\n  name: python\n  options: {{virtualenv: {sys.prefix}}}\n")
    (pack / "__main__.py").write_text(PACK)
    with fork_servers(Home(tmp_path, "dev")) as sockets:
        forked = {**environment, SOCKETS: str(sockets)}
        assert pulumi(tmp_path, forked, "stack", "init", "dev").returncode == 0
        preview = pulumi(tmp_path, forked, "preview", "--policy-pack", str(pack))
        assert preview.returncode == 0, preview.stdout + preview.stderr
        parent = psutil.Process(int((pack / "parent").read_text()))
        assert "rehearsal.language_host.fork_server" in parent.cmdline()


def test_a_program_runs_without_a_fork_server(environment: dict[str, str], tmp_path: Path) -> None:
    assert pulumi(tmp_path, environment, "stack", "init", "dev").returncode == 0
    preview = pulumi(tmp_path, environment, "preview")
    assert preview.returncode == 0, preview.stdout + preview.stderr
    assert "test:index:Thing" in preview.stdout


def test_the_state_has_the_line_that_creates_a_resource_and_the_whole_stack_with_debug(
    environment: dict[str, str], tmp_path: Path
) -> None:
    def thing(*options: str) -> dict[str, Any]:
        assert pulumi(tmp_path, environment, "up", "--yes", "--skip-preview", *options).returncode == 0
        resources = json.loads(pulumi(tmp_path, environment, "stack", "export").stdout)["deployment"]["resources"]
        (resource,) = (each for each in resources if each["type"] == "test:index:Thing")
        return dict(resource)

    assert pulumi(tmp_path, environment, "stack", "init", "dev").returncode == 0
    quiet = thing()
    assert quiet["sourcePosition"] == f"project:///__main__.py#{PROGRAM.splitlines().index('Thing()') + 1}"
    assert [frame["sourcePosition"] for frame in quiet["stackTrace"]] == [quiet["sourcePosition"]]
    assert pulumi(tmp_path, environment, "destroy", "--yes", "--skip-preview").returncode == 0
    whole = thing("--debug")
    assert whole["sourcePosition"] == quiet["sourcePosition"]
    assert len(whole["stackTrace"]) > 1

"""Receipts of real previews and updates of a program with one component."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from operations.deploying import PACKS
from operations.policies import receipts
from operations.policies.errors import UnprovenRunError
from operations.policies.event_log import read_events
from policy_packs import catalogue
from policy_packs.kernel.receipt import PREVIEW, UPDATE
from rehearsal import workspace
from rehearsal.home import Home
from rehearsal.toolchain import Toolchain, tools_directory

pytestmark = pytest.mark.integration

PROGRAM = """
import pulumi


class Thing(pulumi.ComponentResource):
    def __init__(self):
        super().__init__("test:index:Thing", "thing")


Thing()
"""


class Project:
    """A tiny project with state in files and a policy configuration without findings."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.executable = Home(root, "dev").bin / "pulumi"
        home = Home(root, "dev")
        home.make()
        pulumi = Toolchain(tools_directory(Path(__file__).resolve().parents[3] / ".tools")).ensure(["pulumi"])["pulumi"]
        workspace.write_shims(home, pulumi, dict.fromkeys(workspace.PROVIDERS, 1))
        (root / "Pulumi.yaml").write_text(
            f"name: tiny\nruntime:\n  name: python\n  options: {{virtualenv: {sys.prefix}}}\n"
        )
        (root / "__main__.py").write_text(PROGRAM)
        (root / "state").mkdir()
        levels = {"all": "disabled", "kms-must-rotate-keys": "mandatory"}
        (root / "levels.json").write_text(json.dumps(levels))
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PULUMI_OPTION_")},
            "PATH": f"{home.bin}{os.pathsep}{os.environ['PATH']}",
            "PULUMI_HOME": str(home.root / "pulumi-home"),
            "PULUMI_BACKEND_URL": f"file://{root}/state",
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DEBUG_COMMANDS": "true",
        }
        self.pulumi({}, "stack", "init", "dev")

    def pulumi(self, added: Mapping[str, str], *arguments: str) -> None:
        finished = subprocess.run(
            [str(self.executable), *arguments, "--non-interactive"],
            cwd=self.root,
            env={**self.environment, **added},
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
        assert finished.returncode == 0, finished.stdout + finished.stderr

    def up(self, added: Mapping[str, str], *arguments: str) -> Path:
        """Run an update and return the event log."""
        log = self.root / "events.jsonl"
        self.pulumi(added, "up", "--stack", "dev", "--yes", "--event-log", str(log), *arguments)
        return log


def test_the_packs_leave_receipts_and_the_event_log_names_them(tmp_path: Path) -> None:
    project, proof = Project(tmp_path), tmp_path / "receipts"
    phases = (PREVIEW, UPDATE)
    own = ("--policy-pack", str(PACKS), "--policy-pack-config", str(tmp_path / "levels.json"))
    log = project.up(receipts.begin(proof, "tiny", "dev", phases), *own)
    preview, update = receipts.verify(proof, read_events(log))
    assert {pack.name for pack in update.packs} == {pack.name for pack in catalogue.PACKS}
    assert (preview.stack, update.stack, update.project) == ("dev", "dev", "tiny")
    assert preview.judged == update.judged == preview.resources == 2  # the stack and the component

    without, skipped = tmp_path / "without", tmp_path / "skipped"
    log = project.up(receipts.begin(without, "tiny", "dev", phases))
    with pytest.raises(UnprovenRunError) as refused:
        receipts.verify(without, read_events(log))
    assert "There is no receipt of the update" in str(refused.value)
    assert "The engine ran no policy pack" in str(refused.value)

    log = project.up(receipts.begin(skipped, "tiny", "dev", phases), *own, "--skip-preview")
    with pytest.raises(UnprovenRunError, match="There is no receipt of the preview"):
        receipts.verify(skipped, read_events(log))

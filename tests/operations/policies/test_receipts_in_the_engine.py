"""Receipts of real previews and updates of a program with one component."""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from operations.deploying import PACKS
from operations.policies import receipts
from operations.policies.errors import UnprovenRunError
from operations.policies.event_log import read_events
from policy_packs import catalogue
from policy_packs.kernel.receipt import PREVIEW, UPDATE
from rehearsal.home import Home
from tests.tiny_project import COMPONENT, create_tiny_project

pytestmark = pytest.mark.integration


class Project:
    """A tiny project with state in files and a policy configuration without findings."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.executable = Home(root, "dev").bin / "pulumi"
        variables = create_tiny_project(root, "import pulumi\n" + COMPONENT)
        levels = {"all": "disabled", "kms-must-rotate-keys": "mandatory"}
        (root / "levels.json").write_text(json.dumps(levels))
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PULUMI_OPTION_")},
            **variables,
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

"""`ops` works in a production installation, which has no rehearsal."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WITHOUT_REHEARSAL = """
import sys
from importlib.abc import MetaPathFinder

class Absent(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"rehearsal", "moto", "kubernetes", "psycopg", "hvac"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
sys.argv[0] = "ops"
from operations.__main__ import main
main()
"""


def ops(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `ops` without access to the rehearsal package and its dependencies."""
    path = os.pathsep.join((str(ROOT), str(ROOT / "rehearsal" / "src")))
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_REHEARSAL, *arguments],
        env={**os.environ, "PYTHONPATH": path},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_rehearse_names_the_package_to_install() -> None:
    for verb in ("up", "env", "status", "down"):
        refused = ops("rehearse", verb, "dev")
        assert refused.returncode == 1
        assert refused.stderr == (
            "This command needs the rehearsal package; run `make setup`, or install it with: pip install ./rehearsal\n"
        )


def test_env_makes_the_evaluating_shell_fail() -> None:
    assert ops("rehearse", "env", "dev").stdout == "false\n"


def test_a_policy_is_explained() -> None:
    explained = ops("policy", "explain", "rds-must-encrypt-storage")
    assert explained.returncode == 0, explained.stderr
    assert "kms_key_id" in explained.stdout


def test_permissions_are_printed() -> None:
    printed = ops("access")
    assert printed.returncode == 0, printed.stderr

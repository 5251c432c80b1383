"""Project with one component, run by the real engine with its state in files."""

import os
import sys
from pathlib import Path

from rehearsal import workspace
from rehearsal.home import Home
from rehearsal.toolchain import Toolchain, tools_directory

REPOSITORY = Path(__file__).resolve().parents[1]

COMPONENT = """

class Thing(pulumi.ComponentResource):
    def __init__(self):
        super().__init__("test:index:Thing", "thing")


Thing()
"""
"""Code to append to a program that has imported pulumi."""


def create_tiny_project(root: Path, program: str) -> dict[str, str]:
    """Write a project into a directory, and return the engine's variables for it."""
    home = Home(root, "dev")
    home.make()
    pulumi = Toolchain(tools_directory(REPOSITORY / ".tools")).ensure(["pulumi"])["pulumi"]
    workspace.write_shims(home, pulumi, dict.fromkeys(workspace.PROVIDERS, 1))
    (root / "Pulumi.yaml").write_text(
        f"name: tiny\nruntime:\n  name: python\n  options: {{virtualenv: {sys.prefix}}}\n"
    )
    (root / "__main__.py").write_text(program)
    (root / "state").mkdir()
    return {
        "PATH": f"{home.bin}{os.pathsep}{os.environ['PATH']}",
        "PULUMI_HOME": str(home.root / "pulumi-home"),
        "PULUMI_BACKEND_URL": f"file://{root}/state",
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }

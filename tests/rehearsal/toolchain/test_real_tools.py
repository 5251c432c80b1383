"""The real tools of this project: built, complete and in the pinned version."""

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from rehearsal.toolchain import TOOLS, Toolchain, tools_directory
from rehearsal.toolchain.finder import probe_version

ROOT = Path(__file__).parents[3]

pytestmark = [pytest.mark.integration, pytest.mark.timeout(3600)]


@pytest.fixture(scope="module")
def toolchain() -> Toolchain:
    toolchain = Toolchain(tools_directory(ROOT / ".tools"))
    toolchain.ensure(TOOLS)
    return toolchain


@pytest.mark.parametrize("name", [name for name, tool in TOOLS.items() if tool.package])
def test_each_tool_answers_an_accepted_version(toolchain: Toolchain, name: str) -> None:
    path = toolchain.find(name)
    assert path
    assert probe_version(TOOLS[name], path) in TOOLS[name].accepts


def test_argo_rollouts_brings_its_five_resource_definitions(toolchain: Toolchain) -> None:
    files = sorted(toolchain.share("argo-rollouts").iterdir())
    definitions = [yaml.safe_load(file.read_text()) for file in files]
    assert {definition["kind"] for definition in definitions} == {"CustomResourceDefinition"}
    assert [definition["spec"]["names"]["plural"] for definition in definitions] == [
        "analysisruns",
        "analysistemplates",
        "clusteranalysistemplates",
        "experiments",
        "rollouts",
    ]


def test_argo_cd_brings_the_two_kinds_that_are_used(toolchain: Toolchain) -> None:
    folder = toolchain.find("argo-cd")
    assert folder == toolchain.share("argo-cd")
    definitions = [yaml.safe_load(file.read_text()) for file in sorted(folder.iterdir())]
    assert [definition["spec"]["names"]["kind"] for definition in definitions] == ["Application", "AppProject"]


@pytest.fixture
def vault(toolchain: Toolchain, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Environment in which `vault` uses a development server, which keeps no data."""
    executable = toolchain.find("vault")
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    argv = [str(executable), "server", "-dev", "-dev-root-token-id=root", f"-dev-listen-address={address}"]
    environment = os.environ | {"VAULT_ADDR": f"http://{address}", "VAULT_TOKEN": "root", "HOME": str(tmp_path)}
    with subprocess.Popen(argv, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_until_unsealed([str(executable), "status"], environment)
            yield environment | {"VAULT": str(executable)}
        finally:
            server.terminate()


def test_vault_has_the_two_plugins_that_its_minimal_build_lacks(vault: dict[str, str]) -> None:
    assert "Success" in _say(vault, "auth", "enable", "kubernetes")
    assert "Success" in _say(vault, "secrets", "enable", "-path=records", "kv")
    catalog = json.loads(_say(vault, "read", "-format=json", "sys/plugins/catalog/database/postgresql-database-plugin"))
    assert catalog["data"]["builtin"] is True
    assert json.loads(_say(vault, "auth", "list", "-format=json"))["kubernetes/"]["type"] == "kubernetes"


def _say(environment: dict[str, str], *arguments: str) -> str:
    argv = [environment["VAULT"], *arguments]
    return subprocess.run(argv, env=environment, check=True, capture_output=True, text=True, timeout=60).stdout


def _wait_until_unsealed(argv: list[str], environment: dict[str, str]) -> None:
    for _ in range(200):
        if subprocess.run(argv, env=environment, check=False, capture_output=True, timeout=60).returncode == 0:
            return
        time.sleep(0.1)
    raise TimeoutError

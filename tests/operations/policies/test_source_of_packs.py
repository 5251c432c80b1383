"""Packs that leave receipts run from their source, not from compiled files."""

import importlib.util
import os
import py_compile
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import policy_packs
import pulumi_wire
import validation_messages
from policy_packs.kernel import receipt

SCRIPT = """
import runpy
runpy.run_path("policy_packs/__main__.py", run_name="loaded")
from policy_packs.kernel import receipt
print(receipt.RUN)
"""


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the packs and give one module a compiled file with another value.

    The compiled file has the time and size of the source.
    """
    root = tmp_path_factory.mktemp("poisoned")
    for package in (policy_packs, pulumi_wire, validation_messages):
        directory = Path(package.__path__[0])
        shutil.copytree(directory, root / directory.name, ignore=shutil.ignore_patterns("__pycache__"))
    source = root / "policy_packs" / "kernel" / "receipt.py"
    text, times = source.read_text(), source.stat()
    source.write_text(text.replace(f'"{receipt.RUN}"', f'"{"X" * len(receipt.RUN)}"'))
    os.utime(source, ns=(times.st_atime_ns, times.st_mtime_ns))
    py_compile.compile(str(source), importlib.util.cache_from_source(str(source)), doraise=True)
    source.write_text(text)
    os.utime(source, ns=(times.st_atime_ns, times.st_mtime_ns))
    return root


@pytest.mark.parametrize(
    ("variables", "value"), [({}, "X" * len(receipt.RUN)), ({receipt.DIRECTORY: "x"}, receipt.RUN)]
)
def test_a_compiled_file_is_not_used_if_receipts_are_asked_for(
    poisoned: Path, variables: dict[str, str], value: str
) -> None:
    others = {name: text for name, text in os.environ.items() if name != receipt.DIRECTORY}
    finished = subprocess.run(
        [sys.executable, "-B", "-c", SCRIPT],
        cwd=poisoned,
        env={**others, **variables, "PYTHONPATH": str(poisoned)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert finished.stdout.strip() == value

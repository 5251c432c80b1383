"""tools/make_venv.py says what a machine lacks, and resumes interrupted runs."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module that works in a temporary directory."""
    specification = importlib.util.spec_from_file_location("make_venv", ROOT / "tools" / "make_venv.py")
    assert specification
    assert specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "COMPLETE", tmp_path / ".venv" / ".complete")
    monkeypatch.setattr(module, "COMPLETE_PRODUCTION", tmp_path / ".venv" / ".complete-production")
    monkeypatch.setattr(module, "LOG", tmp_path / ".venv" / "pip.log")
    (tmp_path / "requirements.lock").write_text("")
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\nversion = '1'\n")
    (tmp_path / "rehearsal").mkdir()
    (tmp_path / "rehearsal" / "pyproject.toml").write_text("[project]\nname = 'y'\nversion = '1'\n")
    return module


def test_an_old_python_alone_gets_one_sentence(
    script: ModuleType, empty_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setenv("PATH", str(empty_path))
    with pytest.raises(SystemExit, match=r"^Python 3\.11 or newer is needed; .* is 3\.9\.2 and PATH has no newer"):
        script.main()


def test_an_old_python_hands_over_to_a_newer_one(
    script: ModuleType, empty_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = empty_path / "python3.12"
    newer.write_text("")
    newer.chmod(0o755)
    started: list[str] = []
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setenv("PATH", str(empty_path))
    monkeypatch.setattr("os.execv", lambda program, _argv: started.append(program))
    with pytest.raises(SystemExit):
        script.use_new_python()
    assert started[0] == str(newer)


def test_a_python_without_ensurepip_names_the_package_that_brings_it(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(SystemExit, match=r"has no ensurepip, so it cannot create .venv; .*python3-venv"):
        script.main()


def test_a_package_whose_installation_was_interrupted_is_installed_again(script: ModuleType, tmp_path: Path) -> None:
    packages = tmp_path / ".venv" / "lib" / "python3.11" / "site-packages"
    for name in ("whole-1.0.dist-info", "half-1.0.dist-info"):
        (packages / name).mkdir(parents=True)
        (packages / name / "METADATA").touch()
    (packages / "whole-1.0.dist-info" / "RECORD").touch()
    script.remove_partial_installations()
    assert [path.name for path in packages.iterdir()] == ["whole-1.0.dist-info"]


def test_the_second_run_starts_no_pip(script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    (tmp_path / ".venv" / ".complete").write_text(script.digest())
    monkeypatch.setattr(subprocess, "Popen", _ProbeOnly)
    script.main()
    (tmp_path / "requirements.lock").write_text("changed==1\n")
    monkeypatch.setattr(script, "create", lambda **_: None)
    with pytest.raises(AssertionError, match="pip"):
        script.main()
    assert not (tmp_path / ".venv" / ".complete").exists()


def test_production_installs_only_its_own_lock_into_an_empty_environment(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / ".complete").write_text(script.digest())
    (tmp_path / "requirements-production.lock").write_text("")
    calls: list[object] = []
    monkeypatch.setattr(script, "create", lambda *, clear: calls.append(clear))
    monkeypatch.setattr(script, "install", lambda *arguments: calls.append(arguments))
    script.main(production=True)
    assert calls == [
        True,
        ("-r", "requirements-production.lock", "--require-hashes"),
        ("--no-deps", "--no-build-isolation", "--editable", "."),
    ]
    assert [path.name for path in (tmp_path / ".venv").iterdir()] == [".complete-production"]


def test_it_runs_as_a_script_beside_its_neighbours(script: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "tools").mkdir()
    copy = tmp_path / "tools" / "make_venv.py"
    copy.write_bytes((ROOT / "tools" / "make_venv.py").read_bytes())
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    complete = tmp_path / ".venv" / ".complete"
    complete.write_text(script.digest())
    os.utime(complete, (1, 1))
    ended = subprocess.run([sys.executable, copy], check=False, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    assert complete.stat().st_mtime > 1


def test_the_error_of_a_failed_installation_is_pips(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    # A wrapper, not a link: through a link in another directory, the interpreter would not find its environment.
    wrapper = tmp_path / ".venv" / "bin" / "python"
    wrapper.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    wrapper.chmod(0o755)
    (tmp_path / "requirements.lock").write_text(f"nothing==1 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(SystemExit, match=r"not be installed: Could not find a version .* \(log: \.venv/pip\.log\)"):
        script.install("-r", "requirements.lock", "--require-hashes")


class _ProbeOnly(subprocess.Popen[bytes]):
    """Replacement for `subprocess.Popen` that fails the test if pip is started."""

    def __init__(self, argv: list[str], **options: object) -> None:
        assert "pip" not in [str(part) for part in argv], "pip was started"
        super().__init__(argv, **options)  # type: ignore[call-overload]  # passed on unchanged


def test_a_slow_pip_is_shown_in_a_log(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "requirements.lock").write_text("moto==5\nrich==14\n")
    pip = tmp_path / ".venv" / "bin" / "python"
    pip.parent.mkdir(parents=True)
    pip.write_text("#!/bin/sh\necho Collecting moto\nsleep 1\n")
    pip.chmod(0o755)
    monkeypatch.setattr(script, "SILENCE", 0.1)
    script.install("-r", "requirements.lock")
    assert "still installing Python packages into .venv: 1 of 2 (" in capsys.readouterr().err


def test_a_fast_pip_leaves_the_log_empty(
    script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pip = tmp_path / ".venv" / "bin" / "python"
    pip.parent.mkdir(parents=True)
    pip.write_text("#!/bin/sh\n")
    pip.chmod(0o755)
    script.install("-r", "requirements.lock")
    assert capsys.readouterr().err == ""

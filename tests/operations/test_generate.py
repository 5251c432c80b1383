"""`ops generate` writes, removes and reports files."""

from pathlib import Path

import pytest
from typer import Exit

from operations import generate as module
from operations.generate import Generator, generate

PAGES = {Path("docs/a.md"): "a\n", Path("docs/b.md"): "b\n"}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(module, "PROJECT", tmp_path)
    monkeypatch.setattr(module, "generators", lambda: (Generator("pages", lambda: PAGES, "docs/*.md"),))
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("a\n")
    (tmp_path / "docs" / "old.md").write_text("old\n")
    return tmp_path


def test_outdated_files_are_written_and_obsolete_files_removed(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    generate()
    assert sorted(path.name for path in (project / "docs").iterdir()) == ["a.md", "b.md"]
    assert capsys.readouterr().out.splitlines() == ["wrote: docs/b.md", "removed: docs/old.md"]
    generate()
    assert capsys.readouterr().out == "every generated file is current\n"


def test_a_check_writes_nothing_and_fails(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Exit) as ended:
        generate(check=True)
    assert ended.value.exit_code == 1
    assert sorted(path.name for path in (project / "docs").iterdir()) == ["a.md", "old.md"]
    assert capsys.readouterr().out.splitlines() == ["outdated: docs/b.md", "outdated: docs/old.md"]


def test_generator_names_are_unique() -> None:
    names = [generator.name for generator in module.generators()]
    assert len(set(names)) == len(names)

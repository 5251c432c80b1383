"""`ops generate`: what it writes, removes and reports."""

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


def test_it_writes_what_is_outdated_and_removes_what_is_no_longer_produced(
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


def test_every_generator_says_where_its_files_are() -> None:
    names = [generator.name for generator in module.generators()]
    assert len(set(names)) == len(names)

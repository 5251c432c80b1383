"""A fork server notices changed packages."""

import json
import sys
from pathlib import Path

import pytest

from rehearsal.language_host.modules import ImportFailedError, Preloaded, hidden_by


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    directory = tmp_path / "site-packages"
    directory.mkdir()
    monkeypatch.syspath_prepend(str(directory))
    return directory


def preloaded(packages: Path, *names: str) -> Preloaded:
    modules = Preloaded(packages.parent / "names.json", (str(packages),))
    modules.learn(names)
    while modules.pending:
        modules.import_next()
    return modules


def test_a_changed_file_of_an_imported_module_is_seen(packages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (packages / "warmed_one.py").write_text("VALUE = 1")
    modules = preloaded(packages, "warmed_one")
    monkeypatch.delitem(sys.modules, "warmed_one")
    assert modules.changed() is None
    (packages / "warmed_one.py").write_text("VALUE = 22")
    assert modules.changed() == str(packages / "warmed_one.py")


def test_a_package_that_comes_or_goes_is_seen(packages: Path) -> None:
    modules = preloaded(packages)
    (packages / "another-1.0.dist-info").mkdir()
    assert modules.changed() == str(packages)


def test_a_module_that_fails_is_never_tried_again(packages: Path) -> None:
    (packages / "warmed_bad.py").write_text("raise RuntimeError('no')")
    with pytest.raises(ImportFailedError, match="warmed_bad can't be preloaded: RuntimeError: no"):
        preloaded(packages, "warmed_bad")
    assert json.loads((packages.parent / "names.json").read_text())["refused"] == ["warmed_bad"]
    modules = Preloaded(packages.parent / "names.json", (str(packages),))
    modules.learn(["warmed_bad"])
    assert not modules.pending


@pytest.mark.parametrize(
    ("entry", "hides"),
    [("json.py", True), ("json/__init__.py", True), ("json/readme.md", False), ("json.txt", False), ("own.py", False)],
)
def test_only_an_importable_file_of_an_imported_name_hides_it(tmp_path: Path, entry: str, *, hides: bool) -> None:
    path = tmp_path / entry
    path.parent.mkdir(exist_ok=True)
    path.touch()
    assert (hidden_by([str(tmp_path)], []) is not None) is hides
    assert hidden_by([str(tmp_path)], [str(tmp_path)]) is None

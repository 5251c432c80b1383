"""Archives of the workspace have the files of the project."""

import os
from pathlib import Path

import pytest

from rehearsal.errors import RehearsalError
from rehearsal.mirror import mirror


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    for path in ("src/handler.py", "src/lib/deep/util.py", "src/node_modules/left-pad/index.js", ".venv/bin/python"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(path)
    (root / "__main__.py").write_text("")
    (tmp_path / "workspace").mkdir()
    return root


def mirrored(project: Path) -> Path:
    workspace = project.parent / "workspace"
    mirror(project, workspace, {"Pulumi.dev.yaml"}, {".git", ".rehearsal"})
    return workspace


def archive(directory: Path) -> dict[str, str]:
    """Return the text of the files that the engine puts in an archive, by path.

    The engine follows links to files, but not links to directories.
    """
    if directory.is_symlink():
        return {}
    files = {}
    for root, _, names in os.walk(directory, followlinks=False):
        for path in (Path(root, name) for name in names):
            if path.is_file():
                files[str(path.relative_to(directory))] = path.read_text()
    return files


def test_an_archive_of_the_workspace_has_the_files_of_the_project(project: Path) -> None:
    workspace = mirrored(project)
    assert archive(workspace / "src") == archive(project / "src")
    assert len(archive(workspace / "src")) == 3
    assert archive(workspace / "src" / "lib") == {"deep/util.py": "src/lib/deep/util.py"}


def test_an_archive_follows_edits_new_files_and_deletions(project: Path) -> None:
    workspace = mirrored(project)
    (project / "src/handler.py").write_text("edited")
    (project / "src/new").mkdir()
    (project / "src/new/file.py").write_text("new")
    (project / "src/lib/deep/util.py").unlink()
    (project / "src/lib/deep").rmdir()
    mirrored(project)
    assert archive(workspace / "src") == archive(project / "src")
    assert archive(workspace / "src")["handler.py"] == "edited"
    assert not (workspace / "src/lib/deep").exists()


def test_a_directory_may_become_a_file_and_a_file_a_directory(project: Path) -> None:
    workspace = mirrored(project)
    (project / "src/lib/deep/util.py").unlink()
    (project / "src/lib/deep").rmdir()
    (project / "src/lib/deep").write_text("now a file")
    (project / "src/handler.py").unlink()
    (project / "src/handler.py").mkdir()
    (project / "src/handler.py/__init__.py").write_text("now a package")
    mirrored(project)
    assert archive(workspace / "src") == archive(project / "src")


def test_large_directories_are_links(project: Path) -> None:
    assert (mirrored(project) / ".venv").is_symlink()


def test_an_older_workspace_of_links_becomes_a_mirror(project: Path) -> None:
    (project.parent / "workspace" / "src").symlink_to(project / "src")
    workspace = mirrored(project)
    assert archive(workspace / "src") == archive(project / "src")
    assert (project / "src/handler.py").read_text() == "src/handler.py"


def test_rehearsals_of_nested_projects_are_left_out(project: Path) -> None:
    (project / "src/.rehearsal/dev").mkdir(parents=True)
    assert not (mirrored(project) / "src/.rehearsal").exists()


def test_what_the_program_writes_stays(project: Path) -> None:
    workspace = mirrored(project)
    (workspace / "src/lib/generated.txt").write_text("made by the program")
    (project / "src/lib/deep/util.py").unlink()
    (project / "src/lib/deep").rmdir()
    (project / "src/lib").rmdir()
    mirrored(project)
    assert archive(workspace / "src/lib") == {"generated.txt": "made by the program"}


def test_an_edit_of_the_copy_is_reported(project: Path) -> None:
    workspace = mirrored(project)
    (workspace / "src/handler.py").unlink()
    (workspace / "src/handler.py").write_text("edited by `sed -i` in the workspace")
    with pytest.raises(RehearsalError, match=r"src/handler\.py is no longer a link to .*shop/src/handler\.py"):
        mirrored(project)

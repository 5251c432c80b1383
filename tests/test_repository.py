"""Files in `.github`: code owners, workflows and the settings of Dependabot."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
BY_WORKFLOW = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
SECURITY = "@campus-safety/security"
SENSITIVE = re.compile(
    r"exemption|reviewed|bootstrap|boundary|iam|policy_packs/|operations/(access|policies)/|/(keys|secrets|identity)/|"
    r"\.github/|\.ci/|\.secrets\.baseline|SECURITY|requirements.*\.lock|go\.(mod|sum)"
)
"""Paths that the security team must own, unless `NOT_SENSITIVE` matches them too."""
NOT_SENSITIVE = re.compile(
    r"^(tests|docs|changelog\.d|charts|gitops|stacks|rehearsal/src/rehearsal/(cloud|providers))/"
)


def files() -> list[str]:
    """Return all files that Git does not ignore."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return [path for path in listed if (ROOT / path).exists()]


def owner_lines() -> list[tuple[str, str]]:
    """Return pattern and owner of each line of CODEOWNERS."""
    lines = (GITHUB / "CODEOWNERS").read_text(encoding="utf-8").splitlines()
    return [(line.split()[0], line.split()[1]) for line in lines if line and not line.startswith("#")]


def covers(pattern: str, path: str) -> bool:
    """Return True if a pattern of CODEOWNERS matches a path.

    A pattern is `*`, a directory with a slash at both ends, or one file.
    """
    if pattern == "*":
        return True
    assert pattern.startswith("/"), f"{pattern} would match at any depth"
    return path.startswith(pattern[1:]) if pattern.endswith("/") else path == pattern[1:]


def owner(path: str) -> str:
    """Return the owner in the last line of CODEOWNERS whose pattern matches."""
    return [name for pattern, name in owner_lines() if covers(pattern, path)][-1]


def test_every_line_of_codeowners_names_an_existing_path() -> None:
    existing = files()
    assert not [pattern for pattern, _ in owner_lines() if not any(covers(pattern, path) for path in existing)]


def test_the_security_team_owns_every_sensitive_path() -> None:
    sensitive = [path for path in files() if SENSITIVE.search(path) and not NOT_SENSITIVE.match(path)]
    assert len(sensitive) > 100
    assert not [path for path in sensitive if owner(path) != SECURITY]


@pytest.mark.parametrize(
    "path",
    [
        "policy_packs/exemptions.yaml",
        "policy_packs/security/reviewed_types.yaml",
        "operations/bootstrap/boundary.py",
        "operations/iam/expected_denials.yaml",
        ".github/CODEOWNERS",
        ".ci/run",
        "requirements-production.lock",
    ],
)
def test_known_sensitive_files_exist_and_need_the_security_team(path: str) -> None:
    assert path in files()
    assert owner(path) == SECURITY


def load(path: Path) -> dict[Any, Any]:
    """Return a parsed workflow. The YAML parser returns True for the key `on`."""
    workflow: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return workflow


def steps(workflow: dict[Any, Any]) -> Iterator[dict[str, Any]]:
    """Yield all steps of a workflow."""
    for job in workflow["jobs"].values():
        yield from job["steps"]


@BY_WORKFLOW
def test_workflows_have_least_privilege(path: Path) -> None:
    workflow = load(path)
    assert workflow["permissions"] == {}
    allowed = {"contents": "write" if path.stem == "release" else "read"}
    assert [job["permissions"] for job in workflow["jobs"].values()] == [allowed] * len(workflow["jobs"])
    assert "pull_request_target" not in workflow[True]


@BY_WORKFLOW
def test_actions_are_pinned_by_hash_and_keep_no_credentials(path: Path) -> None:
    used = [step for step in steps(load(path)) if "uses" in step]
    assert used
    for step in used:
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step["uses"])
        assert step["with"]["persist-credentials"] is False


@BY_WORKFLOW
def test_every_job_ends_and_no_failure_is_ignored(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert all(job["timeout-minutes"] <= 360 for job in load(path)["jobs"].values())
    assert "continue-on-error" not in text
    assert "|| true" not in text


@BY_WORKFLOW
def test_no_script_contains_an_expression(path: Path) -> None:
    assert not [step["run"] for step in steps(load(path)) if "${{" in step.get("run", "")]


@pytest.mark.parametrize(("name", "command"), [("test", ".ci/run"), ("nightly", "make test-full")])
def test_hosted_runners_run_the_documented_commands(name: str, command: str) -> None:
    assert command in [step.get("run") for step in steps(load(GITHUB / "workflows" / f"{name}.yml"))]


def test_the_audit_reads_every_lock_file_and_every_tool() -> None:
    jobs = load(GITHUB / "workflows" / "audit.yml")["jobs"]
    locks = {path for path in files() if path.endswith(".lock")} | {".github/audit-requirements.txt"}
    assert set(jobs["python"]["strategy"]["matrix"]["lock"]) == locks
    modules = {Path(path).parent.name for path in files() if path.endswith("go.mod")}
    assert set(jobs["go"]["strategy"]["matrix"]["module"]) == modules
    (npm,) = (Path(path).parent for path in files() if path.endswith("package-lock.json"))
    assert jobs["npm"]["steps"][-1]["working-directory"] == str(npm)


def test_dependabot_watches_every_manifest() -> None:
    updates = yaml.safe_load((GITHUB / "dependabot.yml").read_text(encoding="utf-8"))["updates"]
    names = {"pip": "pyproject.toml", "gomod": "go.mod", "npm": "package.json"}
    for update in updates:
        name = names.get(update["package-ecosystem"])
        if name is None:
            continue
        watched = {path for pattern in update["directories"] for path in ROOT.glob(f"{pattern[1:] or '.'}/{name}")}
        fixtures = ROOT / "tests" / "integration"
        manifests = {ROOT / path for path in files() if Path(path).name == name}
        assert {path for path in manifests if not path.is_relative_to(fixtures)} <= watched
    assert {update["package-ecosystem"] for update in updates} == {*names, "github-actions"}


def test_the_audit_tools_are_pinned_with_hashes() -> None:
    text = (GITHUB / "audit-requirements.txt").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=\S+==)", text)[1:]
    wanted = {line for line in (GITHUB / "audit-requirements.in").read_text().split("\n") if line and line[0] != "#"}
    assert wanted <= {block.partition("==")[0] for block in blocks}
    assert all("--hash=sha256:" in block for block in blocks)

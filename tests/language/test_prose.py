"""The project's prose keeps its rules; each rule can be broken."""

import subprocess
from pathlib import Path

import pytest

from tests.language.prose import ROOT, headlines, phrases, subject_problems

SINCE = "2026-11-28T18:35:00Z"
"""Commits since then follow the convention for subjects."""


def test_docstring_headlines_are_not_clauses_and_are_short() -> None:
    assert [str(finding) for finding in headlines(ROOT)] == []


def test_no_banned_phrase_is_used() -> None:
    assert [str(finding) for finding in phrases(ROOT)] == []


def test_commit_subjects_name_area_and_change() -> None:
    command = ["git", "-C", str(ROOT), "log", "--no-merges", f"--since={SINCE}", "--format=%s"]
    log = subprocess.run(command, capture_output=True, text=True, check=False)
    if log.returncode:
        pytest.skip("this tree is not a Git checkout")
    wrong = {subject: list(subject_problems(subject)) for subject in log.stdout.splitlines()}
    assert {subject: problems for subject, problems in wrong.items() if problems} == {}


@pytest.mark.parametrize(
    ("docstring", "rule"),
    [
        ("Whether it runs.", "headline is a clause"),
        ("What a subnet is.", "headline is a clause"),
        (f"Return {'x' * 80}.", "headline is longer than 80 characters"),
    ],
)
def test_a_bad_headline_is_found(docstring: str, rule: str, tmp_path: Path) -> None:
    (tmp_path / "components").mkdir()
    (tmp_path / "components" / "a.py").write_text(f'"""Module."""\n\n\ndef f():\n    """{docstring}"""\n')
    assert [finding.rule for finding in headlines(tmp_path)] == [rule]


@pytest.mark.parametrize("text", ["# it is no key", 'x = "mend the cause"', '"""Changes are told."""'])
def test_a_banned_phrase_is_found_in_comments_strings_and_docstrings(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(f"{text}\n")
    assert [finding.place for finding in phrases(tmp_path)] == ["a.py:1"]


def test_plain_english_is_not_banned(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("There is no key. It is no longer there. We recommend it.\n")
    assert list(phrases(tmp_path)) == []


@pytest.mark.parametrize(
    "subject", ["Notes need no lock on one thread; whole numbers", f"policy: {'x' * 70}", "policy: drop the lock."]
)
def test_a_bad_subject_is_found(subject: str) -> None:
    assert list(subject_problems(subject))


def test_a_good_subject_is_accepted() -> None:
    assert list(subject_problems("policy: drop the lock in Notes")) == []

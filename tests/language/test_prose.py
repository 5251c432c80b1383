"""The project's prose follows the rules, and the checks find violations."""

import subprocess
from pathlib import Path

import pytest

from tests.language.prose import ROOT, headlines, phrases, subject_problems

SINCE = "2026-11-28T18:35:00Z"
"""Time of the first commit that must follow the convention for subjects."""


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


@pytest.mark.parametrize("owner", ["LIMIT", "class A:\n    limit"])
def test_a_bad_headline_of_an_attribute_is_found(owner: str, tmp_path: Path) -> None:
    indent = "    " if owner.startswith("class") else ""
    (tmp_path / "components").mkdir()
    (tmp_path / "components" / "a.py").write_text(f'{owner}: int = 1\n{indent}"""How many there may be."""\n')
    assert [finding.rule for finding in headlines(tmp_path)] == ["headline is a clause"]


@pytest.mark.parametrize("text", ["# it is no key", 'x = "mend the cause"', '"""Changes are told."""'])
def test_a_banned_phrase_is_found_in_comments_strings_and_docstrings(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(f"{text}\n")
    assert [finding.place for finding in phrases(tmp_path)] == ["a.py:1"]


@pytest.mark.parametrize(
    "text",
    [
        'x = 1\n"""An index that is no key."""',
        'x = 1\ny = f"{x} is no key"',
        'x = 1\ny = f"{x} is " f"no key"',
        'x = 1\ny = f"{x} and " "a value: they are no keys"',
    ],
)
def test_a_banned_phrase_is_found_in_attribute_docstrings_and_f_strings(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(f"{text}\n")
    assert [finding.place for finding in phrases(tmp_path)] == ["a.py:2"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.py", "x = 1\n# A name of a bucket is\n# no key of ours.\n"),
        ("a.py", "x = 1\ny = 2  # the name is\n# no key of ours\n"),
        ("a.py", 'x = 1\n"""A name is\nno key of ours."""\n'),
        ("a.md", "A list:\n  a name is\n  no key of ours.\n"),
        ("a.yaml", "x: 1\n# A name is\n# no key of ours.\n"),
    ],
)
def test_a_banned_phrase_is_found_over_a_line_break(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    assert [finding.place for finding in phrases(tmp_path)] == [f"{name}:2"]


@pytest.mark.parametrize(
    "text",
    [
        "There is no key. It is no longer there. We recommend it.\n",
        "A key is missing: there is\nno key. The key is no\nlonger there.\n",
        "The only name is\n\nno key of ours.\n",
    ],
)
def test_plain_english_is_not_banned(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(text)
    assert list(phrases(tmp_path)) == []


def test_comments_on_separate_statements_are_not_joined(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1  # the first is\ny = 2  # no key\n")
    assert list(phrases(tmp_path)) == []


@pytest.mark.parametrize(
    "subject", ["Notes need no lock on one thread; whole numbers", f"policy: {'x' * 70}", "policy: drop the lock."]
)
def test_a_bad_subject_is_found(subject: str) -> None:
    assert list(subject_problems(subject))


def test_a_good_subject_is_accepted() -> None:
    assert list(subject_problems("policy: drop the lock in Notes")) == []

"""Documentation: links, paths, commands and counts are correct."""

import re
import shlex
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from operations.__main__ import app as ops
from policy_packs import catalogue
from rehearsal.cli import app as rehearse

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("rehearsal/**/*.md"), *ROOT.glob("*/README.md")]
)
BY_PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
LINK = re.compile(r"\]\((?!https?:)([^)#]*)(#[^)]*)?\)")
TOP_LEVEL = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}
PLACEHOLDER = re.compile(r"[<>…$]|\b(ENV|NAME|VERSION|DIR)\b")
CREATED_BY_USE = ("docs/migrations/", "gitops/services/")
"""Directories that readers create by following a guide."""


def prose(page: Path) -> str:
    """Return the page without its fenced code blocks."""
    return re.sub(r"^ *```.*?^ *```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def paths(page: Path) -> Iterator[str]:
    """Yield paths of the repository in code style, with `{a,b}` expanded."""
    for text in re.findall(r"`([^`\s]+)`", prose(page)):
        first = text.partition("/")[0]
        if "/" not in text or first not in TOP_LEVEL or PLACEHOLDER.search(text):
            continue
        parts = [part.split(",") for part in re.split(r"\{([^}]*)\}", text)]
        for index in range(0, len(parts), 2):
            parts[index] = [",".join(parts[index])]
        yield from ("".join(each) for each in product(*parts))


def commands(page: Path) -> Iterator[list[str]]:
    """Yield each command on a page, split into words.

    Commands are in code blocks, shell substitutions and code style.
    """
    text = page.read_text(encoding="utf-8")
    for line in re.findall(r"(?:^ *|`|\$\(|&& |\$ )((?:ops|rehearse|make|python -m) [^`\n;&)#]*)", text, re.MULTILINE):
        try:
            yield shlex.split(line)
        except ValueError:
            yield line.split()


@BY_PAGE
def test_every_link_leads_to_a_file_and_heading(page: Path) -> None:
    missing = []
    for target, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        path = page.parent / target if target else page
        if not path.exists():
            missing.append(target)
        elif anchor and path.suffix == ".md" and anchor[1:] not in set(_anchors(path)):
            missing.append(f"{target}{anchor}")
    assert not missing


def _anchors(path: Path) -> Iterator[str]:
    """Yield the anchors that GitHub creates for a page's headings."""
    for heading in re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@BY_PAGE
def test_every_path_in_code_style_exists(page: Path) -> None:
    generated = CREATED_BY_USE if page.name != "CHANGELOG.md" else ("",)  # a release describes the files of its time
    missing = [path for path in paths(page) if not list(ROOT.glob(path)) and not path.startswith(generated)]
    assert not missing


@BY_PAGE
def test_every_command_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    wrong = [" ".join(words) for words in commands(page) if not _is_known(words, targets)]
    assert not wrong


def _is_known(words: list[str], targets: set[str]) -> bool:
    if words[0] == "make":
        return all(word in targets for word in words[1:] if "=" not in word and word.isalpha())
    if words[0] == "python":
        return PLACEHOLDER.search(words[2]) is not None or find_spec(words[2]) is not None
    return _is_verb(get_command(ops if words[0] == "ops" else rehearse), words[1:])


def _is_verb(command: Any, words: list[str]) -> bool:
    """Return True if the words name an existing verb and only options that it has.

    Words after `--` are for another command, such as `pulumi`.
    """
    words = words[: words.index("--")] if "--" in words else words
    while words and hasattr(command, "commands"):
        if words[0].startswith("-"):
            break
        names = words[0].split("|")  # `ops rehearse up|down` names two verbs
        if any(name not in command.commands for name in names):
            return False
        command, words = command.commands[names[0]], words[1:]
    options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    used = {word.partition("=")[0] for word in words if word.startswith("--")}
    return used <= options | {"--help"}


def test_a_wrong_command_would_be_noticed() -> None:
    assert not _is_known(["ops", "rehears", "up"], set())
    assert not _is_known(["ops", "rehearse", "up", "--hard"], set())
    assert not _is_known(["make", "nothing"], {"test"})
    assert not _is_known(["ops", "deploy", "dev", "--exclude=a"], set())
    assert _is_known(["ops", "rehearse", "up", "dev", "--disposable"], set())
    assert _is_known(["ops", "deploy", "dev", "--", "--exclude=a"], set())


def test_counts_of_rules_are_the_catalogue() -> None:
    count = len(catalogue.policies())
    stated = {int(text) for page in PAGES for text in re.findall(r"(\d{3}) rules? in one process", prose(page))}
    assert stated <= {count}


def test_every_decision_is_listed() -> None:
    index = (ROOT / "docs" / "decisions" / "README.md").read_text()
    assert all(page.name in index for page in (ROOT / "docs" / "decisions").glob("0*.md"))


def test_every_page_is_in_the_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    pages = [*ROOT.glob("docs/*/*.md"), *ROOT.glob("rehearsal/docs/*.md"), ROOT / "docs" / "glossary.md"]
    missing = [
        page.name for page in pages if page.parent.name not in {"decisions", "migrations"} and page.name not in index
    ]
    assert not missing


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 120


def test_ci_runs_exactly_the_readmes_test_command() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    commands = [line for line in lines if line and not line.startswith(("#", "set ", "cd "))]
    assert commands == ["exec make test"]

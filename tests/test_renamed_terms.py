"""Table of renamed terms: present names exist, former names are listed once."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "renamed-terms.md"
REHEARSAL = ROOT / "rehearsal" / "src"
PACKAGES = [
    *(ROOT / name for name in ("benchmarks", "components", "operations", "policy_packs", "stacks", "tests/stacks")),
    *(REHEARSAL / name for name in ("pulumi_wire", "rehearsal")),
]
CODE = {"module", "class", "function", "field", "constant", "parameter"}
PATHS = {"directory", "file"}
OTHER = {"command", "environment variable", "file of a rehearsal", "key", "term"}
"""Kinds of name that this test does not look up."""
TOP_LEVEL = re.compile(r"^(?:class |(?:async )?def )(\w+)|^(\w+(?:, \w+)*) *[:=]", re.MULTILINE)
MEMBER = re.compile(r"^    (?:(?:async )?def )?(\w+) *[:=(]|\bself\.(\w+)", re.MULTILINE)
CLASS = re.compile(r"^class (\w+)(.*?)(?=^\S|\Z)", re.MULTILINE | re.DOTALL)


def rows() -> list[tuple[str, str, str]]:
    """Return the former name, the present name and the kind of each row."""
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")][1:]
    return [(former, now, kind) for former, now, kind in (line[2:-2].split(" | ") for line in lines)]


@cache
def definitions() -> dict[str, frozenset[str]]:
    """Return the names that each module defines, by the module's dotted name.

    A member of a class is named `Class.member`.
    """
    found = {}
    for package in PACKAGES:
        for file in package.rglob("*.py"):
            text = file.read_text(encoding="utf-8")
            names = {name for match in TOP_LEVEL.finditer(text) for name in (match[1] or match[2]).split(", ")}
            for owner, body in CLASS.findall(text):
                names.update(f"{owner}.{match[1] or match[2]}" for match in MEMBER.finditer(body))
            base = REHEARSAL if file.is_relative_to(REHEARSAL) else ROOT
            parts = file.relative_to(base).with_suffix("").parts
            found[".".join(part for part in parts if part != "__init__")] = frozenset(names)
    return found


def is_defined(name: str) -> bool:
    """Return True if a name is that of a module, or if a module defines it.

    The leading packages may be left out.
    """
    parts = name.split(".")
    for module, names in definitions().items():
        if f".{module}".endswith(f".{name}") or name in names:
            return True
        for index in range(1, len(parts)):
            prefix, rest = ".".join(parts[:index]), ".".join(parts[index:])
            if f".{module}".endswith(f".{prefix}") and rest in names:
                return True
    return False


def is_path(name: str) -> bool:
    """Return True if a path exists below the repository or the package `rehearsal`."""
    return any((base / name).exists() for base in (ROOT, REHEARSAL / "rehearsal"))


def present_names(now: str) -> Iterator[str]:
    """Yield the names in a cell, without arguments; placeholders are left out."""
    for name in re.sub(r"\([^)]*\)", "", now).split(", "):
        if "<" not in name:
            yield name


def test_every_present_name_exists() -> None:
    missing = []
    for _former, now, kind in rows():
        if kind in CODE | PATHS:
            missing += [name for name in present_names(now) if not (is_path if "/" in name else is_defined)(name)]
    assert missing == []


def test_every_former_name_is_listed_once_with_a_kind() -> None:
    table = rows()
    assert [name for name, count in Counter(former for former, _, _ in table).items() if count > 1] == []
    assert {kind for _, _, kind in table} == CODE | PATHS | OTHER


@pytest.mark.parametrize("name", ["security.aws.lb.MODERN_TLS_POLICIES", "AwsClients.lost", "operations.screens"])
def test_a_name_that_was_removed_is_found_missing(name: str) -> None:
    assert not is_defined(name)

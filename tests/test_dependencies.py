"""Every distribution declares its imports; production does not need the rehearsal."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
OWN = frozenset(
    ("components", "stacks", "policy_packs", "operations", "validation_messages", "rehearsal", "pulumi_wire")
) | {"tests", "benchmarks", "shop_policies"}
"""Packages of this repository; `shop_policies` is the example pack of another project."""


def normalized(name: str) -> str:
    """Return a distribution's name as normalized by PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(*requirements: str) -> set[str]:
    """Return the names of requirements such as `moto[server]>=5`."""
    return {normalized(re.split(r"[^\w.-]", text, maxsplit=1)[0]) for text in requirements}


def imports(folders: Iterable[str]) -> Iterator[tuple[str, Path]]:
    """Yield every imported third-party package with the file that imports it."""
    for folder in folders:
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    names = [node.module]
                for name in {name.split(".")[0] for name in names} - OWN - sys.stdlib_module_names:
                    yield name, path


def project(directory: str) -> dict[str, object]:
    """Return a parsed pyproject.toml."""
    return tomllib.loads((ROOT / directory / "pyproject.toml").read_text(encoding="utf-8"))


def dependencies(directory: str) -> set[str]:
    """Return the declared run-time dependencies of a project."""
    table = project(directory)["project"]
    assert isinstance(table, dict)
    return declared(*table["dependencies"])


def undeclared(folders: Iterable[str], declarations: set[str]) -> set[str]:
    """Return the imports whose distribution is not declared."""
    distributions = packages_distributions()
    missing = set()
    for name, path in imports(folders):
        providers = {normalized(provider) for provider in distributions.get(name, [name])}
        if not providers & declarations:
            missing.add(f"{name} in {path.relative_to(ROOT)}")
    return missing


def test_the_platform_declares_what_it_imports() -> None:
    folders = ("components", "stacks", "policy_packs", "operations", "validation_messages", "rehearsal/src/pulumi_wire")
    assert not undeclared(folders, dependencies("."))


def test_the_rehearsal_declares_what_it_imports() -> None:
    assert not undeclared(["rehearsal/src"], dependencies("rehearsal"))


def test_development_declares_what_tests_and_benchmarks_import() -> None:
    groups = project(".")["dependency-groups"]
    assert isinstance(groups, dict)
    known = (
        dependencies(".")
        | dependencies("rehearsal")
        | declared(*(each for each in groups["dev"] if isinstance(each, str)))
    )
    assert not undeclared(["tests", "benchmarks"], known)


def test_the_platform_depends_on_nothing_that_it_does_not_import() -> None:
    folders = ("components", "stacks", "policy_packs", "operations", "validation_messages")
    imported = {name for name, _ in imports(folders)}
    distributions = packages_distributions()
    used = {normalized(provider) for name in imported for provider in distributions.get(name, [name])}
    assert dependencies(".") <= used


@pytest.mark.parametrize("name", ["moto", "kubernetes", "psycopg", "hvac", "pytest", "flask", "campus-rehearsal"])
def test_production_installs_nothing_of_the_rehearsal_or_of_development(name: str) -> None:
    locked = (ROOT / "requirements-production.lock").read_text(encoding="utf-8")
    assert f"\n{name}==" not in locked


def test_production_has_the_versions_of_development() -> None:
    pins = re.compile(r"^(\S+==\S+)", re.MULTILINE)
    development, production = (
        set(pins.findall((ROOT / name).read_text(encoding="utf-8")))
        for name in ("requirements.lock", "requirements-production.lock")
    )
    assert production < development

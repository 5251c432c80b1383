"""Bill of materials of a release: CycloneDX JSON, made from the lock files.

Sources: the two Python lock files, `go.mod` of every tool, and the npm lock file of the tests. Nothing else is read, so
the same tree gives the same bytes on every machine, without a network.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from operations.recording import PROJECT
from operations.releases.versions import Version

PRODUCTION_LOCK, DEVELOPMENT_LOCK = "requirements-production.lock", "requirements.lock"
GO_MODULES = "rehearsal/src/rehearsal/tools/*/go.mod"
NPM_LOCK = "tests/operations/iam/simulator/package-lock.json"
NAME = "campus-safety-platform"
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
_GO_LINE = re.compile(r"^(?:require\s+|replace\s+|\t)(\S+)(?:\s+(v\S+))?(?:\s+=>\s+(\S+)\s+(v\S+))?(?:\s*//.*)?$")


@dataclass(frozen=True, order=True)
class Package:
    """A package in one exact version."""

    ecosystem: str
    """Type of the package URL: `pypi`, `golang` or `npm`."""
    name: str
    version: str

    @property
    def url(self) -> str:
        """Package URL (purl), e.g. `pkg:pypi/rich@14.1.0`."""
        name = self.name.lower() if self.ecosystem == "golang" else self.name
        return f"pkg:{self.ecosystem}/{quote(name)}@{quote(self.version)}"


def python_packages(lock: str) -> Iterator[Package]:
    """Yield the pinned packages of a lock file."""
    for name, version in _PIN.findall(lock):
        yield Package("pypi", re.sub(r"[-_.]+", "-", name).lower(), version)


def go_modules(text: str) -> Iterator[Package]:
    """Yield the modules that a go.mod requires, with its `replace` directives applied."""
    required: dict[str, str] = {}
    replaced: dict[str, tuple[str, str]] = {}
    for line in text.splitlines():
        match = _GO_LINE.fullmatch(line)
        if match and match[3]:
            replaced[match[1]] = match[3], match[4]
        elif match and match[2]:
            required[match[1]] = match[2]
    for module, version in required.items():
        yield Package("golang", *replaced.get(module, (module, version)))


def npm_packages(lock: str) -> Iterator[Package]:
    """Yield the packages of a package-lock.json (version 3)."""
    for path, entry in json.loads(lock)["packages"].items():
        if path:
            yield Package("npm", path.rpartition("node_modules/")[2], entry["version"])


def packages(root: Path = PROJECT) -> dict[Package, str]:
    """Return every package of the repository with its CycloneDX scope.

    `required` packages are installed in production; `excluded` ones are only for development, tests and rehearsals.
    """
    others = [
        *python_packages((root / DEVELOPMENT_LOCK).read_text(encoding="utf-8")),
        *npm_packages((root / NPM_LOCK).read_text(encoding="utf-8")),
    ]
    for path in sorted(root.glob(GO_MODULES)):
        others += go_modules(path.read_text(encoding="utf-8"))
    production = python_packages((root / PRODUCTION_LOCK).read_text(encoding="utf-8"))
    return dict.fromkeys(others, "excluded") | dict.fromkeys(production, "required")


def bill_of_materials(version: Version, found: Mapping[Package, str]) -> str:
    """Return the bill of materials of a release as CycloneDX 1.6 JSON."""
    components = [_component(package, found[package]) for package in sorted(found)]
    root = {"type": "application", "bom-ref": NAME, "name": NAME, "version": str(version)}
    content: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "serialNumber": uuid5(NAMESPACE_URL, json.dumps([root, *components])).urn,
        "metadata": {"component": root},
        "components": components,
        "dependencies": [_dependencies(components)],
    }
    return json.dumps(content, indent=1) + "\n"


def _component(package: Package, scope: str) -> dict[str, str]:
    return {
        "type": "library",
        "bom-ref": package.url,
        "name": package.name,
        "version": package.version,
        "scope": scope,
        "purl": package.url,
    }


def _dependencies(components: Iterable[Mapping[str, str]]) -> dict[str, Any]:
    """Return the root's dependencies; lock files do not say which package needs which."""
    return {"ref": NAME, "dependsOn": [component["bom-ref"] for component in components]}

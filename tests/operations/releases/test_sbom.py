"""The bill of materials lists every package of the repository."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import components
from operations.recording import PROJECT
from operations.releases import command
from operations.releases.sbom import Package, bill_of_materials, go_modules, npm_packages, packages, python_packages
from operations.releases.versions import Version

GO_MODS = sorted(PROJECT.glob("rehearsal/src/rehearsal/tools/*/go.mod"))
LOCKS = ["requirements.lock", "requirements-production.lock"]


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(command.present_bill())
    return content


@pytest.fixture(scope="module")
def urls(bill: dict[str, Any]) -> set[str]:
    return {component["purl"] for component in bill["components"]}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pinned_package_is_listed(lock: str, urls: set[str]) -> None:
    pins = [line for line in (PROJECT / lock).read_text().splitlines() if line[:1] not in {"#", " ", ""}]
    assert len(pins) > 30
    for pin in pins:
        name, version = pin.split(" ")[0].split("==")
        assert f"pkg:pypi/{name}@{version}" in urls, pin


@pytest.mark.parametrize("path", GO_MODS, ids=lambda path: path.parent.name)
def test_every_go_module_is_listed(path: Path, urls: set[str]) -> None:
    go = shutil.which("go")
    if go is None:
        pytest.skip("go is not on PATH; it reads go.mod independently of our parser")
    printed = subprocess.run([go, "mod", "edit", "-json", str(path)], check=True, capture_output=True, text=True).stdout
    content = json.loads(printed)
    replaced = {each["Old"]["Path"]: each["New"] for each in content.get("Replace") or ()}
    modules = [replaced.get(each["Path"], each) for each in content["Require"]]
    assert modules
    for module in modules:
        assert f"pkg:golang/{module['Path'].lower()}@{module['Version'].replace('+', '%2B')}" in urls, module


def test_every_npm_package_is_listed(urls: set[str]) -> None:
    lock = json.loads((PROJECT / "tests/operations/iam/simulator/package-lock.json").read_text())
    packages_of_lock = [path for path in lock["packages"] if path]
    assert packages_of_lock
    assert len([url for url in urls if url.startswith("pkg:npm/")]) == len(packages_of_lock)


def test_production_packages_are_required_and_others_are_not(bill: dict[str, Any]) -> None:
    scopes = {component["purl"].partition("@")[0]: component["scope"] for component in bill["components"]}
    assert scopes["pkg:pypi/pulumi"] == "required"
    assert scopes["pkg:pypi/moto"] == "excluded"
    assert {scope for url, scope in scopes.items() if url.startswith("pkg:golang/")} == {"excluded"}


def test_the_document_is_cyclonedx_and_consistent(bill: dict[str, Any]) -> None:
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", bill["serialNumber"])
    assert bill["metadata"]["component"]["version"] == components.__version__
    references = [component["bom-ref"] for component in bill["components"]]
    assert len(set(references)) == len(references)
    assert bill["dependencies"] == [{"ref": "campus-safety-platform", "dependsOn": references}]


def test_the_same_packages_give_the_same_bytes_and_others_another_serial_number() -> None:
    found, version = packages(), Version(1, 0, 0)
    backwards = dict(reversed(found.items()))
    assert bill_of_materials(version, found) == bill_of_materials(version, backwards)
    fewer = dict(list(found.items())[1:])
    serials = {json.loads(bill_of_materials(version, each))["serialNumber"] for each in (found, fewer)}
    assert len(serials) == 2


def test_each_format_is_read_with_its_special_cases() -> None:
    assert list(python_packages('# a==1\nZope_Interface==2.0 ; python_version < "3" \\\n    --hash=sha256:0==1\n')) == [
        Package("pypi", "zope-interface", "2.0")
    ]
    text = (
        "module x\n\ngo 1.24\n\ntool a.example/cmd\n\nrequire a.example/A v1.0.0 // indirect\n\n"
        "require (\n\tb.example v2.0.0+incompatible\n\tc.example v1.0.0\n)\n\nreplace c.example => d.example v1.2.3\n"
    )
    assert [package.url for package in go_modules(text)] == [
        "pkg:golang/a.example/a@v1.0.0",
        "pkg:golang/b.example@v2.0.0%2Bincompatible",
        "pkg:golang/d.example@v1.2.3",
    ]
    lock = {"": {}, "node_modules/@a/b": {"version": "1"}, "node_modules/c/node_modules/d": {"version": "2"}}
    assert [package.url for package in npm_packages(json.dumps({"packages": lock}))] == [
        "pkg:npm/%40a/b@1",
        "pkg:npm/d@2",
    ]

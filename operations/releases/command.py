"""Implementation of the verbs of `ops release`."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import components
from operations.recording import PROJECT, record
from operations.releases.check import BreakingChange, breaking_changes, problems
from operations.releases.errors import ReleaseError
from operations.releases.sbom import bill_of_materials, packages
from operations.releases.store import encode, load, path_of, path_of_bill
from operations.releases.versions import CHANGELOG, Version, released
from stacks.requirements import Environment

MIGRATIONS = PROJECT / "docs" / "migrations"


def check_release(echo: Callable[[str], None]) -> int:
    """Compare the program with the last release; return the exit code.

    Reports every breaking change and what a release of this tree lacks.

    Raises ReleaseError when there is no release to compare with.
    """
    versions = released()
    if not versions:
        raise ReleaseError(f"{CHANGELOG.name} has no release; record the first one with `ops release record`")
    last, present = versions[0], Version.parse(components.__version__)
    changes: list[BreakingChange] = []
    for environment in Environment:
        old, new = load(last, environment), record(environment)
        changes += breaking_changes(environment, old, new, _replaced_inputs)
        echo(f"{environment}: {len(new.nodes)} resources compared with {len(old.nodes)} of release {last}")
    for change in changes:
        echo(f"breaking: {change}")
    lacking = list(problems(changes, last, present, _migration_note(present)))
    for sentence in lacking:
        echo(f"error: {sentence}")
    if not changes:
        echo(f"no breaking change since {last}")
    return int(bool(lacking))


def record_release(echo: Callable[[str], None], *, execute: bool) -> None:
    """Record all environments' graphs and the bill of materials of this version."""
    version = Version.parse(components.__version__)
    for environment in Environment:
        path = path_of(version, environment)
        if execute:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(encode(record(environment)))
        _echo_file(echo, path, execute=execute)
    bill = path_of_bill(version)
    if execute:
        bill.write_text(present_bill(), encoding="utf-8")
    _echo_file(echo, bill, execute=execute)


def present_bill() -> str:
    """Return the bill of materials of this tree."""
    return bill_of_materials(Version.parse(components.__version__), packages())


def _echo_file(echo: Callable[[str], None], path: Path, *, execute: bool) -> None:
    echo(f"{'wrote' if execute else 'would write'} {path.relative_to(PROJECT)}")


def _replaced_inputs(token: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[str]:
    from rehearsal.replacement import replaced_inputs  # noqa: PLC0415  # needed only if an input changed

    return replaced_inputs(token, old, new) if old != new else ()


def _migration_note(version: Version) -> str | None:
    path: Path = MIGRATIONS / f"{version}.md"
    return path.read_text(encoding="utf-8") if path.exists() else None

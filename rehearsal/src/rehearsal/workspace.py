"""The directory in which the engine runs: links to the project, beside a stack file of the rehearsal's own.

`pulumi stack init` writes the key of its secrets provider into the stack file. The tracked file must not change, so the
engine sees a copy; it is renewed from the tracked file before every command, so that edits count at once.
"""

import json
import os
import secrets
import shutil
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from pulumi_wire.stack_file import ENGINE_KEYS
from rehearsal.home import DIRECTORY, Home

NEVER_LINKED = {DIRECTORY, ".git"}
PROVIDERS = ("aws", "kubernetes", "vault")
OVERRIDES = "overrides.json"
"""Values of one rehearsal's own, laid over those of the tracked stack file whenever its copy is renewed."""
LEVELS = "policy-levels.json"
"""The configuration of the policy packs in one rehearsal: levels by policy, laid over the policies' own."""

GARBAGE_PERCENT = 400
"""How much the engine's heap may grow before it is collected (Go's own: 100); most of it is states being written."""


def override(home: Home, values: Mapping[str, str], levels: Mapping[str, str]) -> None:
    """Lay values over those of the tracked stack file, and levels over those of policies, for this rehearsal alone."""
    for name, content in ((OVERRIDES, values), (LEVELS, levels)):
        path = home.root / name
        # Emptied and not removed: a shell that was opened before still names it.
        if content or path.exists():
            _write(path, json.dumps(dict(content)))


def sync(home: Home) -> int:
    """Bring links and stack file up to date with the project; returns how many secrets had to be made up.

    Values that are encrypted for the real environment's key can't be read here; each is replaced by a random string.
    """
    _link(home)
    own = home.workspace / f"Pulumi.{home.stack}.yaml"
    tracked = home.project / f"Pulumi.{home.stack}.yaml"
    before = _load(own)
    wanted = _load(tracked)
    overrides = home.root / OVERRIDES
    if overrides.exists():
        wanted["config"] = wanted.get("config", {}) | json.loads(overrides.read_text())
    made_up = _replace_secrets(wanted.get("config", {}), before.get("config", {}))
    for key in ENGINE_KEYS:
        wanted.pop(key, None)
        if key in before:
            wanted[key] = before[key]
    if wanted != before:
        _write(own, yaml.safe_dump(wanted, sort_keys=False))
    return made_up


def write_shims(home: Home, pulumi: Path, ports: dict[str, int]) -> None:
    """Write the executables that come first on the engine's PATH.

    `pulumi` renews the workspace and marks its processes, so that `down` finds them after a crash; each provider shim
    tells the engine the port of the daemon, and stays until the engine ends it or dies itself.
    """
    package_root = Path(__file__).resolve().parents[1]
    host = f'exec "{sys.executable}" -I -S "{package_root}/rehearsal/language_host/warm.py" "{package_root}" "$@"'
    sync_command = (
        f'PYTHONPATH="{package_root}" "{sys.executable}" -m rehearsal.workspace "{home.project}" "{home.stack}"'
    )
    _script(
        home.bin / "pulumi",
        f'[ "$PWD" != "{home.workspace}" ] || {sync_command} || exit 1',
        # No other part can know whether debug messages are wanted: the engine does not tell its language hosts.
        "REHEARSAL_QUIET=1",
        '[ -z "$PULUMI_OPTION_DEBUG$PULUMI_DEBUG" ] || REHEARSAL_QUIET=',
        'for argument; do case "$argument" in --debug*|-d) REHEARSAL_QUIET= ;; esac; done',
        "export REHEARSAL_QUIET",
        f'GOGC="${{GOGC-{GARBAGE_PERCENT}}}" REHEARSAL_ENGINE="{home.root}" exec "{pulumi}" "$@"',
    )
    for provider in PROVIDERS:
        _script(
            home.bin / f"pulumi-resource-{provider}",
            f"echo {ports[provider]}",
            'while kill -0 "$PPID" 2>/dev/null; do sleep 1; done',
        )
    _without_engine_log(home)
    if not _official_language_host(home):
        _script(home.bin / "pulumi-language-python", host)


def _without_engine_log(home: Home) -> None:
    """Keep the engine from writing its debug log, a third of its work, which it can't be told by an option.

    A file where its directory should be is enough: the engine then goes on without.
    """
    obstacle = home.root / "pulumi-home" / "logs"
    if not obstacle.is_dir():
        obstacle.parent.mkdir(exist_ok=True, mode=0o700)
        obstacle.write_text("With this file here, the engine writes no debug log. Remove it to get one.\n")


def _official_language_host(home: Home) -> bool:
    path = os.pathsep.join(
        part for part in os.environ.get("PATH", "").split(os.pathsep) if DIRECTORY not in Path(part).parts
    )
    found = shutil.which("pulumi-language-python", path=path)
    return found is not None and Path(found).parent != home.bin


def _link(home: Home) -> None:
    home.workspace.mkdir(parents=True, exist_ok=True)
    own = f"Pulumi.{home.stack}.yaml"
    wanted = {entry.name: entry for entry in home.project.iterdir() if entry.name not in NEVER_LINKED | {own}}
    for link in home.workspace.iterdir():
        if link.is_symlink() and link.name not in wanted:
            link.unlink()
    for name, target in wanted.items():
        link = home.workspace / name
        if not link.is_symlink():
            link.symlink_to(target)


def _load(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    loaded = yaml.load(path.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # both safe
    return loaded if isinstance(loaded, dict) else {}


def _replace_secrets(wanted: Any, before: Any) -> int:
    """Replace each `{secure: …}` in place, keeping what an earlier call made up; returns how many there are."""
    if not isinstance(wanted, dict | list):
        return 0
    count = 0
    items: Iterable[tuple[Any, Any]] = wanted.items() if isinstance(wanted, dict) else enumerate(wanted)
    for key, value in list(items):
        known = before.get(key) if isinstance(before, dict) else None
        if isinstance(value, dict) and set(value) == {"secure"}:
            wanted[key] = known if isinstance(known, str) else f"rehearsal-{secrets.token_hex(16)}"
            count += 1
        else:
            count += _replace_secrets(value, known)
    return count


def _script(path: Path, *lines: str) -> None:
    _write(path, "\n".join(("#!/bin/sh", *lines, "")))
    path.chmod(0o700)


def _write(path: Path, text: str) -> None:
    """Write whole or not at all: a `pulumi` of another shell may read it at the same moment."""
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    partial.write_text(text)
    partial.replace(path)


if __name__ == "__main__":
    sync(Home(Path(sys.argv[1]), sys.argv[2]))

"""Directory in which the engine runs: a mirror of the project and a stack file.

`pulumi stack init` writes the key of its secrets provider into the stack file. The tracked file must not change, so the
engine uses a copy. Every `pulumi` command updates the copy from the tracked file first, so that edits take effect at
once.
"""

import json
import os
import secrets
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from pulumi_wire.stack_file import ENGINE_KEYS
from rehearsal import tuning
from rehearsal.engine import packs_to_run
from rehearsal.errors import RehearsalError
from rehearsal.home import DIRECTORY, Home
from rehearsal.mirror import mirror

NEVER_LINKED = {DIRECTORY, ".git"}
PROVIDERS = ("aws", "kubernetes", "vault")
OVERRIDES = "overrides.json"
"""Configuration of one rehearsal, applied over the tracked stack file."""
SYNCED = "synced-stack.yaml"
"""Copy of the stack file that the last `sync` wrote, to find changes made in the workspace."""
CONFIG_MODE = "config"
LEVELS = "policy-levels.json"
"""Policy configuration of one rehearsal: enforcement levels by policy name."""

HEAP_GROWTH_PERCENT = 400
"""GOGC of the engine: growth of its heap between two collections (Go's default: 100). Most of the heap is serialized
state."""
SDK_TUNING = ("debug-messages", "garbage-collection", "output-waits", "stack-traces")
"""Speed-ups that `language_host.run_program` applies to a program's process and its SDK."""


def override(home: Home, config: Mapping[str, str], policy_levels: Mapping[str, str]) -> None:
    """Override configuration and enforcement levels in this rehearsal.

    Empty mappings remove earlier overrides.
    """
    for name, content in ((OVERRIDES, config), (LEVELS, policy_levels)):
        path = home.root / name
        # The file is emptied, not removed: shells that were opened before still refer to it.
        if content or path.exists():
            _write(path, json.dumps(dict(content)))


def sync(home: Home) -> int:
    """Update the workspace from the project; return the number of replaced secrets.

    Values encrypted with the real environment's key can't be decrypted here, so each is replaced by a random string.
    """
    home.workspace.mkdir(parents=True, exist_ok=True)
    mirror(home.project, home.workspace, {f"Pulumi.{home.stack}.yaml"}, NEVER_LINKED)
    own = home.workspace / f"Pulumi.{home.stack}.yaml"
    tracked = home.project / f"Pulumi.{home.stack}.yaml"
    before = _load(own)
    content = _load(tracked)
    overrides = home.root / OVERRIDES
    if overrides.exists():
        content["config"] = content.get("config", {}) | json.loads(overrides.read_text())
    replaced = _replace_secrets(content.get("config", {}), before.get("config", {}))
    for key in ENGINE_KEYS:
        content.pop(key, None)
        if key in before:
            content[key] = before[key]
    text = yaml.safe_dump(content, sort_keys=False)
    if content != before:
        _write(own, text)
    synced = home.root / SYNCED
    if not synced.exists() or synced.read_text() != text:
        _write(synced, text)
    return replaced


def edited_configuration(home: Home) -> list[str]:
    """Return the configuration keys that changed in the workspace since `sync`.

    The engine writes numbers and booleans back as text, so values are compared as text.
    """
    synced, own = home.root / SYNCED, home.workspace / f"Pulumi.{home.stack}.yaml"
    if not synced.exists() or not own.exists():
        return []
    before, after = (_texts(path).get("config") or {} for path in (synced, own))
    return sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))


def write_shims(home: Home, pulumi: Path, ports: dict[str, int], guard: Sequence[str] = ()) -> None:
    """Write the executables that come first on the engine's PATH.

    The `pulumi` shim runs `guard`, shell lines that may end it. Then it updates the workspace and marks its processes,
    so that `down` finds them after a crash. Each provider shim prints the port of the daemon's provider and runs until
    the engine ends it or dies.
    """
    package_root = Path(__file__).resolve().parents[1]
    client = package_root / "rehearsal" / "language_host" / "fork_client.py"
    host = f'exec "{sys.executable}" -I -S "{client}" "{package_root}" "$@"'
    sync_command = (
        f'PYTHONPATH="{package_root}" "{sys.executable}" -m rehearsal.workspace "{home.project}" "{home.stack}"'
    )
    heap = f'GOGC="${{GOGC-{HEAP_GROWTH_PERCENT}}}" ' if tuning.enabled("engine-heap") else ""
    sdk_tuning = ",".join(name for name in SDK_TUNING if tuning.enabled(name))
    _script(
        home.bin / "pulumi",
        *guard,
        f'[ "$PWD" != "{home.workspace}" ] || {sync_command} || exit 1',
        *_pack_guard(home),
        # The engine does not pass --debug on to its language hosts, so the shim looks for it.
        f"REHEARSAL_SDK_TUNING={sdk_tuning}",
        '[ -z "$PULUMI_OPTION_DEBUG$PULUMI_DEBUG" ] || REHEARSAL_SDK_TUNING=',
        'for argument; do case "$argument" in --debug*|-d) REHEARSAL_SDK_TUNING= ;; esac; done',
        "export REHEARSAL_SDK_TUNING",
        f'export REHEARSAL_ENGINE="{home.root}"',
        f'case "$PWD $* " in "{home.workspace} "*"config "*)',
        # `pulumi config set` would succeed, and the next command would undo it.
        f'  {heap}"{pulumi}" "$@"',
        f"  status=$?; {sync_command} {CONFIG_MODE} || exit 1; exit $status;;",
        "esac",
        f'{heap}exec "{pulumi}" "$@"',
    )
    for provider in PROVIDERS:
        _script(
            home.bin / f"pulumi-resource-{provider}",
            f"echo {ports[provider]}",
            'while kill -0 "$PPID" 2>/dev/null; do sleep 1; done',
        )
    _set_engine_log(home)
    if not _has_official_language_host(home):
        _script(home.bin / "pulumi-language-python", host)


def _pack_guard(home: Home) -> list[str]:
    """Return shell lines that refuse other policy packs and a skipped preview.

    Only environment variables (`PULUMI_OPTION_…`) are checked, because users may have forgotten that they set them.
    Options on the command line are allowed, e.g. to try other packs.
    """
    packs = ",".join(map(str, packs_to_run(home.project)))
    return [
        f'case "$PWD ${{PULUMI_OPTION_POLICY_PACK-{packs}}}" in "{home.workspace} {packs}") ;; "{home.workspace} "*)',
        f'  echo "PULUMI_OPTION_POLICY_PACK is $PULUMI_OPTION_POLICY_PACK, but must be unset or {packs}" >&2; exit 1;;',
        "esac",
        'case "$PULUMI_OPTION_SKIP_PREVIEW" in 1|[tT][rR][uU][eE])',
        '  echo "PULUMI_OPTION_SKIP_PREVIEW would skip the review of the whole stack; unset it" >&2; exit 1;;',
        "esac",
    ]


def _set_engine_log(home: Home) -> None:
    """Suppress the engine's debug log by putting a file in place of its directory.

    The engine has no option that switches the log off.
    """
    obstacle = home.root / "pulumi-home" / "logs"
    if not tuning.enabled("engine-log"):
        if obstacle.is_file():
            obstacle.unlink()
    elif not obstacle.is_dir():
        obstacle.parent.mkdir(exist_ok=True, mode=0o700)
        obstacle.write_text("While this file exists, the engine writes no debug log. Remove it to get one.\n")


def _has_official_language_host(home: Home) -> bool:
    path = os.pathsep.join(
        part for part in os.environ.get("PATH", "").split(os.pathsep) if DIRECTORY not in Path(part).parts
    )
    executable = shutil.which("pulumi-language-python", path=path)
    return executable is not None and Path(executable).parent != home.bin


def _load(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    loaded = yaml.load(path.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # both safe
    return loaded if isinstance(loaded, dict) else {}


def _texts(path: Path) -> dict[str, Any]:
    loaded = yaml.load(path.read_text(), Loader=yaml.BaseLoader)  # noqa: S506  # creates only text, lists and mappings
    return loaded if isinstance(loaded, dict) else {}


def _replace_secrets(content: Any, before: Any) -> int:
    """Replace each `{secure: …}` in place and return their number.

    A secret that was replaced before keeps its replacement.
    """
    if not isinstance(content, dict | list):
        return 0
    count = 0
    items: Iterable[tuple[Any, Any]] = content.items() if isinstance(content, dict) else enumerate(content)
    for key, value in list(items):
        earlier = before.get(key) if isinstance(before, dict) else None
        if isinstance(value, dict) and set(value) == {"secure"}:
            content[key] = earlier if isinstance(earlier, str) else f"rehearsal-{secrets.token_hex(16)}"
            count += 1
        else:
            count += _replace_secrets(value, earlier)
    return count


def _script(path: Path, *lines: str) -> None:
    _write(path, "\n".join(("#!/bin/sh", *lines, "")))
    path.chmod(0o700)


def _write(path: Path, text: str) -> None:
    """Replace the file atomically, since another shell's `pulumi` may read it."""
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    partial.write_text(text)
    partial.replace(path)


def main(project: str, stack: str, mode: str = "") -> None:
    """Update the workspace, and report configuration that someone changed in it.

    In the mode `config`, in which the shim runs this after `pulumi config`, such a change is an error.
    """
    home = Home(Path(project), stack)
    try:
        edited = edited_configuration(home)
        sync(home)
    except RehearsalError as error:
        sys.exit(str(error))
    if edited:
        sys.stderr.write(
            f"The change to {', '.join(edited)} was reverted: a rehearsal reads its configuration from "
            f"{home.project / f'Pulumi.{home.stack}.yaml'}. Change that file instead.\n"
        )
        if mode == CONFIG_MODE:
            sys.exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])

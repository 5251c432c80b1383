"""What a pack found in one run, in full, for those who ask for it: a JSON file beside the engine's own output.

The engine's event log has findings but neither what was deferred nor what was exempted.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from policy_packs.kernel.exemptions import Exemption
from policy_packs.kernel.registry import Level, Pack, Policy
from policy_packs.kernel.verdict import Deferral, Violation

VARIABLE = "POLICY_REPORTS"
"""Environment variable with the directory in which each pack leaves `<pack>.json` at the end of a run."""


class Report:
    """Collects verdicts; `write` makes a file of them. Without a directory it keeps nothing."""

    def __init__(self, pack: Pack, owners: Mapping[str, Pack], directory: Path | None) -> None:
        self._file = directory / f"{pack.name}.json" if directory else None
        self._owners = owners
        self._entries: dict[str, list[dict[str, Any]]] = {"findings": [], "deferred": [], "exempted": []}

    def violation(self, violation: Violation, level: Level) -> None:
        """A finding, and what it does to the run."""
        self._add("findings", violation, level=level, message=violation.finding, undecided=violation.undecided)

    def deferral(self, deferral: Deferral) -> None:
        """A rule that waits for the update."""
        self._add("deferred", deferral, message=deferral.message)

    def exempted(self, violation: Violation, exemption: Exemption) -> None:
        """A finding that is accepted for now."""
        details = exemption.model_dump(mode="json", exclude={"rule", "resource", "environments"})
        self._add("exempted", violation, message=violation.finding, **details)

    def write(self, stack: str, levels: Mapping[str, Level], policies: tuple[Policy, ...], resources: int) -> None:
        """Write what there is since the last time."""
        if self._file is None:
            return
        rules = [
            {
                "name": policy.name,
                "pack": self._owners[policy.name].name,
                "rationale": policy.rationale,
                "covers": policy.covers,
                "severity": policy.severity,
                "level": levels[policy.name],
            }
            for policy in policies
        ]
        told = {"stack": stack, "resources": resources, "rules": rules, **self._entries}
        self._file.write_text(json.dumps(told, indent=1), encoding="utf-8")
        self._entries = {key: [] for key in self._entries}

    def _add(self, key: str, verdict: Violation | Deferral, **details: Any) -> None:
        if self._file is not None:
            policy = verdict.policy
            pack = self._owners[policy.name].name
            entry = {"rule": policy.name, "pack": pack, "severity": policy.severity, "urn": verdict.urn, **details}
            self._entries[key].append(entry)

"""Report of a run as a JSON file: findings, deferrals and exempted findings.

The engine's event log contains only the findings.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from policy_packs.kernel.exemptions import Exemption
from policy_packs.kernel.registry import Level, Pack, Policy
from policy_packs.kernel.verdict import Deferral, Violation

VARIABLE = "POLICY_REPORTS"
"""Environment variable with the directory in which each pack writes `<pack>.json` at the end of a run."""


class Report:
    """Collects the verdicts of a run. Without a directory it does nothing."""

    def __init__(self, pack: Pack, pack_of: Mapping[str, Pack], directory: Path | None) -> None:
        self._file = directory / f"{pack.name}.json" if directory else None
        self._pack_of = pack_of
        self._entries: dict[str, list[dict[str, Any]]] = {"findings": [], "deferred": [], "exempted": []}

    def violation(self, violation: Violation, level: Level) -> None:
        """Add a finding with its enforcement level."""
        self._add("findings", violation, level=level, message=violation.finding, undecided=violation.undecided)

    def deferral(self, deferral: Deferral) -> None:
        """Add a rule that is deferred to the update."""
        self._add("deferred", deferral, message=deferral.message)

    def exempted(self, violation: Violation, exemption: Exemption) -> None:
        """Add an exempted finding."""
        details = exemption.model_dump(mode="json", exclude={"rule", "resource", "environments"})
        self._add("exempted", violation, message=violation.finding, **details)

    def write(self, stack: str, levels: Mapping[str, Level], policies: tuple[Policy, ...], resources: int) -> None:
        """Write the verdicts since the last call.

        `resources` is the number of resources in the stack.
        """
        if self._file is None:
            return
        rules = [
            {
                "name": policy.name,
                "pack": self._pack_of[policy.name].name,
                "rationale": policy.rationale,
                "covers": policy.covers,
                "severity": policy.severity,
                "level": levels[policy.name],
            }
            for policy in policies
        ]
        content = {"stack": stack, "resources": resources, "rules": rules, **self._entries}
        self._file.write_text(json.dumps(content, indent=1), encoding="utf-8")
        self._entries = {key: [] for key in self._entries}

    def _add(self, key: str, verdict: Violation | Deferral, **details: Any) -> None:
        if self._file is not None:
            policy = verdict.policy
            pack = self._pack_of[policy.name].name
            entry = {"rule": policy.name, "pack": pack, "severity": policy.severity, "urn": verdict.urn, **details}
            self._entries[key].append(entry)

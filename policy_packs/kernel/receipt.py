"""Receipt of a run: evidence of which packs judged it, and that they finished.

The engine's event log names the packs and their versions. A receipt also has the fingerprint of their source. A receipt
is written after the stack rules, so a run that was interrupted leaves none.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from policy_packs.kernel.configuration import Configuration
from policy_packs.kernel.context import Context
from policy_packs.kernel.exemptions import Exemption
from policy_packs.kernel.registry import Level, Pack, Policy

DIRECTORY = "POLICY_RECEIPTS"
"""Environment variable with the directory in which a pack writes `<pack>.preview.json` or `<pack>.update.json`."""
RUN = "POLICY_RUN"
"""Environment variable with the ID of the run. A receipt repeats it, so an old receipt is not taken for a new one."""


PREVIEW, UPDATE = "preview", "update"
"""Phases of a run."""


class Receipts:
    """Writes the receipt of each run of one process.

    Without a directory it does nothing. `sources` are the fingerprints of the packs by name, taken when the process
    started.
    """

    def __init__(
        self, pack: Pack, packs: Sequence[Pack], directory: Path | None, run: str, sources: Mapping[str, str]
    ) -> None:
        self._pack = pack
        self._packs = packs
        self._directory = directory
        self._run = run
        self._sources = sources

    def write(
        self,
        configuration: Configuration,
        policies: Sequence[Policy],
        exemptions: Iterable[Exemption],
        *,
        judged: int,
        resources: int,
    ) -> None:
        """Write the receipt of a run that has just ended.

        `resources` is the number of resources in the stack, and `judged` is the number of those that were also judged
        individually. `exemptions` are those that apply to the run.
        """
        if self._directory is None:
            return
        context, levels = configuration.run, configuration.levels
        content = {
            "run": self._run,
            "project": context.project,
            "stack": context.stack,
            "phase": phase(context),
            "packs": [
                {"name": each.name, "version": each.version, "rules": len(each.policies), "source": source}
                for each in self._packs
                if (source := self._sources.get(each.name)) is not None
            ],
            "lowered": sorted(each.name for each in policies if _is_lowered(levels[each.name], each, context)),
            "settings": sorted(_changed_settings(configuration, policies)),
            "exemptions": sorted(f"{each.rule}: {each.resource}" for each in exemptions),
            "judged": judged,
            "resources": resources,
            "completed": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        file = self._directory / f"{self._pack.name}.{phase(context)}.json"
        partial = file.with_suffix(".partial")
        partial.write_text(json.dumps(content, indent=1), encoding="utf-8")
        partial.replace(file)


def phase(context: Context) -> str:
    """Return the phase of a run."""
    return PREVIEW if context.dry_run else UPDATE


def _is_lowered(level: Level, policy: Policy, context: Context) -> bool:
    """Return True if a policy configuration made a rule less strict than it declares."""
    strictest_first = list(Level)
    return strictest_first.index(level) > strictest_first.index(policy.levels.at(context))


def _changed_settings(configuration: Configuration, policies: Sequence[Policy]) -> Iterator[str]:
    """Yield `RULE.SETTING` for each setting whose value differs from its default."""
    for policy in policies:
        values = configuration.contexts[policy.name].settings
        for name, setting in policy.settings.items():
            if values[name] != setting.default:
                yield f"{policy.name}.{name}"

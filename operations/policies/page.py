"""docs/policies.md, from the rules themselves: `ops generate` renews it."""

from collections.abc import Iterator
from pathlib import Path

from operations.policies.coverage import coverage
from operations.policies.explaining import Explanation, example, explanations, settings
from policy_packs import catalogue
from policy_packs.kernel.context import Environment
from policy_packs.kernel.registry import Pack

PAGE = Path(__file__).resolve().parents[2] / "docs" / "policies.md"
INTRODUCTION = """# The policy rules

Generated from the packs by `ops generate`; a test holds it to them. Every resource is judged
before it is made, by `pulumi preview` and again by `pulumi up`. *mandatory* blocks, *advisory* warns. A rule that meets
a value which is not known at preview is deferred, and decides at update, before the resource is made. A rule that
itself fails blocks, whatever its level.

- One rule in full: `ops policy explain RULE`. All of them on a real preview: `ops policy test ENV`.
- A finding that has to be accepted for a while: [`policy_packs/exemptions.yaml`](../policy_packs/exemptions.yaml).
- A limit or level that has to differ: `--policy-pack-config FILE`, JSON by rule name, such as
  `{"cost-must-cap-instance-price": {"enforcementLevel": "advisory", "monthlyUsd": {"dev": 200}}}`. A rule or a setting
  that doesn't exist fails the run.
- What is covered of Checkov, CIS and AWSGuard, and what is left out and why: `ops policy coverage`.
"""
SHOWN_KINDS = 6
"""Types listed in full; the tagging rules are on more than eight hundred."""


def page() -> str:
    """The whole page."""
    found = explanations()
    lines = [INTRODUCTION, *_levels(found), *_coverage()]
    for pack in catalogue.PACKS:
        lines += _pack(pack, [each for each in found if each.pack == pack.name])
    return "\n".join(lines).rstrip() + "\n"


def _levels(found: tuple[Explanation, ...]) -> Iterator[str]:
    yield "## Level by environment\n"
    yield f"| rule | severity | {' | '.join(Environment)} |"
    yield f"|---|---|{'---|' * len(Environment)}"
    for each in found:
        levels = " | ".join(each.levels[environment] for environment in Environment)
        yield f"| [{each.policy.name}](#{each.policy.name}) | {each.policy.severity} | {levels} |"
    yield ""


def _coverage() -> Iterator[str]:
    found = coverage(catalogue.policies().values())
    yield "## Coverage\n"
    yield "| rule set | subject | identifiers | covered | left out |"
    yield "|---|---|---:|---:|---:|"
    for area in found.measure.identifiers:
        covered, left_out, _ = found.count(area.identifiers)
        yield f"| {area.set.strip('_ ')} | {area.area} | {len(area.names)} | {covered} | {left_out} |"
    yield ""


def _pack(pack: Pack, found: list[Explanation]) -> Iterator[str]:
    yield f"## {pack.name}\n\n{pack.description}.\n"
    for each in found:
        yield from _rule(each)


def _rule(each: Explanation) -> Iterator[str]:
    policy = each.policy
    yield f"### {policy.name}\n\n{policy.rationale}\n"
    yield f"- On {', '.join(f'`{kind}`' for kind in each.resource_types[:SHOWN_KINDS])}{_more(each.resource_types)}"
    if policy.covers:
        yield f"- Covers {', '.join(policy.covers)}"
    for name, default in settings(policy).items():
        yield f"- Setting `{name}`: {policy.settings[name].schema['description']}: {_default(default)}"
    yield ""
    if each.bad:
        yield f"Stopped{_where(each.bad.stack)}:\n\n```yaml\n{example(each.bad)}\n```\n"
    if each.good:
        yield f"Let through{_where(each.good.stack)}:\n\n```yaml\n{example(each.good)}\n```\n"
    yield "What it says, and so how to mend it:\n"
    yield from (f"- {' '.join(finding.split())}" for finding in each.findings)
    yield ""


def _more(kinds: tuple[str, ...]) -> str:
    if not kinds:
        return "the whole stack"
    return f" and {len(kinds) - SHOWN_KINDS} other types" if len(kinds) > SHOWN_KINDS else ""


def _default(value: object) -> str:
    return ", ".join(f"{key} {each}" for key, each in value.items()) if isinstance(value, dict) else str(value)


def _where(stack: str) -> str:
    return "" if stack == Environment.DEV else f" in {stack}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

"""Reference pages of the policy rules: an index, and one page per service."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from operations.policies.coverage import coverage
from operations.policies.explaining import Explanation, example, explanations, settings
from policy_packs import catalogue
from policy_packs.kernel.context import Environment
from policy_packs.kernel.registry import ResourceRule

DIRECTORY = Path("docs", "reference", "policies")
INDEX = DIRECTORY / "README.md"
INTRODUCTION = """# Policy rules

Generated from the packs by `ops generate`. The packs judge every resource at `pulumi preview` and again at `pulumi up`,
before the resource is created. A *mandatory* rule blocks, an *advisory* rule warns. A rule that reads a value that is
unknown at preview is deferred to the update, where it still runs before the resource is created. A rule that cannot be
evaluated blocks at every level except `disabled`. A rule about the whole stack runs at the end of the preview and again
at the end of the update. By then the update has already changed the resources, so run a preview first.

A resource type without rules blocks (`resource-types-must-be-reviewed`) unless
[`reviewed_types.yaml`](../../../policy_packs/security/reviewed_types.yaml) gives a reason why it needs none.
Components, the stack and providers pass. The items of a Kubernetes list are judged as resources of their own.

Examples are judged in dev unless they name another stack.

- Explain one rule: `ops policy explain RULE`. Judge a real preview: `ops policy test ENV`.
- Accept a finding until a date: [`policy_packs/exemptions.yaml`](../../../policy_packs/exemptions.yaml).
- Change a limit or a level: `--policy-pack-config FILE`, JSON by rule name, such as
  `{"cost-must-cap-instance-price": {"enforcementLevel": "advisory", "monthlyUsd": {"dev": 200}}}`. An unknown rule or
  setting fails the run, and so does a level below the floor of the environment: in preprod and prod, no level can be
  lowered. The exception is a destroyable rehearsal (`ops rehearse up prod --disposable`), in which the four rules of
  deletion protection are advisory ([0015](../../decisions/0015-data-protection-and-deletion.md)).
- Budgets, teams, cost centres and data classifications come from the stack's configuration: `<project>:cost`,
  `<project>:teams` and `<project>:data`.
- Coverage of Checkov, CIS and AWSGuard, and the reasons for gaps: `ops policy coverage`.
"""
MAX_TYPES = 6
"""Maximum number of resource types in a rule's entry; the tagging rules apply to more than eight hundred."""


def generate() -> dict[Path, str]:
    """Return all pages by path relative to the repository."""
    rules: dict[str, list[Explanation]] = {}
    for each in explanations():
        rules.setdefault(each.module, []).append(each)
    pages = {DIRECTORY / f"{page_name(module)}.md": _page(module, of_module) for module, of_module in rules.items()}
    return {INDEX: _index(rules), **pages}


def page_name(module: str) -> str:
    """Return `<area>-<service>`, such as `aws-s3` or `cost-budgets`."""
    return module.removeprefix("security.").replace(".", "-").replace("_", "-")


def _index(rules: Mapping[str, list[Explanation]]) -> str:
    lines = [INTRODUCTION]
    for module, of_module in rules.items():
        name = page_name(module)
        lines.append(f"## [{name}]({name}.md)\n")
        lines.append(f"| rule | severity | {' | '.join(Environment)} |")
        lines.append(f"|---|---|{'---|' * len(Environment)}")
        for each in of_module:
            rule = each.policy
            levels = " | ".join(each.levels[environment] for environment in Environment)
            lines.append(f"| [{rule.name}]({name}.md#{rule.name}) | {rule.severity} | {levels} |")
        lines.append("")
    lines += _coverage()
    return "\n".join(lines).rstrip() + "\n"


def _coverage() -> Iterator[str]:
    measured = coverage(catalogue.policies().values())
    yield "## Coverage of public rule sets\n"
    yield "| rule set | subject | identifiers | covered | left out |"
    yield "|---|---|---:|---:|---:|"
    for area in measured.measure.identifiers:
        covered, left_out, _ = measured.count(area.identifiers)
        yield f"| {area.set.strip('_ ')} | {area.area} | {len(area.names)} | {covered} | {left_out} |"
    yield ""


def _page(module: str, rules: list[Explanation]) -> str:
    source = f"policy_packs/{module.replace('.', '/')}.py"
    lines = [f"# {page_name(module)}\n", f"Rules of pack {rules[0].pack}, from [`{source}`](../../../{source}).\n"]
    for each in rules:
        lines += _rule(each)
    return "\n".join(lines).rstrip() + "\n"


def _rule(each: Explanation) -> Iterator[str]:
    policy = each.policy
    yield f"## {policy.name}\n\n{policy.rationale}\n"
    yield f"- On: {_types(each.resource_types) or each.subject}"
    if not isinstance(policy, ResourceRule):
        yield f"- Checked {each.judged}."
    if policy.covers:
        yield f"- Covers: {', '.join(policy.covers)}"
    for name, meaning in settings(policy).items():
        yield f"- Setting `{name}`: {meaning}"
    yield ""
    if each.failing:
        yield f"Fails{_where(each.failing.stack)}:\n\n```yaml\n{example(each.failing)}\n```\n"
    if each.passing:
        yield f"Passes{_where(each.passing.stack)}:\n\n```yaml\n{example(each.passing)}\n```\n"
    yield "Findings:\n"
    yield from (f"- {' '.join(finding.split())}" for finding in each.findings)
    yield ""


def _types(types: tuple[str, ...]) -> str:
    more = f" and {len(types) - MAX_TYPES} other types" if len(types) > MAX_TYPES else ""
    return f"{', '.join(f'`{each}`' for each in types[:MAX_TYPES])}{more}"


def _where(stack: str) -> str:
    return "" if stack == Environment.DEV else f" in {stack}"

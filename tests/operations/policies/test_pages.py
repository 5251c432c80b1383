"""The reference pages and explanations match the rules."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from operations.policies.coverage import coverage
from operations.policies.errors import PolicyRequestError
from operations.policies.explaining import JUDGED_AFTER, JUDGED_BEFORE, explain, explanations
from operations.policies.page import DIRECTORY, generate
from operations.policies.views import SHOWN_FINDINGS, show_rule
from policy_packs import catalogue
from policy_packs.kernel.context import Environment
from policy_packs.kernel.registry import StackRule

ROOT = Path(__file__).parents[3]


def test_rule_pages_are_current() -> None:
    written = {path.relative_to(ROOT): path.read_text(encoding="utf-8") for path in (ROOT / DIRECTORY).glob("*.md")}
    assert written == generate(), "run `ops generate` and commit the pages"


def test_every_rule_is_on_exactly_one_page_and_in_the_index() -> None:
    index, *pages = generate().values()
    for name in catalogue.policies():
        assert sum(f"\n## {name}\n" in page for page in pages) == 1, name
        assert f"[{name}](" in index


def test_every_rule_is_explained_with_both_examples_and_a_remedy() -> None:
    for each in explanations():
        assert each.passing, each.policy.name
        assert each.failing, each.policy.name
        assert each.findings, each.policy.name


def test_no_rule_is_laxer_in_a_later_environment() -> None:
    for each in explanations():
        strictness = [
            list(type(level)).index(level) for level in (each.levels[environment] for environment in Environment)
        ]
        assert strictness == sorted(strictness, reverse=True), each.policy.name


def test_an_unknown_rule_suggests_the_closest_name() -> None:
    with pytest.raises(
        PolicyRequestError, match=r"unknown rule rds-must-be-public; did you mean rds-must-not-be-public\?"
    ):
        explain("rds-must-be-public")
    with pytest.raises(PolicyRequestError, match="lists all rules"):
        explain("xyz")


def test_rules_cover_only_listed_identifiers_that_are_not_left_out() -> None:
    assert coverage(catalogue.policies().values()).mistakes == ()


def test_every_identifier_is_covered_or_left_out_for_a_reason() -> None:
    assert coverage(catalogue.policies().values()).unassigned == ()


def test_rules_about_the_whole_stack_say_that_an_update_has_acted_before_them() -> None:
    by_module = {each.policy.name: each for each in explanations()}
    pages = "\n".join(generate().values())
    for name, each in by_module.items():
        _, _, section = pages.partition(f"\n## {name}\n")
        is_late = isinstance(each.policy, StackRule)
        assert (JUDGED_AFTER in section.partition("\n## ")[0]) is is_late, name
        console = Console(file=io.StringIO(), width=400)
        show_rule(console, each)
        assert (JUDGED_AFTER in console.file.getvalue()) is is_late, name  # type: ignore[attr-defined]  # a StringIO
        assert (JUDGED_BEFORE in console.file.getvalue()) is not is_late, name  # type: ignore[attr-defined]  # the same


def explained(rule: str) -> str:
    """Return the output of `ops policy explain`, with single spaces."""
    text = io.StringIO()
    show_rule(Console(file=text, width=140), explain(rule))
    return " ".join(text.getvalue().split())


def test_an_explanation_says_what_levels_and_settings_mean() -> None:
    text = explained("cost-must-cap-nat-gateways")
    assert "mandatory in dev, staging, preprod, prod (a finding fails the preview or update)" in text
    assert "Maximum number of NAT gateways in the stack (default: dev 1, staging 2, preprod 6, prod 6)" in text


def test_an_example_states_the_settings_that_it_was_judged_with() -> None:
    assert "fails, in dev, with the setting monthlyUsd: dev 40.14" in explained(
        "cost-must-stay-under-the-environments-cap"
    )


def test_an_explanation_shows_some_findings_and_where_the_others_are() -> None:
    text = explained("cost-must-stay-under-the-environments-cap")
    assert text.count("- The stack may cost") == SHOWN_FINDINGS
    assert text.endswith("more in docs/reference/policies/cost-budgets.md")
    assert " more in " not in explained("rds-must-encrypt-storage")


def test_a_rule_on_every_type_says_so() -> None:
    each = explain("resource-types-must-be-reviewed")
    assert (each.resource_types, each.subject) == ((), "every resource type")
    assert "- On: every resource type\n" in generate()[DIRECTORY / "resource-types.md"]

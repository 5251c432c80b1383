"""Level floors: no policy configuration weakens a rule in preprod or prod."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from pulumi.runtime.proto import analyzer_pb2 as pb

from policy_packs import catalogue
from policy_packs.kernel.analyzer import Analyzer
from policy_packs.kernel.configuration import Configuration, ConfigurationError
from policy_packs.kernel.context import Context
from policy_packs.kernel.errors import RefusalError
from policy_packs.kernel.exemptions import Exemptions
from policy_packs.kernel.registry import Findings, Level, Levels, rule
from policy_packs.kernel.resource import Resource
from policy_packs.kernel.stack_config import StackConfig

KIND = "aws:kms/key:Key"


@rule("thing-must-block", on=KIND)
def strict(_key: Resource) -> Findings:
    """This rule blocks everywhere."""
    yield from ()


@rule("thing-must-block-elsewhere", on=KIND, level=Levels(dev=Level.DISABLED, staging=Level.DISABLED))
def production_like(_key: Resource) -> Findings:
    """This rule is off in the lower environments."""
    yield from ()


@rule("thing-must-warn", on=KIND, level=Level.ADVISORY)
def lax(_key: Resource) -> Findings:
    """This rule warns everywhere."""
    yield from ()


RULES = (strict, production_like, lax)


def mistakes(stack: str, levels: Mapping[str, Level]) -> list[str]:
    configuration = Configuration(RULES, Context(stack, dry_run=True))
    before = dict(configuration.levels)
    try:
        configuration.change(levels, {})
    except ConfigurationError as error:
        assert configuration.levels == before
        return str(error).splitlines()[1:]
    assert configuration.levels == {**before, **{name: level for name, level in levels.items() if name != "all"}}
    return []


@pytest.mark.parametrize(
    ("stack", "advisory", "disabled"),
    [
        ("dev", True, True),
        ("staging", True, False),
        ("preprod", False, False),
        ("prod", False, False),
        ("pr-1", False, False),
    ],
)
def test_a_mandatory_rule_has_a_floor_in_each_environment(stack: str, advisory: bool, disabled: bool) -> None:  # noqa: FBT001  # a table's columns
    assert (mistakes(stack, {strict.name: Level.ADVISORY}) == []) is advisory
    assert (mistakes(stack, {strict.name: Level.DISABLED}) == []) is disabled
    assert mistakes(stack, {strict.name: Level.MANDATORY}) == []


def test_a_rule_that_declares_a_lower_level_keeps_it() -> None:
    assert mistakes("prod", {lax.name: Level.ADVISORY}) == []
    assert mistakes("prod", {lax.name: Level.MANDATORY}) == []
    assert mistakes("staging", {production_like.name: Level.DISABLED}) == []
    assert mistakes("prod", {lax.name: Level.DISABLED}) == [
        "  thing-must-warn: disabled is too low in stack prod; the lowest allowed level is advisory"
    ]
    assert mistakes("prod", {production_like.name: Level.DISABLED}) == [
        "  thing-must-block-elsewhere: disabled is too low in stack prod; the lowest allowed level is mandatory"
    ]


@pytest.mark.parametrize(
    ("stack", "value", "lowest"),
    [
        ("prod", "prod", Level.ADVISORY),
        ("prod", "preprod", Level.MANDATORY),
        ("prod", "", Level.MANDATORY),
        ("", "", Level.MANDATORY),
    ],
)
def test_a_floor_is_lifted_only_by_a_configuration_that_names_the_stack(stack: str, value: str, lowest: Level) -> None:
    lifted = replace(strict, levels=replace(strict.levels, lifted_by="test:lift"))
    run = Context(stack, dry_run=True, stack_config=StackConfig({"test:lift": value}))
    assert Configuration((lifted, strict), run).floor(lifted) is lowest
    assert Configuration((lifted, strict), run).floor(strict) is Level.MANDATORY


def test_each_rule_that_is_too_low_is_one_line() -> None:
    assert mistakes("preprod", {lax.name: Level.DISABLED, strict.name: Level.ADVISORY}) == [
        "  thing-must-block: advisory is too low in stack preprod; the lowest allowed level is mandatory",
        "  thing-must-warn: disabled is too low in stack preprod; the lowest allowed level is advisory",
    ]


def test_a_level_for_all_rules_is_one_line_and_hides_no_other() -> None:
    levels = {"all": Level.DISABLED, **{each.name: Level.DISABLED for each in RULES}}
    everything = "  all: disabled is too low for 3 rules in stack prod; set the levels of single rules"
    assert mistakes("prod", levels) == [everything]
    assert mistakes("prod", {**levels, strict.name: Level.ADVISORY}) == [
        everything.replace("3 rules", "2 rules"),
        "  thing-must-block: advisory is too low in stack prod; the lowest allowed level is mandatory",
    ]
    assert mistakes("dev", levels) == []


def test_the_engine_is_refused_before_anything_is_judged() -> None:
    analyzer = Analyzer(catalogue.SUITE, catalogue.PACKS, lambda: None, lambda _: Exemptions())
    analyzer.ConfigureStack(pb.AnalyzerStackConfigureRequest(stack="prod", dry_run=True))
    config = {"kms-must-rotate-keys": pb.PolicyConfig(enforcementLevel=pb.ADVISORY)}
    with pytest.raises(RefusalError) as caught:
        analyzer.Configure(pb.ConfigureAnalyzerRequest(policyConfig=config))
    assert str(caught.value).splitlines() == [
        "policy configuration: 1 mistake; nothing was judged",
        "  kms-must-rotate-keys: advisory is too low in stack prod; the lowest allowed level is mandatory",
    ]


def test_no_configuration_lowers_any_rule_of_the_packs_in_prod() -> None:
    configuration = Configuration(tuple(catalogue.policies().values()), Context("prod", dry_run=False))
    for policy in catalogue.policies().values():
        for level in (Level.ADVISORY, Level.DISABLED):
            with pytest.raises(ConfigurationError):
                configuration.change({policy.name: level}, {})
    assert set(configuration.levels.values()) == {Level.MANDATORY}

"""Setting floors: no policy configuration weakens a setting in preprod or prod."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pulumi.runtime.proto import analyzer_pb2 as pb

from policy_packs import catalogue
from policy_packs.kernel.analyzer import Analyzer
from policy_packs.kernel.configuration import Configuration, ConfigurationError
from policy_packs.kernel.context import AMOUNT, Context, Setting, Tightening, by_environment, per_environment
from policy_packs.kernel.errors import RefusalError
from policy_packs.kernel.exemptions import Exemptions
from policy_packs.kernel.registry import Findings, rule
from policy_packs.kernel.resource import Resource

ANYTHING: Mapping[str, Any] = {}
PRODUCTION_LIKE = ("preprod", "prod", "pr-1", "")


@rule(
    "thing-must-be-small",
    on="aws:kms/key:Key",
    settings={
        "most": per_environment("Most", dev=1, staging=2, preprod=3, prod=3),
        "least": per_environment("Least", dev=1, staging=2, preprod=3, prod=3, tightening=Tightening.HIGHER),
        "names": Setting(ANYTHING, ["a", "b"], Tightening.FEWER),
        "reasons": Setting(ANYTHING, {"a": "reviewed"}, Tightening.FEWER),
        "shares": by_environment("Shares", AMOUNT, {"prod": {"web": 10}}, Tightening.LOWER),
        "namespace": Setting(ANYTHING, ""),
    },
)
def small(_key: Resource) -> Findings:
    """This rule has a setting of every kind."""
    yield from ()


def mistakes(stack: str, **settings: Any) -> list[str]:
    configuration = Configuration([small], Context(stack, dry_run=True))
    try:
        configuration.change({}, {small.name: settings})
    except ConfigurationError as error:
        assert configuration.contexts[small.name].settings == {k: v.default for k, v in small.settings.items()}
        return str(error).splitlines()[1:]
    return []


WEAKER = [
    {"most": {"prod": 4, "preprod": 4, "dev": 4}},
    {"least": {"prod": 2, "preprod": 2, "staging": 1}},
    {"names": ["a", "c"]},
    {"reasons": {"b": "not reviewed"}},
    {"reasons": {"a": "another reason"}},
    {"shares": {"prod": {"web": 11}, "preprod": {"web": 1}}},
    {"shares": {"prod": {"mail": 1}, "preprod": {"mail": 1}}},
    {"namespace": "other"},
]
STRICTER = [
    {"most": {"prod": 3, "preprod": 0}},
    {"least": {"prod": 4, "preprod": 3, "dev": 400}},
    {"names": ["b"]},
    {"names": []},
    {"reasons": {}},
    {"reasons": {"a": "reviewed"}},
    {"shares": {"prod": {"web": 9.5}}},
    {"shares": {"prod": {}}},
    {"namespace": ""},
]


@pytest.mark.parametrize("settings", WEAKER, ids=str)
def test_a_weaker_setting_is_refused_where_no_level_may_be_lowered(settings: dict[str, Any]) -> None:
    for stack in PRODUCTION_LIKE:
        assert len(mistakes(stack, **settings)) == 1, stack
    assert mistakes("dev", **settings) == mistakes("staging", **settings) == []


@pytest.mark.parametrize("settings", STRICTER, ids=str)
def test_a_stricter_setting_is_accepted_everywhere(settings: dict[str, Any]) -> None:
    for stack in ("dev", "staging", "preprod", "prod"):
        assert mistakes(stack, **settings) == [], stack


def test_prod_ignores_the_values_of_other_environments_and_an_unknown_stack_does_not() -> None:
    """Raising one of the four values may raise the limit of an unknown stack.

    Such a stack gets the lowest of the four values.
    """
    assert mistakes("prod", most={"dev": 99}) == []
    (mistake,) = mistakes("pr-1", most={"dev": 99})
    assert mistake == (
        "  thing-must-be-small.most: the value is weaker than the reviewed default. In stack pr-1, this setting may "
        "only be lowered. To weaken it, change the default in policy_packs."
    )


amounts = st.integers(0, 6) | st.floats(0, 6)


@settings(deadline=None)
@given(
    stack=st.sampled_from(["preprod", "prod", "pr-1"]),
    values=st.dictionaries(st.sampled_from(["dev", "prod"]), amounts),
)
def test_the_limit_that_applies_never_exceeds_its_default(stack: str, values: dict[str, float]) -> None:
    configuration = Configuration([small], Context(stack, dry_run=True))
    before = configuration.contexts[small.name]
    limit, floor = before.limit("most"), before.floor("least")
    for name in ("most", "least"):
        try:
            configuration.change({}, {small.name: {name: values}})
        except ConfigurationError:
            continue
        after = configuration.contexts[small.name]
        assert after.limit("most") <= limit
        assert after.floor("least") >= floor


def test_every_limit_of_the_packs_has_a_floor() -> None:
    """Double and halve each amount, and add an entry to each list and object."""
    loose = []
    for policy in catalogue.policies().values():
        for name, setting in policy.settings.items():
            run = Context("prod", dry_run=True)
            variants = [_scaled(setting.default, 2), _scaled(setting.default, 0.5), _extended(setting)]
            if not any(setting.weakened(variant, run) for variant in variants):
                loose.append(f"{policy.name}.{name}")
            assert not setting.weakened(setting.default, run)
    assert loose == []


def _scaled(value: Any, factor: float) -> Any:
    if isinstance(value, Mapping):
        return {key: _scaled(each, factor) for key, each in value.items()}
    return value * factor if isinstance(value, int | float) else value


def _extended(setting: Setting) -> Any:
    if setting.is_by_environment:
        return {**setting.default, "prod": {"more": 1}}
    if isinstance(setting.default, Mapping):
        return {**setting.default, "more": "a reason"}
    return [*setting.default, "more"] if isinstance(setting.default, list) else "more"


def test_the_engine_gets_the_refusal() -> None:
    analyzer = Analyzer(catalogue.SUITE, catalogue.PACKS, lambda: None, lambda _: Exemptions())
    analyzer.ConfigureStack(pb.AnalyzerStackConfigureRequest(stack="prod", project="campus-safety", dry_run=True))
    configuration = pb.ConfigureAnalyzerRequest()
    entry = configuration.policyConfig["resource-types-must-be-reviewed"]
    entry.properties.update({"reviewedTypes": {"aws:lightsail/keyPair:KeyPair": "a test"}})
    with pytest.raises(RefusalError, match=r"resource-types-must-be-reviewed\.reviewedTypes: the value is weaker"):
        analyzer.Configure(configuration)
    analyzer.ConfigureStack(pb.AnalyzerStackConfigureRequest(stack="dev", project="campus-safety", dry_run=True))
    analyzer.Configure(configuration)

"""The cost pack's data files.

Each mistake in them is reported in one line. Their content agrees with the SDK and the settings.
"""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pulumi.runtime.proto import analyzer_pb2 as pb

from operations.cost import estimating, price_file
from policy_packs import catalogue
from policy_packs.cost.offers import OFFERS
from policy_packs.cost.table import (
    BASELINE,
    BASELINE_FILE,
    GLOBAL,
    MISTAKES,
    PRICES_FILE,
    REGIONAL,
    TABLE,
    TYPES,
    Baseline,
    Key,
    read_baseline,
    read_prices,
    read_types,
)
from policy_packs.kernel.analyzer import Analyzer
from policy_packs.kernel.errors import RefusalError
from policy_packs.kernel.exemptions import Exemptions
from policy_packs.kernel.registry import Pack
from tests.policy_packs.test_sdk import package


def prices(**changes: str) -> str:
    """Return the text of a small price table, with some lines replaced."""
    regional = "".join(f'      {name}: {{usd: "1", verified: false}}\n' for name in sorted(REGIONAL))
    worldwide = "".join(f'      {name}: {{usd: "1", verified: false}}\n' for name in sorted(GLOBAL))
    text = (
        "asOf: 2026-11-24\ncurrency: USD\nregions:\n  us-east-1:\n    instances:\n"
        f'      m6i.large: {{usd: "0.096", verified: false}}\n    services:\n{regional}'
        f"  worldwide:\n    services:\n{worldwide}"
    )
    for key, line in changes.items():
        name = key.replace("_", "-").replace("-large", ".large")
        assert re.search(rf"(?m)^ *{name}: .*\n", text), name
        text = re.sub(rf"(?m)^( *){name}: .*\n", rf"\g<1>{line}\n" if line else "", text)
    return text


def test_the_files_of_this_repository_have_no_mistake() -> None:
    assert MISTAKES == ()
    assert TABLE.regions == {"us-east-1", "us-west-2"}
    assert set(BASELINE) == {"dev", "staging", "preprod", "prod"}


def test_a_sound_table_has_no_mistake(tmp_path: Path) -> None:
    (tmp_path / "prices.yaml").write_text(prices())
    table, mistakes = read_prices(tmp_path / "prices.yaml")
    assert mistakes == ()
    assert table.prices[Key("us-east-1", "instances", "m6i.large")].usd == Decimal("0.096")


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"asOf": "asOf: soon"}, "asOf: must be a date such as 2026-11-24, without quotes, not 'soon'"),
        ({"currency": "currency: EUR"}, "currency: must be 'USD', not 'EUR'"),
        ({"currency": "currency: USD\nnotes: {}"}, "notes: unknown key; known keys are asOf, currency, regions"),
        (
            {"m6i_large": "m6i.large: {usd: 0.096, verified: false}"},
            'regions.us-east-1.instances.m6i.large.usd: must be in quotes, such as "0.096": YAML reads a bare number',
        ),
        (
            {"m6i_large": 'm6i.large: {usd: "-1", verified: false}'},
            "regions.us-east-1.instances.m6i.large.usd: '-1' is too small; it must be greater than 0",
        ),
        (
            {"m6i_large": 'm6i.large: {usd: "cheap", verified: false}'},
            "regions.us-east-1.instances.m6i.large.usd: 'cheap' is not a number",
        ),
        (
            {"m6i_large": 'm6i.large: {usd: "Infinity", verified: false}'},
            "regions.us-east-1.instances.m6i.large.usd: 'Infinity' is not a number",
        ),
        (
            {"m6i_large": 'm6i.large: {usd: "1", verified: maybe}'},
            "regions.us-east-1.instances.m6i.large.verified: must be true or false, not 'maybe'",
        ),
        (
            {"m6i_large": 'm6i.large: {usd: "1", verified: true, day: never}'},
            "regions.us-east-1.instances.m6i.large.day: must be a date such as 2026-11-24, without quotes, not 'never'",
        ),
        (
            {"m6i_large": 'm6i.large: {usd: "1", verified: true}'},
            "regions.us-east-1.instances.m6i.large.day: is missing; a verified price needs the day of its verification",
        ),
        (
            {"m6i_large": 'm6i.large: {usd: "1", verified: false, day: 2026-11-24}'},
            "regions.us-east-1.instances.m6i.large.day: must be left out if verified is false",
        ),
        (
            {"m6i_large": 'm6i.large: {usd: "1"}'},
            "regions.us-east-1.instances.m6i.large.verified: is missing",
        ),
        ({"m6i_large": "m6i.large: 1"}, "regions.us-east-1.instances.m6i.large: must be a mapping, not 1"),
        (
            {"m6i_large": 'db.m6i.large: {usd: "1", verified: false}'},
            "regions.us-east-1.instances.db.m6i.large: isn't a valid name in this section; an example is m6i.large",
        ),
        ({"kms_key_month": ""}, "regions.us-east-1.services.kms-key-month: is missing"),
        ({"route53_zone_month": ""}, "regions.worldwide.services.route53-zone-month: is missing"),
        (
            {"kms_key_month": 'kms-key-month: {usd: "1", verified: false}\n      tea-hour: {}'},
            "regions.us-east-1.services.tea-hour: unknown key; ",
        ),
        (
            {"m6i_large": 'm6i.large: {usd: "1", verified: false}\n    machines: {}'},
            "regions.us-east-1.machines: unknown key; did you mean caches?",
        ),
    ],
)
def test_each_mistake_in_the_price_table_is_one_line(changes: dict[str, str], line: str, tmp_path: Path) -> None:
    (tmp_path / "prices.yaml").write_text(prices(**changes))
    _, mistakes = read_prices(tmp_path / "prices.yaml")
    assert any(mistake.startswith(f"  prices.yaml: {line}") for mistake in mistakes), mistakes
    assert all("\n" not in mistake for mistake in mistakes)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "  prices.yaml: must be a mapping, not nothing"),
        ("[1]", "  prices.yaml: must be a mapping, not a list"),
        ("a: b: c", "  prices.yaml: isn't valid YAML: mapping values are not allowed"),
        ("asOf: 2026-11-24\nasOf: 2026-11-25\n", "  prices.yaml: isn't valid YAML: duplicate key asOf"),
        (None, "  prices.yaml: can't be read: No such file or directory"),
    ],
)
def test_a_file_that_is_no_table_is_told_so(text: str | None, line: str, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / "prices.yaml").write_text(text)
    table, mistakes = read_prices(tmp_path / "prices.yaml")
    assert mistakes[0].startswith(line)
    assert not table.prices


def test_all_mistakes_in_a_file_are_told_at_once(tmp_path: Path) -> None:
    wrong = prices(
        asOf="asOf: soon",
        m6i_large='m6i.large: {usd: 1, verified: true}\n      db.m6i.large: {usd: "1"}',
        kms_key_month="kms-kye-month: {}",
        route53_zone_month="",
    )
    (tmp_path / "prices.yaml").write_text(wrong)
    table, mistakes = read_prices(tmp_path / "prices.yaml")
    assert not table.prices, "half a table is none"
    assert [mistake.split(": ")[1] for mistake in mistakes] == [
        "asOf",
        "regions.worldwide.services.route53-zone-month",
        "regions.us-east-1.instances.m6i.large.usd",
        "regions.us-east-1.instances.m6i.large.day",
        "regions.us-east-1.instances.db.m6i.large",
        "regions.us-east-1.instances.db.m6i.large.verified",
        "regions.us-east-1.services.kms-key-month",
        "regions.us-east-1.services.kms-kye-month",
    ]


def test_a_region_without_a_worldwide_part_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "prices.yaml").write_text(prices().partition("  worldwide:")[0])
    assert "  prices.yaml: regions.worldwide: is missing" in read_prices(tmp_path / "prices.yaml")[1]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("{free: x, usage: {}}", "free: must be a list, not 'x'; write [] for an empty list"),
        ("{free: [a, a], usage: {}}", "free: lists a more than once; list each type once"),
        (
            "{free: [a], usage: {a: events}}",
            "usage: lists types that are also under `free`: a; remove them from one of the two",
        ),
        ("{free: [a], usage: {b: ' '}}", "usage.b: must not be empty"),
        ("{free: [a]}", "usage: is missing"),
    ],
)
def test_each_mistake_in_the_types_is_one_line(text: str, line: str, tmp_path: Path) -> None:
    (tmp_path / "types.yaml").write_text(text)
    assert f"  types.yaml: {line}" in read_types(tmp_path / "types.yaml")[1]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "test: {day: 2026-11-24, source: s, types: {}}",
            "test: must be 'dev', 'staging', 'preprod' or 'prod', not 'test'",
        ),
        (
            "dev: {day: today, source: s, types: {}}",
            "dev.day: must be a date such as 2026-11-24, without quotes, not 'today'",
        ),
        ("dev: {day: 2026-11-24, types: {}}", "dev.source: is missing"),
        (
            "dev: {day: 2026-11-24, source: s, types: {a: 3}}",
            'dev.types.a: must be in quotes, such as "0.096": YAML reads a bare number as a float, which is inexact',
        ),
    ],
)
def test_each_mistake_in_the_baseline_is_one_line(text: str, line: str, tmp_path: Path) -> None:
    (tmp_path / "baseline.yaml").write_text(text)
    assert f"  baseline.yaml: {line}" in read_baseline(tmp_path / "baseline.yaml")[1]


def test_a_pack_whose_data_has_mistakes_judges_nothing() -> None:
    pack = Pack("cost", "1", "cost", (), mistakes=("  prices.yaml: is empty", "  types.yaml: is empty"))
    analyzer = Analyzer(catalogue.SUITE, [pack], lambda: None, lambda _: Exemptions())
    with pytest.raises(RefusalError) as caught:
        analyzer.ConfigureStack(pb.AnalyzerStackConfigureRequest(stack="dev", dry_run=True))
    assert str(caught.value).splitlines() == [
        "the packs' data: 2 mistakes; nothing was judged",
        "  prices.yaml: is empty",
        "  types.yaml: is empty",
    ]


def test_prices_and_baseline_stand_as_their_verbs_would_write_them() -> None:
    assert PRICES_FILE.read_text(encoding="utf-8") == price_file.render(TABLE)
    assert BASELINE_FILE.read_text(encoding="utf-8") == estimating.render(BASELINE)


def test_a_written_baseline_is_read_as_it_was(tmp_path: Path) -> None:
    written = {"dev": Baseline(day=date(2026, 11, 24), source="a preview", types={"aws:kms/key:Key": Decimal("11.00")})}
    estimating.write(written, tmp_path / "baseline.yaml")
    assert read_baseline(tmp_path / "baseline.yaml") == (written, ())


def test_every_type_with_a_price_or_a_reason_exists_in_the_sdk() -> None:
    sources = [file.read_text(encoding="utf-8") for file in package("pulumi_aws").rglob("*.py")]
    tokens = {token for text in sources for token in re.findall(r'type_token\("([^"]+)"\)', text)}
    assert {*OFFERS, *TYPES.free, *TYPES.usage} <= tokens


def test_no_type_is_both_priced_and_listed_without_a_price() -> None:
    assert not set(OFFERS) & {*TYPES.free, *TYPES.usage}

"""The data of the cost pack, read once when it starts and checked then: prices, types without one, and the baseline.

Checked by hand: pydantic would cost the start of the packs more than the reading does.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import yaml

T = TypeVar("T")

Mistakes = list[str]

HERE = Path(__file__).parent
PRICES_FILE = HERE / "prices.yaml"
TYPES_FILE = HERE / "types.yaml"
BASELINE_FILE = HERE / "baseline.yaml"

WORLDWIDE = "worldwide"
"""The region of what AWS sells at one price everywhere."""
ENVIRONMENTS = ("dev", "staging", "preprod", "prod")

SECTIONS: Mapping[str, re.Pattern[str]] = {
    "instances": re.compile(r"(?!db\.|cache\.)[a-z0-9-]+\.[a-z0-9-]+"),
    "databases": re.compile(r"db\.[a-z0-9-]+\.[a-z0-9-]+"),
    "caches": re.compile(r"cache\.[a-z0-9-]+\.[a-z0-9-]+"),
    "services": re.compile(r"[a-z0-9-]+-(hour|month)"),
}
"""Sections of a region. Dollars an hour of a type, class or node; of a service by what its name ends with."""

REGIONAL = frozenset(
    {
        "application-load-balancer-hour",
        "cloudwatch-alarm-month",
        "ebs-gp2-gib-month",
        "ebs-gp3-gib-month",
        "eks-cluster-extended-hour",
        "eks-cluster-hour",
        "gateway-load-balancer-hour",
        "kms-key-month",
        "nat-gateway-hour",
        "network-load-balancer-hour",
        "public-ipv4-hour",
        "rds-gp2-gib-month",
        "rds-gp3-gib-month",
        "secret-month",
        "vpc-endpoint-zone-hour",
        "waf-acl-month",
        "waf-rule-month",
    }
)
GLOBAL = frozenset(
    {
        "cloudwatch-dashboard-month",
        "route53-health-check-feature-month",
        "route53-health-check-month",
        "route53-other-health-check-feature-month",
        "route53-other-health-check-month",
        "route53-zone-month",
    }
)
"""Services that the pack multiplies with: each region, or the worldwide part, has to have all of them."""


class Key(NamedTuple):
    """Where a price stands in the table."""

    region: str
    section: str
    name: str

    def __str__(self) -> str:
        return ".".join(self)


@dataclass(frozen=True)
class Price:
    """US dollars by the unit of its section. Verified on a day by the Pricing API, or from memory."""

    usd: Decimal
    verified: date | None = None


@dataclass(frozen=True)
class Table:
    """All prices, and the day as of which those hold that nothing has verified."""

    as_of: date = date.min
    prices: Mapping[Key, Price] = field(default_factory=dict)

    @property
    def regions(self) -> frozenset[str]:
        """The regions that there are prices of."""
        return frozenset(key.region for key in self.prices) - {WORLDWIDE}


@dataclass(frozen=True)
class Types:
    """AWS types that have no price of their own, and for those that are billed by use, what is billed."""

    free: frozenset[str] = frozenset()
    usage: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Baseline:
    """What an environment was expected to cost a month, by type, on a day, and where that was read from."""

    day: date
    source: str
    types: Mapping[str, Decimal]

    @property
    def expected(self) -> Decimal:
        """The sum, in US dollars a month."""
        return sum(self.types.values(), Decimal(0))


def read_prices(file: Path = PRICES_FILE) -> tuple[Table, tuple[str, ...]]:
    """The price table, as far as it is sound, and every mistake in it."""
    return _checked(file, _prices, Table())


def read_types(file: Path = TYPES_FILE) -> tuple[Types, tuple[str, ...]]:
    """The types without a price, and every mistake in the list."""
    return _checked(file, _types, Types())


def read_baseline(file: Path = BASELINE_FILE) -> tuple[Mapping[str, Baseline], tuple[str, ...]]:
    """What each environment was expected to cost, and every mistake in the file."""
    return _checked(file, _baseline, {})


class _Unique(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # chosen when it runs
    """Refuses a key that stands twice, of which YAML would silently take the last."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002  # yaml's own
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if doubles := sorted({str(key) for key in keys if keys.count(key) > 1}):
            raise yaml.constructor.ConstructorError(None, None, f"{', '.join(doubles)} stands twice", node.start_mark)
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        return found


def _checked(file: Path, parse: Callable[[Mapping[str, Any], Mistakes], T], nothing: T) -> tuple[T, tuple[str, ...]]:
    mistakes: Mistakes = []
    try:
        document = yaml.load(file.read_text(encoding="utf-8"), Loader=_Unique)  # noqa: S506  # a safe one
        found = parse(_mapping(document, "the file", mistakes), mistakes) if document is not None else nothing
        if document is None:
            mistakes.append("is empty")
    except OSError as error:
        mistakes.append(f"{error.strerror}")
        found = nothing
    except yaml.YAMLError as error:
        mistakes.append(" ".join(str(error).split()))
        found = nothing
    return found, tuple(f"  {file.name}: {mistake}" for mistake in mistakes)


def _prices(document: Mapping[str, Any], mistakes: Mistakes) -> Table:
    _keys(document, {"asOf", "currency", "regions"}, "", mistakes)
    as_of = document.get("asOf")
    if not isinstance(as_of, date):
        mistakes.append(f"asOf: {as_of!r} is not a day such as 2026-11-24")
    if document.get("currency") != "USD":
        mistakes.append(f"currency: {document.get('currency')!r} is not USD, in which all caps are")
    prices: dict[Key, Price] = {}
    for region, sections in _mapping(document.get("regions"), "regions", mistakes).items():
        found = dict(_region(str(region), _mapping(sections, f"regions.{region}", mistakes), mistakes))
        wanted = GLOBAL if region == WORLDWIDE else REGIONAL
        missing = sorted(wanted - {key.name for key in found if key.section == "services"})
        mistakes += [f"regions.{region}.services.{name}: is missing" for name in missing]
        prices |= found
    if WORLDWIDE not in {key.region for key in prices}:
        mistakes.append(f"regions.{WORLDWIDE}: is missing")
    return Table(as_of if isinstance(as_of, date) else date.min, prices)


def _region(region: str, sections: Mapping[str, Any], mistakes: Mistakes) -> Iterator[tuple[Key, Price]]:
    known = GLOBAL if region == WORLDWIDE else REGIONAL
    for section, entries in sections.items():
        where = f"regions.{region}.{section}"
        if section not in SECTIONS or (region == WORLDWIDE and section != "services"):
            mistakes.append(f"{where}: there is no such section; there is {', '.join(SECTIONS)}")
            continue
        for name, entry in _mapping(entries, where, mistakes).items():
            key = Key(region, section, str(name))
            if not SECTIONS[section].fullmatch(key.name):
                mistakes.append(f"{where}: {key.name} is not a name of {section}")
            elif section == "services" and key.name not in known:
                mistakes.append(f"{where}.{key.name}: nothing is priced by it; there is {', '.join(sorted(known))}")
            elif price := _price(entry, f"{where}.{key.name}", mistakes):
                yield key, price


def _price(entry: Any, where: str, mistakes: Mistakes) -> Price | None:
    """An entry such as {usd: "0.096", verified: false} or {usd: "0.096", verified: true, day: 2026-12-01}."""
    before = len(mistakes)
    entry = _mapping(entry, where, mistakes)
    verified = entry.get("verified")
    _keys(entry, {"usd", "verified", "day"} if verified is True else {"usd", "verified"}, where, mistakes)
    usd = _dollars(entry.get("usd"), f"{where}.usd", mistakes)
    if not isinstance(verified, bool):
        mistakes.append(f"{where}.verified: {verified!r} is neither true nor false")
    if verified is True and not isinstance(entry.get("day"), date):
        mistakes.append(f"{where}.day: {entry.get('day')!r} is not the day of the verification")
    return Price(usd, entry.get("day")) if usd is not None and len(mistakes) == before else None


def _types(document: Mapping[str, Any], mistakes: Mistakes) -> Types:
    _keys(document, {"free", "usage"}, "", mistakes)
    free = document.get("free")
    if not isinstance(free, list) or not all(isinstance(kind, str) for kind in free):
        mistakes.append("free: is not a list of types")
        free = []
    usage = _mapping(document.get("usage"), "usage", mistakes)
    mistakes += [
        f"usage.{kind}: no reason" for kind, why in usage.items() if not isinstance(why, str) or not why.strip()
    ]
    mistakes += [f"{kind}: stands twice" for kind in sorted({kind for kind in free if free.count(kind) > 1})]
    mistakes += [f"{kind}: is both free and billed by use" for kind in sorted(set(free) & set(usage))]
    return Types(frozenset(free), usage)


def _baseline(document: Mapping[str, Any], mistakes: Mistakes) -> Mapping[str, Baseline]:
    found: dict[str, Baseline] = {}
    mistakes += [f"{name}: is none of {', '.join(ENVIRONMENTS)}" for name in document if name not in ENVIRONMENTS]
    for environment, entry in document.items():
        entry = _mapping(entry, str(environment), mistakes)  # noqa: PLW2901  # the same, known to be a mapping
        _keys(entry, {"day", "source", "types"}, str(environment), mistakes)
        if not isinstance(entry.get("day"), date):
            mistakes.append(f"{environment}.day: {entry.get('day')!r} is not a day such as 2026-11-24")
            continue
        types = _mapping(entry.get("types"), f"{environment}.types", mistakes)
        dollars = {kind: _dollars(usd, f"{environment}.types.{kind}", mistakes) for kind, usd in types.items()}
        known = {kind: usd for kind, usd in dollars.items() if usd is not None}
        found[str(environment)] = Baseline(entry["day"], str(entry.get("source")), known)
    return found


def _dollars(value: Any, where: str, mistakes: Mistakes) -> Decimal | None:
    """An amount above zero. It stands as text: a YAML number would be a binary fraction."""
    try:
        usd = Decimal(value) if isinstance(value, str) else Decimal("NaN")
    except InvalidOperation:
        usd = Decimal("NaN")
    if not usd.is_finite() or usd <= 0:
        mistakes.append(f'{where}: {value!r} is not a price above zero in quotes, such as "0.096"')
        return None
    return usd


def _mapping(value: Any, where: str, mistakes: Mistakes) -> Mapping[str, Any]:
    if isinstance(value, dict):
        return value
    mistakes.append(f"{where}: {'is missing' if value is None else 'is not a mapping'}")
    return {}


def _keys(found: Mapping[str, Any], known: set[str], where: str, mistakes: Mistakes) -> None:
    place = f"{where}." if where else ""
    mistakes += [f"{place}{key}: unknown key" for key in found if key not in known]
    mistakes += [f"{place}{key}: is missing" for key in sorted(known - set(found))]


TABLE, _OF_PRICES = read_prices()
TYPES, _OF_TYPES = read_types()
BASELINE, _OF_BASELINE = read_baseline()
MISTAKES = (*_OF_PRICES, *_OF_TYPES, *_OF_BASELINE)
"""What is wrong in the three files; the kernel refuses to judge while there is anything."""

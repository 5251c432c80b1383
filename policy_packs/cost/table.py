"""The data of the cost pack, read once when it starts and checked then: prices, types without one, and the baseline."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator

from policy_packs.kernel.context import Environment
from policy_packs.kernel.data import Data, DataError, Text, checked, document

T = TypeVar("T")

Mistakes = tuple[str, ...]

HERE = Path(__file__).parent
PRICES_FILE = HERE / "prices.yaml"
TYPES_FILE = HERE / "types.yaml"
BASELINE_FILE = HERE / "baseline.yaml"

WORLDWIDE = "worldwide"
"""The region of what AWS sells at one price everywhere."""


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


def _quoted(value: Any) -> Any:
    if not isinstance(value, str | Decimal):
        raise ValueError('must be in quotes, such as "0.096": a YAML number is a binary fraction')  # noqa: TRY004  # pydantic takes no TypeError
    return value


def _named(pattern: str, like: str) -> AfterValidator:
    """Holds the names of a section to a pattern. `like` is an example of one."""

    def check(name: str) -> str:
        if not re.fullmatch(pattern, name):
            raise ValueError(f"is not a name of this section; one is {like}")
        return name

    return AfterValidator(check)


def _dashed(name: str) -> str:
    """The name of a field as it stands in the file."""
    return name.replace("_", "-")


Dollars = Annotated[Decimal, BeforeValidator(_quoted), Field(strict=False, gt=0, allow_inf_nan=False)]
Instance = Annotated[str, _named(r"(?!db\.|cache\.)[a-z0-9-]+\.[a-z0-9-]+", "m6i.large")]
Database = Annotated[str, _named(r"db\.[a-z0-9-]+\.[a-z0-9-]+", "db.m6i.large")]
Cache = Annotated[str, _named(r"cache\.[a-z0-9-]+\.[a-z0-9-]+", "cache.m6g.large")]


class Entry(Data):
    """A price as it stands in the file: {usd: "0.096", verified: false}, or true, with the day of the verification."""

    usd: Dollars
    verified: bool
    day: date | None = Field(default=None, validate_default=True)

    @field_validator("day")
    @classmethod
    def _of_the_verification(cls, day: date | None, info: ValidationInfo) -> date | None:
        verified = info.data.get("verified")
        if verified is True and day is None:
            raise ValueError("is missing; verified: true needs the day")
        if verified is False and day is not None:
            raise ValueError("must not stand where verified is false")
        return day


class Services(Data, alias_generator=_dashed):
    """Services that the pack multiplies with: each has to have a price. Dollars by what the name ends with."""


class Regional(Services):
    """Those of a region."""

    application_load_balancer_hour: Entry
    cloudwatch_alarm_month: Entry
    ebs_gp2_gib_month: Entry
    ebs_gp3_gib_month: Entry
    eks_cluster_extended_hour: Entry
    eks_cluster_hour: Entry
    gateway_load_balancer_hour: Entry
    kms_key_month: Entry
    nat_gateway_hour: Entry
    network_load_balancer_hour: Entry
    public_ipv4_hour: Entry
    rds_gp2_gib_month: Entry
    rds_gp3_gib_month: Entry
    secret_month: Entry
    vpc_endpoint_zone_hour: Entry
    waf_acl_month: Entry
    waf_rule_month: Entry


class Global(Services):
    """Those that AWS sells at one price everywhere."""

    cloudwatch_dashboard_month: Entry
    route53_health_check_feature_month: Entry
    route53_health_check_month: Entry
    route53_other_health_check_feature_month: Entry
    route53_other_health_check_month: Entry
    route53_zone_month: Entry


class Region(Data):
    """Sections of a region; dollars an hour of an instance type, a database's class or a cache's node type."""

    instances: dict[Instance, Entry] = Field(default_factory=dict)
    databases: dict[Database, Entry] = Field(default_factory=dict)
    caches: dict[Cache, Entry] = Field(default_factory=dict)
    services: Regional


class Worldwide(Data):
    """The one section of what has no region."""

    services: Global


class Regions(Data, extra="allow"):
    """Any region by its name."""

    worldwide: Worldwide
    __pydantic_extra__: dict[str, Region]


class PriceList(Data):
    """prices.yaml. Caps are in US dollars, and so are prices."""

    as_of: date = Field(alias="asOf")
    currency: Literal["USD"]
    regions: Regions

    def table(self) -> Table:
        """The prices by their keys."""
        prices = {
            Key(region, section, _dashed(name)): Price(entry.usd, entry.day)
            for region, sections in self.regions
            for section, entries in sections
            for name, entry in dict(entries).items()
        }
        return Table(self.as_of, prices)


class Types(Data):
    """types.yaml: AWS types that have no price of their own, and for those billed by use, what is billed."""

    free: Annotated[frozenset[str], Field(strict=False)]
    usage: dict[str, Text]

    @field_validator("free", mode="before")
    @classmethod
    def _once(cls, free: Any) -> Any:
        if isinstance(free, list) and (doubles := sorted({str(kind) for kind in free if free.count(kind) > 1})):
            raise ValueError(f"{', '.join(doubles)} stands twice; remove one")
        return free

    @field_validator("usage")
    @classmethod
    def _not_free(cls, usage: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        if both := sorted(info.data.get("free", frozenset()) & usage.keys()):
            raise ValueError(f"{', '.join(both)} is both free and billed by use; remove one")
        return usage


class Baseline(Data):
    """What an environment was expected to cost a month, by type, on a day, and where that was read from."""

    day: date
    source: Text
    types: dict[str, Dollars]

    @property
    def expected(self) -> Decimal:
        """The sum, in US dollars a month."""
        return sum(self.types.values(), Decimal(0))


SECTIONS = tuple(Region.model_fields)
REGIONAL = frozenset(map(_dashed, Regional.model_fields))
GLOBAL = frozenset(map(_dashed, Global.model_fields))


def read_prices(file: Path = PRICES_FILE) -> tuple[Table, Mistakes]:
    """The price table, or an empty one and every mistake in the file."""
    found, mistakes = _read(file, PriceList)
    return found.table() if found else Table(), mistakes


def read_types(file: Path = TYPES_FILE) -> tuple[Types, Mistakes]:
    """The types without a price, or none and every mistake in the list."""
    found, mistakes = _read(file, Types)
    return found or Types(free=frozenset(), usage={}), mistakes


def read_baseline(file: Path = BASELINE_FILE) -> tuple[Mapping[str, Baseline], Mistakes]:
    """What each environment was expected to cost, or nothing and every mistake in the file."""
    found, mistakes = _read(file, dict[Environment, Baseline])
    return {str(environment): each for environment, each in (found or {}).items()}, mistakes


def _read(file: Path, kind: type[T]) -> tuple[T | None, Mistakes]:
    try:
        return checked(kind, document(file)), ()
    except DataError as error:
        return None, tuple(f"  {file.name}: {mistake}" for mistake in error.mistakes)


TABLE, _OF_PRICES = read_prices()
TYPES, _OF_TYPES = read_types()
BASELINE, _OF_BASELINE = read_baseline()
MISTAKES = (*_OF_PRICES, *_OF_TYPES, *_OF_BASELINE)
"""What is wrong in the three files; the kernel refuses to judge while there is anything."""

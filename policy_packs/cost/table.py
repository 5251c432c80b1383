"""Data files of the cost pack: prices, types without a price, and baselines.

The files are read and checked once, when the module is imported.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator

from policy_packs.kernel.context import Environment
from policy_packs.kernel.data import Data, Text, read

Mistakes = tuple[str, ...]

HERE = Path(__file__).parent
PRICES_FILE = HERE / "prices.yaml"
TYPES_FILE = HERE / "types.yaml"
BASELINE_FILE = HERE / "baseline.yaml"

WORLDWIDE = "worldwide"
"""Region key of services that have one price everywhere."""


class Key(NamedTuple):
    """Location of a price in the table."""

    region: str
    section: str
    name: str

    def __str__(self) -> str:
        return ".".join(self)


@dataclass(frozen=True)
class Price:
    """Price in US dollars per month if its name ends with `-month`, else per hour.

    `verified` is the day on which the Pricing API confirmed the price, or None if the price is from memory.
    """

    usd: Decimal
    verified: date | None = None


@dataclass(frozen=True)
class Table:
    """All prices, and the date of the prices that aren't verified."""

    as_of: date = date.min
    prices: Mapping[Key, Price] = field(default_factory=dict)

    @property
    def regions(self) -> frozenset[str]:
        """Regions with prices."""
        return frozenset(key.region for key in self.prices) - {WORLDWIDE}


def _quoted(value: Any) -> Any:
    if not isinstance(value, str | Decimal):
        raise ValueError('must be in quotes, such as "0.096": YAML reads a bare number as a float, which is inexact')  # noqa: TRY004  # pydantic takes no TypeError
    return value


def _named(pattern: str, like: str) -> AfterValidator:
    """Return a validator of a section's names. `like` is an example of a valid name."""

    def check(name: str) -> str:
        if not re.fullmatch(pattern, name):
            raise ValueError(f"isn't a valid name in this section; an example is {like}")
        return name

    return AfterValidator(check)


def _dashed(name: str) -> str:
    """Return a field's name in the file."""
    return name.replace("_", "-")


Dollars = Annotated[Decimal, BeforeValidator(_quoted), Field(strict=False, gt=0, allow_inf_nan=False)]
Instance = Annotated[str, _named(r"(?!db\.|cache\.)[a-z0-9-]+\.[a-z0-9-]+", "m6i.large")]
Database = Annotated[str, _named(r"db\.[a-z0-9-]+\.[a-z0-9-]+", "db.m6i.large")]
Cache = Annotated[str, _named(r"cache\.[a-z0-9-]+\.[a-z0-9-]+", "cache.m6g.large")]


class PriceEntry(Data):
    """One price in the file.

    It is `{usd: "0.096", verified: false}`, or has `verified: true` and the `day` of the verification.
    """

    usd: Dollars
    verified: bool
    day: date | None = Field(default=None, validate_default=True)

    @field_validator("day")
    @classmethod
    def _of_the_verification(cls, day: date | None, info: ValidationInfo) -> date | None:
        verified = info.data.get("verified")
        if verified is True and day is None:
            raise ValueError("is missing; a verified price needs the day of its verification")
        if verified is False and day is not None:
            raise ValueError("must be left out if verified is false")
        return day


class ServicePrices(Data, alias_generator=_dashed):
    """Prices of services, all of them required.

    Each name ends with the unit that the price is for.
    """


class RegionalPrices(ServicePrices):
    """Service prices of one region."""

    application_load_balancer_hour: PriceEntry
    cloudwatch_alarm_month: PriceEntry
    ebs_gp2_gib_month: PriceEntry
    ebs_gp3_gib_month: PriceEntry
    eks_cluster_extended_hour: PriceEntry
    eks_cluster_hour: PriceEntry
    gateway_load_balancer_hour: PriceEntry
    kms_key_month: PriceEntry
    nat_gateway_hour: PriceEntry
    network_load_balancer_hour: PriceEntry
    public_ipv4_hour: PriceEntry
    rds_gp2_gib_month: PriceEntry
    rds_gp3_gib_month: PriceEntry
    secret_month: PriceEntry
    vpc_endpoint_zone_hour: PriceEntry
    waf_acl_month: PriceEntry
    waf_rule_month: PriceEntry


class GlobalPrices(ServicePrices):
    """Service prices that are the same everywhere."""

    cloudwatch_dashboard_month: PriceEntry
    route53_health_check_feature_month: PriceEntry
    route53_health_check_month: PriceEntry
    route53_other_health_check_feature_month: PriceEntry
    route53_other_health_check_month: PriceEntry
    route53_zone_month: PriceEntry


class Region(Data):
    """Prices of one region.

    US dollars an hour by EC2 instance type, RDS instance class and ElastiCache node type.
    """

    instances: dict[Instance, PriceEntry] = Field(default_factory=dict)
    databases: dict[Database, PriceEntry] = Field(default_factory=dict)
    caches: dict[Cache, PriceEntry] = Field(default_factory=dict)
    services: RegionalPrices


class Worldwide(Data):
    """Prices that are the same in all regions."""

    services: GlobalPrices


class Regions(Data, extra="allow"):
    """Prices by region name."""

    worldwide: Worldwide
    __pydantic_extra__: dict[str, Region]


class PriceList(Data):
    """Content of prices.yaml, in US dollars, as all budgets are."""

    as_of: date = Field(alias="asOf")
    currency: Literal["USD"]
    regions: Regions

    def table(self) -> Table:
        """Return the prices by key."""
        prices = {
            Key(region, section, _dashed(name)): Price(entry.usd, entry.day)
            for region, sections in self.regions
            for section, entries in sections
            for name, entry in dict(entries).items()
        }
        return Table(self.as_of, prices)


class Types(Data):
    """Content of types.yaml: AWS types without their own price.

    `free` lists types that cost nothing. `usage` lists, by type, the use that AWS bills instead of the resource.
    """

    free: Annotated[frozenset[str], Field(strict=False)]
    usage: dict[str, Text]

    @field_validator("free", mode="before")
    @classmethod
    def _once(cls, free: Any) -> Any:
        if isinstance(free, list) and (duplicates := sorted({str(each) for each in free if free.count(each) > 1})):
            raise ValueError(f"lists {', '.join(duplicates)} more than once; list each type once")
        return free

    @field_validator("usage")
    @classmethod
    def _not_free(cls, usage: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        if both := sorted(info.data.get("free", frozenset()) & usage.keys()):
            raise ValueError(
                f"lists types that are also under `free`: {', '.join(both)}; remove them from one of the two"
            )
        return usage


class Baseline(Data):
    """Expected monthly cost of each resource type of an environment."""

    day: date
    source: Text
    types: dict[str, Dollars]

    @property
    def expected(self) -> Decimal:
        """Sum in US dollars a month."""
        return sum(self.types.values(), Decimal(0))


SECTIONS = tuple(Region.model_fields)
REGIONAL = frozenset(map(_dashed, RegionalPrices.model_fields))
GLOBAL = frozenset(map(_dashed, GlobalPrices.model_fields))


def read_prices(file: Path = PRICES_FILE) -> tuple[Table, Mistakes]:
    """Return the price table and the mistakes; with mistakes, the table is empty."""
    prices, mistakes = read(file, PriceList)
    return prices.table() if prices else Table(), mistakes


def read_types(file: Path = TYPES_FILE) -> tuple[Types, Mistakes]:
    """Return the types without a price and the mistakes; with mistakes, no types."""
    types, mistakes = read(file, Types)
    return types or Types(free=frozenset(), usage={}), mistakes


def read_baseline(file: Path = BASELINE_FILE) -> tuple[Mapping[str, Baseline], Mistakes]:
    """Return the baselines by environment and the mistakes; with mistakes, none."""
    baselines, mistakes = read(file, dict[Environment, Baseline])
    return {str(environment): each for environment, each in (baselines or {}).items()}, mistakes


TABLE, _OF_PRICES = read_prices()
TYPES, _OF_TYPES = read_types()
BASELINE, _OF_BASELINE = read_baseline()
MISTAKES = (*_OF_PRICES, *_OF_TYPES, *_OF_BASELINE)
"""Mistakes in the three files. The kernel refuses to judge while there are mistakes."""

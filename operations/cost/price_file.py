"""Text of policy_packs/cost/prices.yaml: sorted, one price per line."""

import re
from collections.abc import Iterator

from policy_packs.cost.table import SECTIONS, WORLDWIDE, Key, Price, Table

HEADER = """\
# AWS on-demand prices in US dollars. Prices of instances (EC2: Linux, shared tenancy), databases (RDS for PostgreSQL,
# Single-AZ) and caches (ElastiCache nodes for Redis OSS) are per hour. The name of a service price contains its unit.
#
# Source: AWS's public on-demand price list (the pricing pages of EC2, EBS, VPC, EKS, Elastic Load Balancing, RDS,
# ElastiCache, KMS, Secrets Manager, CloudWatch, WAF and Route 53), WRITTEN DOWN FROM MEMORY on 2026-11-24. A price with
# `verified: false` has not been compared with AWS since: use it for a limit, not to predict a bill.
# `ops cost prices refresh` queries the AWS Pricing API; with --execute, it updates this file and marks each verified
# price with the date.
#
# Prices and estimates exclude traffic, requests and other usage, tax, discounts, reservations and free tiers.
"""
_SIZES = ("nano", "micro", "small", "medium", "large", "xlarge")


def render(table: Table) -> str:
    """Return the whole file: global prices last, instance sizes in ascending order."""
    lines = [HEADER, f"asOf: {table.as_of}", "currency: USD", "regions:"]
    for region in (*sorted(table.regions), WORLDWIDE):
        lines += [f"  {region}:", *_region({key: price for key, price in table.prices.items() if key.region == region})]
    return "\n".join(lines) + "\n"


def _region(prices: dict[Key, Price]) -> Iterator[str]:
    for section in SECTIONS:
        names = sorted((key for key in prices if key.section == section), key=_order)
        if names:
            yield f"    {section}:"
            yield from (f"      {key.name}: {_entry(prices[key])}" for key in names)


def _entry(price: Price) -> str:
    verified = f"verified: true, day: {price.verified}" if price.verified else "verified: false"
    return f'{{usd: "{price.usd.normalize():f}", {verified}}}'


def _order(key: Key) -> tuple[str, int, int]:
    """Return a sort key by family and size: `large`, `2xlarge`, `12xlarge`."""
    family, _, size = key.name.rpartition(".")
    if not family:
        return key.name, 0, 0
    times = re.match(r"(\d*)(.*)", size)
    number, kind = (times[1], times[2]) if times else ("", size)
    return family, _SIZES.index(kind) if kind in _SIZES else len(_SIZES), int(number or 0)

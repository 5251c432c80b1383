"""Refresh of the price table from the AWS Pricing API."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from operations.cost.errors import CostError, mistakes_message
from operations.cost.price_file import render
from operations.cost.quotes import Prices, QuoteError, quote
from policy_packs.cost.table import PRICES_FILE, Key, Price, Table, read_prices


@dataclass(frozen=True)
class Change:
    """Price that differs from the table."""

    key: Key
    old: Decimal
    new: Decimal


@dataclass(frozen=True)
class Renewal:
    """Refreshed table, its changes, and the prices that AWS did not confirm."""

    table: Table
    changes: tuple[Change, ...]
    verified: int
    unanswered: Mapping[Key, str]


def renew(client: Prices, today: date, file: Path = PRICES_FILE) -> Renewal:
    """Query every price of the table; write nothing.

    A price that AWS does not confirm stays unchanged. Raises CostError when the table has mistakes.
    """
    table, mistakes = read_prices(file)
    if mistakes:
        raise CostError(mistakes_message(mistakes))
    verified: dict[Key, Price] = {}
    unanswered: dict[Key, str] = {}
    for key in table.prices:
        try:
            verified[key] = Price(quote(client, key), today)
        except QuoteError as reason:
            unanswered[key] = str(reason)
    changes = (Change(key, table.prices[key].usd, price.usd) for key, price in verified.items())
    return Renewal(
        Table(today if not unanswered else table.as_of, {**table.prices, **verified}),
        tuple(change for change in changes if change.old != change.new),
        len(verified),
        unanswered,
    )


def write(renewal: Renewal, file: Path = PRICES_FILE) -> None:
    """Write the refreshed table to its file."""
    file.write_text(render(renewal.table), encoding="utf-8")

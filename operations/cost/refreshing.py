"""Renewing the price table: what AWS says against what stands there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from operations.cost.errors import CostError, told
from operations.cost.price_file import render
from operations.cost.quotes import NoQuote, Prices, quote
from policy_packs.cost.table import PRICES_FILE, Key, Price, Table, read_prices


@dataclass(frozen=True)
class Change:
    """A price that is another than the table says."""

    key: Key
    old: Decimal
    new: Decimal


@dataclass(frozen=True)
class Renewal:
    """The table as it would be, what is other in it, and what AWS did not give exactly one price for."""

    table: Table
    changes: tuple[Change, ...]
    verified: int
    unanswered: Mapping[Key, str]


def renew(client: Prices, today: date, file: Path = PRICES_FILE) -> Renewal:
    """Ask for every price in the table, one question each; writes nothing.

    What gets no clear answer stays as it is. Raises CostError when the table has mistakes.
    """
    table, mistakes = read_prices(file)
    if mistakes:
        raise CostError(told(mistakes))
    found: dict[Key, Price] = {}
    unanswered: dict[Key, str] = {}
    for key in table.prices:
        try:
            found[key] = Price(quote(client, key), today)
        except NoQuote as reason:
            unanswered[key] = str(reason)
    changes = (Change(key, table.prices[key].usd, price.usd) for key, price in found.items())
    return Renewal(
        Table(today if not unanswered else table.as_of, {**table.prices, **found}),
        tuple(change for change in changes if change.old != change.new),
        len(found),
        unanswered,
    )


def write(renewal: Renewal, file: Path = PRICES_FILE) -> None:
    """Put the renewed table into its file."""
    file.write_text(render(renewal.table), encoding="utf-8")

"""Refresh of the price table, with a stubbed client."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.stub import Stubber

from operations.cost import quotes, refreshing
from operations.cost.errors import CostError
from operations.cost.quotes import QuoteError, quote
from policy_packs.cost.table import GLOBAL, REGIONAL, TABLE, Key, Price, read_prices
from tests.policy_packs.test_cost_data import prices

TODAY = date(2026, 12, 1)
M6I = Key("us-east-1", "instances", "m6i.large")


def product(*usd: str, begin: str = "0") -> str:
    """Return a product as GetProducts returns it: a JSON document in a string."""
    dimensions = {f"d{number}": {"beginRange": begin, "pricePerUnit": {"USD": each}} for number, each in enumerate(usd)}
    return json.dumps({"product": {"sku": "X"}, "terms": {"OnDemand": {"X.1": {"priceDimensions": dimensions}}}})


class Answers:
    """Pricing client with one usual response, and special responses to some queries.

    A special response is given to queries that contain its argument name, with `-` in place of `_`.
    """

    def __init__(self, usual: list[str], **special: list[str]) -> None:
        self.usual, self.special = usual, special
        self.asked: list[dict[str, Any]] = []

    def get_products(self, **arguments: Any) -> dict[str, Any]:
        self.asked.append(arguments)
        text = json.dumps(arguments)
        matches = (answer for key, answer in self.special.items() if key.replace("_", "-") in text)
        return {"PriceList": next(matches, self.usual)}


@pytest.fixture
def client() -> Iterator[tuple[Any, Stubber]]:
    pricing = boto3.client(
        "pricing",
        region_name=quotes.ENDPOINT_REGION,
        aws_access_key_id="none",
        aws_secret_access_key="none",
        config=Config(retries={"max_attempts": 1}),
    )
    with Stubber(pricing) as stub:
        yield pricing, stub


def test_a_price_query_selects_one_product_and_reads_all_pages(client: tuple[Any, Stubber]) -> None:
    pricing, stub = client
    expected = {
        "ServiceCode": "AmazonEC2",
        "FormatVersion": "aws_v1",
        "Filters": [
            {"Type": "TERM_MATCH", "Field": field, "Value": value}
            for field, value in (
                ("capacitystatus", "Used"),
                ("instanceType", "m6i.large"),
                ("operatingSystem", "Linux"),
                ("operation", "RunInstances"),
                ("preInstalledSw", "NA"),
                ("regionCode", "us-east-1"),
                ("tenancy", "Shared"),
            )
        ],
    }
    stub.add_response("get_products", {"PriceList": [product("0.0000000000")], "NextToken": "more"}, expected)
    stub.add_response("get_products", {"PriceList": [product("0.0960000000")]}, {**expected, "NextToken": "more"})
    assert quote(pricing, M6I) == Decimal("0.096")
    stub.assert_no_pending_responses()


def test_a_global_price_is_queried_without_a_region() -> None:
    _, attributes = quotes.query(Key("worldwide", "services", "route53-zone-month"))
    assert "regionCode" not in attributes


def test_every_entry_of_the_table_has_a_query() -> None:
    for key in TABLE.prices:
        code, attributes = quotes.query(key)
        assert code
        assert attributes
    assert set(quotes._SERVICES) == REGIONAL | GLOBAL


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ([], "no price in 0 products"),
        ([product("0")], "no price in 1 products"),
        ([product("1", begin="100")], "no price in 1 products"),
        ([product("1"), product("2")], "2 different prices in 2 products of AmazonEC2"),
        (['{"product": {}}'], "no price in 1 products"),
    ],
)
def test_a_response_without_exactly_one_price_is_rejected(answer: list[str], message: str) -> None:
    with pytest.raises(QuoteError, match=message):
        quote(Answers(answer), M6I)


def test_a_refresh_marks_verified_prices_and_keeps_the_others(tmp_path: Path) -> None:
    file = tmp_path / "prices.yaml"
    file.write_text(prices())
    before, _ = read_prices(file)
    renewal = refreshing.renew(Answers([product("1")], m6i=[product("0.1")], awskms=[]), TODAY, file)
    assert renewal.changes == (refreshing.Change(M6I, Decimal("0.096"), Decimal("0.1")),)
    assert list(renewal.unanswered) == [Key("us-east-1", "services", "kms-key-month")]
    assert renewal.verified == len(before.prices) - 1
    assert read_prices(file) == (before, ()), "a dry run writes nothing"

    refreshing.write(renewal, file)
    after, mistakes = read_prices(file)
    assert mistakes == ()
    assert after == renewal.table
    assert after.as_of == before.as_of, "not everything was verified"
    assert after.prices[M6I] == Price(Decimal("0.1"), TODAY)
    assert after.prices[Key("us-east-1", "services", "kms-key-month")].verified is None


def test_a_fully_verified_table_has_todays_date(tmp_path: Path) -> None:
    (tmp_path / "prices.yaml").write_text(prices())
    assert refreshing.renew(Answers([product("1")]), TODAY, tmp_path / "prices.yaml").table.as_of == TODAY


def test_a_table_with_mistakes_is_not_refreshed(tmp_path: Path) -> None:
    (tmp_path / "prices.yaml").write_text("{}")
    with pytest.raises(CostError, match="asOf: is missing"):
        refreshing.renew(Answers([]), TODAY, tmp_path / "prices.yaml")

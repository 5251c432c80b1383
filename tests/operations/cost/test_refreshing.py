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
    """Answers every question alike, but for those that contain a text."""

    def __init__(self, usual: list[str], **special: list[str]) -> None:
        self.usual, self.special = usual, special
        self.asked: list[dict[str, Any]] = []

    def get_products(self, **arguments: Any) -> dict[str, Any]:
        self.asked.append(arguments)
        text = json.dumps(arguments)
        found = (answer for key, answer in self.special.items() if key.replace("_", "-") in text)
        return {"PriceList": next(found, self.usual)}


@pytest.fixture
def client() -> Iterator[tuple[Any, Stubber]]:
    made = boto3.client(
        "pricing",
        region_name=quotes.ENDPOINT_REGION,
        aws_access_key_id="none",
        aws_secret_access_key="none",
        config=Config(retries={"max_attempts": 1}),
    )
    with Stubber(made) as stub:
        yield made, stub


def test_a_price_is_asked_for_by_what_singles_it_out_page_by_page(client: tuple[Any, Stubber]) -> None:
    made, stub = client
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
    assert quote(made, M6I) == Decimal("0.096")
    stub.assert_no_pending_responses()


def test_what_has_one_price_everywhere_is_asked_for_without_a_region() -> None:
    _, attributes = quotes.query(Key("worldwide", "services", "route53-zone-month"))
    assert "regionCode" not in attributes


def test_there_is_a_question_for_every_entry_of_the_table() -> None:
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
def test_anything_but_one_price_is_no_answer(answer: list[str], message: str) -> None:
    with pytest.raises(QuoteError, match=message):
        quote(Answers(answer), M6I)


def test_a_renewal_marks_what_it_verified_and_leaves_the_rest_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "prices.yaml"
    file.write_text(prices())
    before, _ = read_prices(file)
    renewal = refreshing.renew(Answers([product("1")], m6i=[product("0.1")], awskms=[]), TODAY, file)
    assert renewal.changes == (refreshing.Change(M6I, Decimal("0.096"), Decimal("0.1")),)
    assert list(renewal.unanswered) == [Key("us-east-1", "services", "kms-key-month")]
    assert renewal.verified == len(before.prices) - 1
    assert read_prices(file) == (before, ()), "a renewal that is only asked for writes nothing"

    refreshing.write(renewal, file)
    after, mistakes = read_prices(file)
    assert mistakes == ()
    assert after == renewal.table
    assert after.as_of == before.as_of, "not everything was verified"
    assert after.prices[M6I] == Price(Decimal("0.1"), TODAY)
    assert after.prices[Key("us-east-1", "services", "kms-key-month")].verified is None


def test_a_table_of_which_everything_was_verified_is_as_of_today(tmp_path: Path) -> None:
    (tmp_path / "prices.yaml").write_text(prices())
    assert refreshing.renew(Answers([product("1")]), TODAY, tmp_path / "prices.yaml").table.as_of == TODAY


def test_a_table_with_mistakes_is_not_renewed(tmp_path: Path) -> None:
    (tmp_path / "prices.yaml").write_text("{}")
    with pytest.raises(CostError, match="asOf: is missing"):
        refreshing.renew(Answers([]), TODAY, tmp_path / "prices.yaml")

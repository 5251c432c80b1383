"""Prices: what AWS lists, to the cent an hour, and nothing where nothing is known."""

from decimal import Decimal

import pytest

from policy_packs.cost.prices import HOURS_PER_MONTH, monthly_price


# Dollars an hour as AWS lists them, sampled over sizes to show that a family is linear.
@pytest.mark.parametrize(
    ("kind", "hourly"),
    [
        ("t3.nano", "0.0052"),
        ("t3.micro", "0.0104"),
        ("t4g.medium", "0.0336"),
        ("m5.24xlarge", "4.608"),
        ("m7g.2xlarge", "0.3264"),
        ("c5.9xlarge", "1.53"),
        ("r7g.4xlarge", "0.8568"),
        ("g5.xlarge", "1.006"),
        ("db.t4g.micro", "0.016"),
        ("db.t4g.medium", "0.065"),
        ("db.m6g.2xlarge", "0.636"),
        ("db.r6g.xlarge", "0.45"),
        ("cache.t3.medium", "0.068"),
        ("cache.t4g.micro", "0.016"),
        ("cache.m7g.large", "0.158"),
        ("cache.m6g.xlarge", "0.297"),
        ("cache.r6g.2xlarge", "0.821"),
    ],
)
def test_the_table_agrees_with_the_list_price_within_a_cent(kind: str, hourly: str) -> None:
    price = monthly_price(kind)
    assert price is not None
    assert abs(price / HOURS_PER_MONTH - Decimal(hourly)) < Decimal("0.01")


@pytest.mark.parametrize("kind", ["", "m7g", "m7g.nano", "m99.large", "db.serverless"])
def test_an_unlisted_type_has_no_price_rather_than_none_to_pay(kind: str) -> None:
    assert monthly_price(kind) is None

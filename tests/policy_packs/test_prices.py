"""Prices match AWS's list prices, and an unknown price is an error."""

from decimal import Decimal

import pytest

from policy_packs.cost.pricing import HOURS_PER_MONTH, Unpriced, monthly


# AWS's list prices in dollars an hour, for a sample of sizes.
@pytest.mark.parametrize(
    ("section", "name", "hourly"),
    [
        ("instances", "t3.nano", "0.0052"),
        ("instances", "t4g.medium", "0.0336"),
        ("instances", "m5.24xlarge", "4.608"),
        ("instances", "m6i.4xlarge", "0.768"),
        ("instances", "m7g.2xlarge", "0.3264"),
        ("instances", "r7g.4xlarge", "0.8568"),
        ("instances", "g5.xlarge", "1.006"),
        ("databases", "db.t4g.micro", "0.016"),
        ("databases", "db.m6g.2xlarge", "0.636"),
        ("databases", "db.r6g.xlarge", "0.45"),
        ("caches", "cache.t3.medium", "0.068"),
        ("caches", "cache.t4g.micro", "0.016"),
        ("caches", "cache.m7g.large", "0.158"),
        ("caches", "cache.m6g.xlarge", "0.297"),
        ("caches", "cache.r6g.2xlarge", "0.821"),
        ("services", "nat-gateway-hour", "0.045"),
    ],
)
def test_the_table_agrees_with_the_list_price_within_a_cent(section: str, name: str, hourly: str) -> None:
    assert abs(monthly("us-east-1", section, name) / HOURS_PER_MONTH - Decimal(hourly)) < Decimal("0.01")


def test_what_is_priced_by_the_month_is_not_multiplied_by_hours() -> None:
    assert monthly("us-west-2", "services", "kms-key-month") == 1


@pytest.mark.parametrize("name", ["", "m7g", "m7g.nano", "m99.large", "db.serverless"])
def test_an_unlisted_type_has_no_price_rather_than_none_to_pay(name: str) -> None:
    with pytest.raises(Unpriced, match=r"has no price in cost/prices\.yaml"):
        monthly("us-east-1", "instances", name)

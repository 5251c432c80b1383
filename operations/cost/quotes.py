"""Queries to the AWS Price List Query API, one per price of the table.

The queries have not been run against AWS yet. They follow the documentation of GetProducts and of the price list files,
and are tested with a stubbed client. A wrong name in a query, such as a usage type, therefore shows only in the
response: unless the response has exactly one price, the entry stays unchanged and unverified, and is reported.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol

from policy_packs.cost.table import WORLDWIDE, Key

ENDPOINT_REGION = "us-east-1"
"""Region of the Pricing API endpoint; each endpoint serves the prices of all regions."""

Query = tuple[str, Mapping[str, str]]
"""Service code, and the attributes that select the product."""

_SECTIONS: Mapping[str, Query] = {
    "instances": (
        "AmazonEC2",
        {
            "operatingSystem": "Linux",
            "tenancy": "Shared",
            "preInstalledSw": "NA",
            "capacitystatus": "Used",
            "operation": "RunInstances",
        },
    ),
    "databases": ("AmazonRDS", {"databaseEngine": "PostgreSQL", "deploymentOption": "Single-AZ"}),
    "caches": ("AmazonElastiCache", {"cacheEngine": "Redis"}),
}
_SERVICES: Mapping[str, Query] = {
    "application-load-balancer-hour": ("AWSELB", {"group": "ELB:Balancer", "operation": "LoadBalancing:Application"}),
    "network-load-balancer-hour": ("AWSELB", {"group": "ELB:Balancer", "operation": "LoadBalancing:Network"}),
    "gateway-load-balancer-hour": ("AWSELB", {"group": "ELB:Balancer", "operation": "LoadBalancing:Gateway"}),
    "cloudwatch-alarm-month": ("AmazonCloudWatch", {"group": "Alarm", "alarmType": "Standard"}),
    "ebs-gp2-gib-month": ("AmazonEC2", {"productFamily": "Storage", "volumeApiName": "gp2"}),
    "ebs-gp3-gib-month": ("AmazonEC2", {"productFamily": "Storage", "volumeApiName": "gp3"}),
    "eks-cluster-hour": ("AmazonEKS", {"operation": "CreateOperation", "tiertype": "HAStandard"}),
    "eks-cluster-extended-hour": ("AmazonEKS", {"operation": "ExtendedSupport", "tiertype": "HAExtended"}),
    "kms-key-month": ("awskms", {"productFamily": "Encryption Key"}),
    "nat-gateway-hour": (
        "AmazonEC2",
        {"productFamily": "NAT Gateway", "group": "NGW:NatGateway", "operation": "Hourly"},
    ),
    "public-ipv4-hour": ("AmazonVPC", {"group": "VPCPublicIPv4Address", "operation": "AllocateAddressVPC"}),
    "rds-gp2-gib-month": ("AmazonRDS", {"volumeType": "General Purpose", "deploymentOption": "Single-AZ"}),
    "rds-gp3-gib-month": ("AmazonRDS", {"volumeType": "General Purpose-GP3", "deploymentOption": "Single-AZ"}),
    "secret-month": ("AWSSecretsManager", {"productFamily": "Secret"}),
    "vpc-endpoint-zone-hour": ("AmazonVPC", {"productFamily": "VpcEndpoint", "group": "VPCEndpoint Hourly"}),
    "waf-acl-month": ("awswaf", {"group": "Web ACL V2"}),
    "waf-rule-month": ("awswaf", {"group": "Rule V2"}),
    "cloudwatch-dashboard-month": ("AmazonCloudWatch", {"group": "Dashboard"}),
    "route53-zone-month": ("AmazonRoute53", {"productFamily": "DNS Zone"}),
    "route53-health-check-month": ("AmazonRoute53", {"usagetype": "Health-Check-AWS"}),
    "route53-health-check-feature-month": ("AmazonRoute53", {"usagetype": "Health-Check-Option-AWS"}),
    "route53-other-health-check-month": ("AmazonRoute53", {"usagetype": "Health-Check-Non-AWS"}),
    "route53-other-health-check-feature-month": ("AmazonRoute53", {"usagetype": "Health-Check-Option-Non-AWS"}),
}


class Prices(Protocol):
    """Method of boto3's pricing client that this module uses."""

    def get_products(self, **arguments: Any) -> Mapping[str, Any]:
        """Return a page of products, each a JSON document."""


class QuoteError(Exception):
    """The response does not have exactly one price."""


def query(key: Key) -> Query:
    """Return the query of one entry of the table."""
    if key.section == "services":
        code, attributes = _SERVICES[key.name]
    else:
        code, attributes = _SECTIONS[key.section]
        attributes = {**attributes, "instanceType": key.name}
    return code, attributes if key.region == WORLDWIDE else {**attributes, "regionCode": key.region}


def quote(client: Prices, key: Key) -> Decimal:
    """Return the first-tier list price of an entry.

    Raises QuoteError unless there is exactly one price.
    """
    code, attributes = query(key)
    products = [json.loads(text) for text in _pages(client, code, attributes)]
    prices = {price for product in products for price in _prices(product)}
    if len(prices) != 1:
        count = f"{len(prices)} different prices" if prices else "no price"
        raise QuoteError(f"{count} in {len(products)} products of {code}")
    return prices.pop()


def _pages(client: Prices, code: str, attributes: Mapping[str, str]) -> Iterator[str]:
    filters = [{"Type": "TERM_MATCH", "Field": key, "Value": value} for key, value in sorted(attributes.items())]
    arguments: dict[str, Any] = {"ServiceCode": code, "Filters": filters, "FormatVersion": "aws_v1"}
    while True:
        page = client.get_products(**arguments)
        texts: Sequence[str] = page.get("PriceList", ())
        yield from texts
        if not page.get("NextToken"):
            return
        arguments["NextToken"] = page["NextToken"]


def _prices(product: Mapping[str, Any]) -> Iterator[Decimal]:
    """Yield the first-tier on-demand prices above zero.

    Entries with the price zero are skipped: AWS lists free units this way.
    """
    for term in product.get("terms", {}).get("OnDemand", {}).values():
        for dimension in term.get("priceDimensions", {}).values():
            usd = Decimal(dimension.get("pricePerUnit", {}).get("USD", "0"))
            if usd and dimension.get("beginRange", "0") == "0":
                yield usd

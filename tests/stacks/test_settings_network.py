"""Validation of networks."""

from pathlib import Path
from typing import Any

import pytest

from components.network.plan import QUARTERS
from components.network.zones import ZONES
from stacks.loading import load_file
from stacks.requirements import Environment
from tests.stacks.graph import PROJECT
from tests.stacks.test_settings import _mistakes, project

__all__ = ["project"]

ROUTE_53 = "region must be us-east-1 unless recovery.region is us-east-1, because Route 53 writes its query logs there"
PUBLIC = "is a public range; use one inside 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10"
MISTAKES: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "a zone that the region lacks": (
        "prod",
        {"recovery.region": "us-east-2", "recovery.zones": ["a", "b", "d"]},
        ["recovery.zones us-east-2 has no zone d; it has a, b, c"],
    ),
    "a zone of other regions only": (
        "dev",
        {"region": "us-east-2", "recovery.region": "us-east-1", "network.zones": ["a", "b", "c", "d"]},
        [ROUTE_53, "network.zones us-east-2 has no zone d; it has a, b, c"],
    ),
    "a region without listed zones": (
        "dev",
        {"region": "us-west-1"},
        [
            ROUTE_53,
            (
                "region us-west-1 is not listed in components/network/zones.py; add it there, or use us-east-1, "
                "us-east-2, us-west-2, eu-west-1, eu-central-1"
            ),
        ],
    ),
    "DR region equal to the primary": (
        "preprod",
        {"recovery.region": "us-east-1"},
        ["recovery.region us-east-1 is also the primary region"],
    ),
    "public ranges": (
        "dev",
        {"network.cidr": "8.8.0.0/16", "recovery.cidr": "172.32.0.0/16", "vault.cidr": "100.128.0.0/24"},
        [
            f"network.cidr 8.8.0.0/16 {PUBLIC}",
            f"recovery.cidr 172.32.0.0/16 {PUBLIC}",
            f"vault.cidr 100.128.0.0/24 {PUBLIC}",
        ],
    ),
    "range that reaches beyond a private block": (
        "dev",
        {"network.cidr": "172.0.0.0/11"},
        [f"network.cidr 172.0.0.0/11 {PUBLIC}"],
    ),
    "no room for the zones": (
        "staging",
        {"network.cidr": "10.32.0.0/24"},
        ["network.cidr 10.32.0.0/24 is too small for 2 zones × 3 tiers (needs /23 or larger)"],  # noqa: RUF001  # a multiplication sign
    ),
    "an endpoint of an unknown service": (
        "staging",
        {"network.interfaceEndpoints": ["kms", "mail"]},
        [
            (
                "network.interfaceEndpoints.1 must be 'autoscaling', 'ec2', 'ecr.api', 'ecr.dkr', "
                "'elasticloadbalancing', 'kms', 'logs', 'monitoring', 's3', 'secretsmanager' or 'sts', not 'mail'"
            ),
        ],
    ),
    "an endpoint twice": (
        "staging",
        {"network.interfaceEndpoints": ["sts", "s3", "sts"]},
        ["network.interfaceEndpoints lists sts twice"],
    ),
    "evidence without an S3 endpoint": (
        "staging",
        {"network.interfaceEndpoints": ["kms", "sts"]},
        [
            (
                "network.interfaceEndpoints does not include s3, "
                "which services.alerts needs to store evidence without the internet"
            ),
        ],
    ),
}


@pytest.mark.parametrize(("environment", "changes", "lines"), MISTAKES.values(), ids=MISTAKES)
def test_an_invalid_network_is_reported(
    project: Path,
    environment: str,
    changes: dict[str, Any],
    lines: list[str],
) -> None:
    assert _mistakes(project, environment, changes) == lines


@pytest.mark.parametrize("environment", Environment)
def test_endpoints_are_sorted(environment: Environment) -> None:
    names = [str(name) for name in load_file(PROJECT, environment).network.interface_endpoints]
    assert names == sorted(names)


def test_every_known_region_has_three_zones() -> None:
    assert all(len(set(letters) & set(QUARTERS)) >= 3 for letters in ZONES.values())

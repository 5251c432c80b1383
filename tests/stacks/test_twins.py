"""Pre-production is production: the document says "identical configuration, separate DNS"."""

import re
from pathlib import Path
from typing import Any

import yaml

from stacks.loading import load_file
from stacks.settings import EnvironmentSettings
from tests.stacks.graph import PROJECT, Graph

ALLOWED = {
    "campus-safety:account": "accounts keep students' data apart",
    "campus-safety:domain": "separate DNS",
    "campus-safety:data.classification": "a restricted subset instead of everything",
    "campus-safety:network.cidr": "both meet in the transit network",
    "campus-safety:recovery.cidr": "the same",
    "campus-safety:vault.address": "separate DNS",
    "campus-safety:vault.cidr": "a Vault of its own",
    "campus-safety:cost.monthlyBudget": "load tests come and go; production stays",
}
"""Settings in which the two differ, and why."""
PERSONAS = r"\b(sre|on-call)\b"
"""Site reliability engineers have access to the one, engineers on call to the other; roles and entries are named so."""
MAY = {"campus-safety:database.restoreFrom": "preprod may be made from a snapshot, production never"}
"""Settings in which they may differ, not must."""
RESTORED = ("snapshotIdentifier", "username", "dbName")
"""What a database that was made from a snapshot says, or leaves to it."""


def _flat(value: Any, prefix: str = "") -> dict[str, Any]:
    if not isinstance(value, dict):
        return {prefix: value}
    return {
        key: each for name, inner in value.items() for key, each in _flat(inner, f"{prefix}.{name}".lstrip(".")).items()
    }


def _config(environment: str, project: Path = PROJECT) -> dict[str, Any]:
    return _flat(yaml.safe_load((project / f"Pulumi.{environment}.yaml").read_text(encoding="utf-8"))["config"])


def test_settings_differ_only_where_allowed() -> None:
    preprod, prod = _config("preprod"), _config("prod")
    different = {key for key in preprod.keys() | prod.keys() if preprod.get(key) != prod.get(key)}
    assert different - set(MAY) == set(ALLOWED)


def test_all_environments_have_the_same_keys() -> None:
    keys = [set(_config(environment)) for environment in ("dev", "staging", "preprod", "prod")]
    assert keys == [keys[0]] * 4


def _anonymous(text: str) -> str:
    """Without who has access: the document lets other people into each of the two, and into the same role."""
    return re.sub(PERSONAS, "PERSONA", text)


def test_graphs_have_the_same_resources(preprod: Graph, prod: Graph) -> None:
    def shape(graph: Graph) -> set[tuple[str, str, Any]]:
        nodes = [node for node in graph.nodes if "pulumi:pulumi:Stack" not in node.type]
        return {(node.type, _anonymous(node.name), node.region) for node in nodes}

    assert shape(preprod) == shape(prod)


def test_resources_are_the_same_but_for_names_addresses_and_class(preprod: Graph, prod: Graph) -> None:
    def normal(text: str, settings: EnvironmentSettings) -> str:
        second = {"network": settings.network.cidr, "recovery": settings.recovery.cidr}
        names = {
            "arn:aws:s3:::prod-": "arn:aws:s3:::AWS-",  # the image layers' bucket, which AWS calls so everywhere
            "campus-safety.example/": "LABEL/",  # what labels and mail addresses begin or end with is no environment's
            "@campus-safety.example": "@MAIL",
            settings.domain: "DOMAIN",
            settings.account: "ACCOUNT",
            settings.revision: "REVISION",  # a release is in preprod first
            str(settings.vault.cidr): "VAULT-RANGE",
            **dict.fromkeys(settings.hosts.values(), "HOST"),
            **{".".join(str(cidr).split(".")[:2]) + ".": f"{role}." for role, cidr in second.items()},
        }
        for old, new in names.items():
            text = text.replace(old, new)
        for form in ("'{}'", "={}", '"{}"'):
            text = text.replace(form.format(settings.data.classification), form.format("CLASS"))
        return _anonymous(re.sub(rf"\b{settings.environment}\b", "ENVIRONMENT", text))

    def resources(graph: Graph, environment: str) -> list[str]:
        settings = load_file(PROJECT, environment)
        return sorted(
            normal(repr(each), settings) for each in graph.without("cidrBlock", "limitAmount", *RESTORED).items()
        )

    assert resources(preprod, "preprod") == resources(prod, "prod")

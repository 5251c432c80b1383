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
    "campus-safety:cost.teams.student-safety": "the same",
    **dict.fromkeys(
        (f"campus-safety:cost.features.{name}" for name in ("cluster", "records", "evidence", "network", "batch")),
        "the same",
    ),
}
"""Settings in which the two may differ, and why."""


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
    assert {key for key in preprod.keys() | prod.keys() if preprod.get(key) != prod.get(key)} == set(ALLOWED)


def test_all_environments_have_the_same_keys() -> None:
    keys = [set(_config(environment)) for environment in ("dev", "staging", "preprod", "prod")]
    assert keys == [keys[0]] * 4


def test_graphs_have_the_same_resources(preprod: Graph, prod: Graph) -> None:
    def shape(graph: Graph) -> set[tuple[str, str, Any]]:
        return {(node.type, node.name, node.region) for node in graph.nodes if "pulumi:pulumi:Stack" not in node.type}

    assert shape(preprod) == shape(prod)


def test_resources_are_the_same_but_for_names_addresses_and_class(preprod: Graph, prod: Graph) -> None:
    def normal(graph: Graph, settings: EnvironmentSettings) -> str:
        text = repr(sorted(graph.without("cidrBlock", "limitAmount").items()))
        second = {"network": settings.network.cidr, "recovery": settings.recovery.cidr}
        names = {
            settings.account: "ACCOUNT",
            settings.vault.address: "VAULT",
            settings.host: "HOST",
            str(settings.vault.cidr): "VAULT-RANGE",
            **{".".join(str(cidr).split(".")[:2]) + ".": f"{role}." for role, cidr in second.items()},
        }
        for old, new in names.items():
            text = text.replace(old, new)
        for form in ("'{}'", "={}", '"{}"'):
            text = text.replace(form.format(settings.data.classification), form.format("CLASS"))
        return re.sub(rf"\b{settings.environment}\b", "ENVIRONMENT", text)

    twins = [normal(preprod, load_file(PROJECT, "preprod")), normal(prod, load_file(PROJECT, "prod"))]
    assert twins[0] == twins[1]

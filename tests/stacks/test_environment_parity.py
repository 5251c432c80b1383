"""Preprod has prod's configuration, with its own DNS."""

from pathlib import Path
from typing import Any

import yaml

from stacks.loading import load_file
from tests.stacks.environment_parity import differences, inputs
from tests.stacks.graph import PROJECT, Graph

ALLOWED = {
    "campus-safety:account": "accounts keep students' data apart",
    "campus-safety:domain": "separate DNS",
    "campus-safety:data.classification": "a restricted subset instead of everything",
    "campus-safety:network.cidr": "both meet in the transit network",
    "campus-safety:recovery.cidr": "the same",
    "campus-safety:vault.address": "separate DNS",
    "campus-safety:vault.cidr": "separate Vault",
    "campus-safety:cost.monthlyBudget": "load tests come and go; production stays",
    "campus-safety:cost.teams.student-safety": "the same",
    "campus-safety:cost.teams.ml-platform": "the same",
    **dict.fromkeys(
        (
            f"campus-safety:cost.features.{name}"
            for name in ("cluster", "records", "evidence", "network", "batch", "training")
        ),
        "the same",
    ),
}
"""Settings that must differ, each with the reason."""
MAY_DIFFER = {"campus-safety:database.restoreFrom": "preprod may be restored from a snapshot, production never"}
"""Settings that may differ, each with the reason."""


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
    assert different - set(MAY_DIFFER) == set(ALLOWED)


def test_all_environments_have_the_same_keys() -> None:
    keys = [set(_config(environment)) for environment in ("dev", "staging", "preprod", "prod")]
    assert keys == [keys[0]] * 4


def test_resources_are_the_same_but_for_names_addresses_and_class(preprod: Graph, prod: Graph) -> None:
    resources = [
        inputs(graph.without(), load_file(PROJECT, name)) for name, graph in (("preprod", preprod), ("prod", prod))
    ]
    assert differences(*resources) == []


def test_a_difference_is_reported_with_its_path() -> None:
    settings = [load_file(PROJECT, name) for name in ("preprod", "prod")]
    left = {"rds.Instance records": {"identifier": "campus-preprod-records", "tags": {"a": 1}, "zones": ["a", "b"]}}
    right = {"rds.Instance records": {"identifier": "campus-prod-records", "tags": {}, "zones": ["a"]}, "k8s.Pod x": {}}
    assert differences(inputs(left, settings[0]), inputs(right, settings[1])) == [
        "only in prod: k8s.Pod x",
        "rds.Instance records tags: None in preprod, {} in prod",
        "rds.Instance records tags.a: 1 in preprod, None in prod",
        "rds.Instance records zones[1]: 'b' in preprod, None in prod",
    ]


def test_environment_specific_values_occur_in_the_same_places() -> None:
    settings = [load_file(PROJECT, name) for name in ("preprod", "prod")]
    left = {
        "x": {
            "host": "alerts.preprod.campus-safety.example",
            "zone": "x.preprod.campus-safety.example",
            "mail": "finops@campus-safety.example",
            "cidr": "10.48.64.0/18",
            "other": "110.48.1.2",
            "class": "restricted-subset",
            "policy": '{"account": "333344445555", "class": "restricted-subset"}',
        }
    }
    right = {
        "x": {
            "host": "alerts.campus-safety.example",
            "zone": "x.campus-safety.example",
            "mail": "finops@campus-safety.example",
            "cidr": "10.64.64.0/18",
            "other": "110.48.1.2",
            "class": "full",
            "policy": '{"account": "444455556666", "class": "full"}',
        }
    }
    assert differences(inputs(left, settings[0]), inputs(right, settings[1])) == []


def test_other_people_have_the_same_access() -> None:
    settings = [load_file(PROJECT, name) for name in ("preprod", "prod")]
    left = {
        "iam.Role people-sre": {"name": "campus-preprod-people-sre"},
        "k8s.ClusterRole on-call": {"who": "campus:sre"},
    }
    right = {
        "iam.Role people-on-call": {"name": "campus-prod-people-on-call"},
        "k8s.ClusterRole on-call": {"who": "campus:on-call"},
    }
    assert differences(inputs(left, settings[0]), inputs(right, settings[1])) == []
    right["iam.Role people-qa"] = {}
    assert differences(inputs(left, settings[0]), inputs(right, settings[1])) == ["only in prod: iam.Role people-qa"]


def test_only_the_amount_of_a_budget_may_differ() -> None:
    settings = load_file(PROJECT, "prod")
    budgets = ({"aws:budgets/budget:Budget monthly": {"limitAmount": n, "limitUnit": n}} for n in ("1", "2"))
    sides = [inputs(budget, settings) for budget in budgets]
    assert differences(*sides) == ["aws:budgets/budget:Budget monthly limitUnit: '1' in preprod, '2' in prod"]

"""Validation of settings files: every mistake is reported in one sentence."""

from copy import deepcopy
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import yaml

from stacks.errors import SettingsError, UnknownEnvironmentError
from stacks.loading import load_file
from stacks.requirements import Environment
from tests.stacks.graph import PROJECT


def _content(environment: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((PROJECT / f"Pulumi.{environment}.yaml").read_text(encoding="utf-8"))
    return loaded


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Copy of Pulumi.yaml and the four environments' files that tests may change."""
    (tmp_path / "Pulumi.yaml").write_text((PROJECT / "Pulumi.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    for environment in Environment:
        (tmp_path / f"Pulumi.{environment}.yaml").write_text(yaml.safe_dump(_content(environment)), encoding="utf-8")
    return tmp_path


def _change(project: Path, environment: str, changes: dict[str, Any]) -> None:
    """Set dotted keys to other values; `...` removes the key."""
    content = deepcopy(_content(environment))
    for dotted, value in changes.items():
        *groups, last = dotted.split(".")
        target = content["config"]
        for index, group in enumerate(groups):
            target = target[f"campus-safety:{group}" if index == 0 else group]
        key = last if groups else f"campus-safety:{last}"
        if value is ...:
            del target[key]
        else:
            target[key] = value
    (project / f"Pulumi.{environment}.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")


def _mistakes(project: Path, environment: str, changes: dict[str, Any]) -> list[str]:
    """Return the reported mistakes, one line each, with single spaces."""
    _change(project, environment, changes)
    with pytest.raises(SettingsError) as caught:
        load_file(project, environment)
    header, *lines, footer = str(caught.value).splitlines()
    assert header == f"Pulumi.{environment}.yaml: {len(lines)} mistake{'s' if len(lines) > 1 else ''}"
    assert footer == "Nothing was changed."
    return [" ".join(line.split()) for line in lines]


@pytest.mark.parametrize("environment", Environment)
def test_the_projects_files_are_valid(environment: str) -> None:
    settings = load_file(PROJECT, environment)
    assert settings.environment == environment


def test_account_and_regions_need_no_engine() -> None:
    settings = load_file(PROJECT, "prod")
    assert settings.account == "444455556666"
    assert settings.regions == ("us-east-1", "us-west-2")
    assert load_file(PROJECT, "dev").regions == ("us-east-1",)


def test_settings_are_frozen() -> None:
    settings = load_file(PROJECT, "dev")
    with pytest.raises(ValueError, match="frozen"):
        settings.network.nat_per_zone = True  # type: ignore[misc]  # the test tries exactly that


def test_all_mistakes_are_reported_in_one_aligned_list(project: Path) -> None:
    changes = {
        "network.cidr": "10.20.0.0/29",
        "database.backupRetentionDays": ...,
        "database.backupRetentonDays": 35,
        "recovery.region": "us-east-1",
    }
    _change(project, "prod", changes)
    with pytest.raises(SettingsError) as caught:
        load_file(project, "prod")
    assert str(caught.value) == dedent(
        """\
        Pulumi.prod.yaml: 4 mistakes
          network.cidr                 10.20.0.0/29 is too small for 3 zones × 3 tiers (needs /23 or larger)
          database.backupRetentionDays is missing; every environment must set it
          database.backupRetentonDays  unknown key; did you mean backupRetentionDays?
          recovery.region              us-east-1 is also the primary region
        Nothing was changed."""  # noqa: RUF001  # a multiplication sign
    )


KEYS: dict[str, tuple[dict[str, Any], str]] = {
    "unknown section": ({"databse": {}}, "databse unknown key; did you mean database?"),
    "unknown key, nothing like it": (
        {"data.colour": "blue"},
        "data.colour unknown key; known keys are classification, disposable",
    ),
    "unknown key of a node group": (
        {"cluster.nodeGroups.baseline.maxx": 3},
        "cluster.nodeGroups.baseline.maxx unknown key; did you mean max?",
    ),
    "missing section": ({"cost": ...}, "cost is missing; every environment must set it"),
    "missing key": ({"vault.address": ...}, "vault.address is missing; every environment must set it"),
    "environment as a key": (
        {"environment": "dev"},
        "environment unknown key; remove it, because the name of the stack already states the environment",
    ),
    "number where text is expected": (
        {"account": 111122223333},
        "account must be text; put 111122223333 in quotes",
    ),
    "text where a number is expected": ({"scale.replicas": "1"}, "scale.replicas must be a whole number, not '1'"),
    "text where a flag is expected": ({"data.disposable": "yes"}, "data.disposable must be true or false, not 'yes'"),
    "section that is text": ({"data": "full"}, "data must be a mapping, not 'full'"),
    "list that is text": ({"network.zones": "a, b"}, "network.zones must be a list, not 'a, b'"),
    "group that is a list": ({"cost": [1]}, "cost must be a mapping, not a list"),
    "null": ({"vault.address": None}, "vault.address must be text; put nothing in quotes"),
    "value too small": (
        {"cluster.nodeGroups.batch.diskGib": 5},
        "cluster.nodeGroups.batch.diskGib 5 is too small; the minimum is 20",
    ),
    "value too large": (
        {"database.backupRetentionDays": 36},
        "database.backupRetentionDays 36 is too large; the maximum is 35",
    ),
    "unknown choice": (
        {"data.classification": "secret"},
        "data.classification must be 'synthetic', 'sanitised', 'restricted-subset' or 'full', not 'secret'",
    ),
    "account": ({"account": "123"}, "account '123' is not an AWS account id (12 digits)"),
    "region": ({"region": "Virginia"}, "region 'Virginia' is not an AWS region, such as us-east-1"),
    "address range": (
        {"network.cidr": "10.16.0.1/16"},
        (
            "network.cidr '10.16.0.1/16' is not a CIDR block; "
            "write its first address and prefix length, such as 10.16.0.0/16"
        ),
    ),
    "zone letter": ({"network.zones": ["a", "f"]}, "network.zones.1 'f' is not a zone letter (a, b, c, d)"),
    "empty list": ({"cost.notify": []}, "cost.notify has too few entries (0; the minimum is 1)"),
    "log retention": (
        {"network.flowLogRetentionDays": 31},
        "network.flowLogRetentionDays 31 is not a retention that CloudWatch Logs accepts; the nearest is 30",
    ),
}


@pytest.mark.parametrize(("changes", "line"), KEYS.values(), ids=KEYS)
def test_an_invalid_key_is_reported_in_one_sentence(project: Path, changes: dict[str, Any], line: str) -> None:
    assert _mistakes(project, "dev", changes) == [line]


TOGETHER: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "one zone": (
        "dev",
        {"network.zones": ["a"]},
        ["network.zones has 1 but needs at least 2, because EKS, RDS and load balancers need two zones"],
    ),
    "two zones in prod": (
        "prod",
        {"recovery.zones": ["a", "b"]},
        ["recovery.zones has 2 but needs at least 3, because prod has the full production topology"],
    ),
    "a zone twice": ("dev", {"network.zones": ["a", "b", "a"]}, ["network.zones a, b, a lists a zone twice"]),
    "node zone without subnets": (
        "dev",
        {"cluster.nodeZones": ["a", "d"]},
        ["cluster.nodeZones d has no subnets; add it to network.zones"],
    ),
    "DR network too small": (
        "prod",
        {"recovery.cidr": "10.192.0.0/24"},
        ["recovery.cidr 10.192.0.0/24 is too small for 3 zones × 3 tiers (needs /23 or larger)"],  # noqa: RUF001  # a multiplication sign
    ),
    "ranges of one environment": (
        "dev",
        {"recovery.cidr": "10.16.0.0/17"},
        ["recovery.cidr 10.16.0.0/17 overlaps network.cidr 10.16.0.0/16"],
    ),
    "ranges of two environments": (
        "prod",
        {"network.cidr": "10.48.128.0/17"},
        ["network.cidr 10.48.128.0/17 overlaps network.cidr 10.48.0.0/16 of Pulumi.preprod.yaml"],
    ),
    "DR range of another environment": (
        "prod",
        {"network.cidr": "10.144.0.0/16"},
        ["network.cidr 10.144.0.0/16 overlaps recovery.cidr 10.144.0.0/16 of Pulumi.dev.yaml"],
    ),
    "Vault inside the network": (
        "dev",
        {"vault.cidr": "10.16.9.0/24"},
        ["vault.cidr 10.16.9.0/24 overlaps network.cidr 10.16.0.0/16"],
    ),
    "desired beyond max": (
        "dev",
        {"cluster.nodeGroups.baseline.desired": 9},
        ["cluster.nodeGroups.baseline needs min ≤ desired ≤ max, not 1, 9, 3"],
    ),
    "more machines than the cap": (
        "dev",
        {"cluster.nodeCap": 4},
        ["cluster.nodeCap 4 is less than 5, the sum of the groups' max"],
    ),
    "replicas above the cap": (
        "prod",
        {"scale.maxReplicas": 51},
        ["scale.maxReplicas 51 is above the cap of 50"],
    ),
    "replicas beyond the maximum": (
        "staging",
        {"scale.replicas": 7},
        ["scale.replicas 7 is more than scale.maxReplicas (6)"],
    ),
    "bounds without scaling": (
        "staging",
        {"scale.autoScaling": False},
        ["scale.autoScaling is off, so minReplicas and maxReplicas must equal replicas"],
    ),
    "storage cap equal to the storage": (
        "dev",
        {"database.storageCapGib": 20},
        ["database.storageCapGib 20 must be more than storageGib (20)"],
    ),
    "archive before cold": (
        "dev",
        {"evidence.archiveAfterDays": 60},
        ["evidence.archiveAfterDays 60 must be at least 90 days after coldAfterDays (30)"],
    ),
    "real data in dev": (
        "dev",
        {"data.classification": "full"},
        ["data.classification must be synthetic in dev, not full"],
    ),
    "budget": (
        "prod",
        {"cost.monthlyBudget": 60001},
        ["cost.monthlyBudget all environments together add up to $120,001 per month, more than the allowed $120,000"],
    ),
    "unprotected prod": (
        "prod",
        {
            "data.disposable": True,
            "network.natPerZone": False,
            "database.multiZone": False,
            "database.backupRetentionDays": 29,
            "evidence.objectLock": False,
            "evidence.retentionYears": 6,
            "recovery.enabled": False,
        },
        [
            "data.disposable must be false in production-like environments",
            "network.natPerZone must be true in production-like environments",
            "database.backupRetentionDays 29 days is less than the 30 days required for prod",
            "database.multiZone must be true in production-like environments",
            "evidence.objectLock must be true in production-like environments",
            "evidence.retentionYears 6 years is less than the 7 years required for prod",
            "recovery.enabled must be true in production-like environments",
        ],
    ),
}


@pytest.mark.parametrize(("environment", "changes", "lines"), TOGETHER.values(), ids=TOGETHER)
def test_inconsistent_keys_are_reported(
    project: Path, environment: str, changes: dict[str, Any], lines: list[str]
) -> None:
    assert _mistakes(project, environment, changes) == lines


def test_inconsistent_and_invalid_keys_are_reported_together(project: Path) -> None:
    changes = {"scale.cpu": "x", "scale.maxReplicas": 99, "recovery.region": "us-east-1", "cost": ...}
    assert _mistakes(project, "prod", changes) == [
        "recovery.region us-east-1 is also the primary region",
        "scale.cpu 'x' is not an amount of CPU, such as 500m",
        "scale.maxReplicas 99 is above the cap of 50",
        "cost is missing; every environment must set it",
    ]


def test_an_unknown_environment_is_reported(project: Path) -> None:
    with pytest.raises(UnknownEnvironmentError) as caught:
        load_file(project, "qa")
    assert str(caught.value) == (
        "There is no environment called qa. The environments are dev, staging, preprod, prod.\nNothing was changed."
    )


@pytest.mark.parametrize(("name", "closest"), [("develop", "dev"), ("production", "prod"), ("stage", "staging")])
def test_the_closest_environment_is_suggested(project: Path, name: str, closest: str) -> None:
    with pytest.raises(UnknownEnvironmentError, match=rf"no environment called {name}; did you mean {closest}\?"):
        load_file(project, name)


def test_invalid_yaml_is_reported_with_its_line(project: Path) -> None:
    (project / "Pulumi.dev.yaml").write_text("config:\n  campus-safety:region: [us-east-1\n", encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_file(project, "dev")
    assert str(caught.value) == dedent(
        """\
        Pulumi.dev.yaml: 1 mistake
          line 3 is not YAML: expected ',' or ']', but got '<stream end>'
        Nothing was changed."""
    )


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="file does not exist in"):
        load_file(tmp_path, "dev")


def test_a_file_without_settings_is_reported(project: Path) -> None:
    (project / "Pulumi.dev.yaml").write_text("encryptionsalt: x\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="config is missing; it holds the settings"):
        load_file(project, "dev")


def test_unused_keys_are_reported(project: Path) -> None:
    content = _content("dev")
    content["config"] |= {"aws:region": "us-east-1", "region": "us-east-1", "pulumi:autonaming": {"mode": "verbatim"}}
    (project / "Pulumi.dev.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_file(project, "dev")
    assert [mistake.location for mistake in caught.value.mistakes] == ["region", "aws:region"]


def test_the_project_file_sets_defaults(project: Path) -> None:
    _change(project, "dev", {"domain": ...})
    shared = yaml.safe_load((project / "Pulumi.yaml").read_text(encoding="utf-8"))
    shared["config"]["campus-safety:domain"] = {"value": "shared.example"}
    (project / "Pulumi.yaml").write_text(yaml.safe_dump(shared), encoding="utf-8")
    assert load_file(project, "dev").domain == "shared.example"
    assert load_file(project, "prod").domain == "campus-safety.example"


def test_mistakes_of_other_environments_are_not_reported(project: Path) -> None:
    _change(project, "dev", {"network": "nonsense", "cost.monthlyBudget": "a lot"})
    assert load_file(project, "prod").environment == "prod"

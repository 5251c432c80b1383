"""Validation of data, backups and restore sources."""

from typing import Any

import pytest

from stacks.loading import load_file
from tests.stacks.graph import record
from tests.stacks.test_settings import _change, project
from tests.stacks.test_settings import _mistakes as mistakes

__all__ = ["project"]

PROD_ACCOUNT, DEV_ACCOUNT = "444455556666", "111122223333"
RESTORE, UPGRADE = "database.restoreFrom", "database.upgradeFrom"
STAGING_MOST = "staging may hold at most sanitised data"
PREPROD_MOST = "preprod may hold at most restricted-subset data"


def arn(name: str, account: str = DEV_ACCOUNT, region: str = "us-east-1") -> str:
    return f"arn:aws:rds:{region}:{account}:snapshot:{name}"


MISTAKES: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "prod snapshot in dev, by name": (
        "dev",
        {RESTORE: "campus-prod-records-final"},
        [f"{RESTORE} campus-prod-records-final holds full data of prod; dev may hold at most synthetic data"],
    ),
    "prod snapshot in staging, by its automated name": (
        "staging",
        {RESTORE: "rds:campus-prod-records-2026-01-31-07-05"},
        [f"{RESTORE} campus-prod-records-2026-01-31-07-05 holds full data of prod; {STAGING_MOST}"],
    ),
    "prod snapshot in preprod": (
        "preprod",
        {RESTORE: "campus-prod-records-final"},
        [f"{RESTORE} campus-prod-records-final holds full data of prod; {PREPROD_MOST}"],
    ),
    "prod's account with a harmless name": (
        "staging",
        {RESTORE: arn("campus-dev-records", PROD_ACCOUNT)},
        [f"{RESTORE} campus-dev-records holds full data of prod; staging may hold at most sanitised data"],
    ),
    "preprod snapshot in staging": (
        "staging",
        {RESTORE: "campus-preprod-records-1"},
        [f"{RESTORE} campus-preprod-records-1 holds restricted-subset data of preprod; {STAGING_MOST}"],
    ),
    "name without an environment": (
        "dev",
        {RESTORE: "copy-of-records"},
        [
            (
                f"{RESTORE} copy-of-records does not name the environment that its data is from; "
                "first copy the snapshot to the name campus-<environment>-…"
            ),
        ],
    ),
    "unknown account": (
        "dev",
        {RESTORE: arn("campus-dev-records", "999900001111")},
        [f"{RESTORE} is in account 999900001111, which is not the account of an environment"],
    ),
    "another region": (
        "dev",
        {RESTORE: arn("campus-dev-records", region="us-west-2")},
        [f"{RESTORE} is in us-west-2; first copy the snapshot to us-east-1, encrypted with that region's database key"],
    ),
    "any snapshot in prod": (
        "prod",
        {RESTORE: "campus-prod-records-final"},
        [
            (
                f"{RESTORE} must be null in prod, because a restore would replace the live database; "
                "follow the restore runbook"
            ),
        ],
    ),
    "no snapshot at all": (
        "dev",
        {RESTORE: "Campus Dev"},
        [f"{RESTORE} 'Campus Dev' is not an RDS snapshot: campus-<environment>-… or its ARN"],
    ),
    "upgrade to the present version": (
        "dev",
        {UPGRADE: "16"},
        [f"{UPGRADE} 16 must be lower than version (16); use null if no upgrade is under way"],
    ),
    "downgrade": (
        "dev",
        {UPGRADE: "17"},
        [f"{UPGRADE} 17 must be lower than version (16); use null if no upgrade is under way"],
    ),
    "upgrade of a database with a replica in another region": (
        "preprod",
        {"database.version": "17", UPGRADE: "16"},
        [
            (
                f"{UPGRADE} must be null while recovery.enabled is true, because RDS does not upgrade a replica in "
                "another region; follow docs/how-to/upgrade-postgresql.md"
            ),
        ],
    ),
    "one cache node in prod": (
        "prod",
        {"cache.nodes": 1},
        ["cache.nodes must be at least 2 in production-like environments"],
    ),
    "node type": (
        "dev",
        {"cache.nodeType": "t4g.micro"},
        ["cache.nodeType 't4g.micro' is not an ElastiCache node type"],
    ),
    "engine version": (
        "dev",
        {"cache.version": "6.2"},
        ["cache.version '6.2' is not a version of Redis 7, such as 7.1"],
    ),
    "no snapshots of the cache": (
        "dev",
        {"cache.snapshotRetentionDays": 0},
        ["cache.snapshotRetentionDays 0 is too small; the minimum is 1"],
    ),
    "backups of prod deleted early": (
        "prod",
        {"backup.retentionDays": 29},
        ["backup.retentionDays 29 days is less than the 30 days required for prod"],
    ),
    "vault of prod without a compliance lock": (
        "prod",
        {"backup.lock": "governance"},
        ["backup.lock must be compliance in production-like environments"],
    ),
    "lock on destroyable data": (
        "dev",
        {"backup.lock": "compliance"},
        ["backup.lock must be none: data.disposable is true, so backups must be deletable"],
    ),
    "unknown lock": (
        "dev",
        {"backup.lock": "firm"},
        ["backup.lock must be 'none', 'governance' or 'compliance', not 'firm'"],
    ),
    "grace below AWS's minimum": (
        "dev",
        {"backup.graceDays": 2},
        ["backup.graceDays 2 is too small; the minimum is 3"],
    ),
}


@pytest.mark.parametrize(("environment", "changes", "lines"), MISTAKES.values(), ids=MISTAKES)
def test_invalid_data_settings_are_reported(
    project: Any,  # pytest's way to share a fixture
    environment: str,
    changes: dict[str, Any],
    lines: list[str],
) -> None:
    assert mistakes(project, environment, changes) == lines


@pytest.mark.parametrize(
    ("environment", "source"),
    [
        ("dev", "campus-dev-records-1"),
        ("staging", "campus-dev-records-1"),
        ("staging", "rds:campus-staging-records-2026-01-31-07-05"),
        ("preprod", arn("campus-dev-records-1")),
        ("preprod", "campus-preprod-subset-1"),
    ],
)
def test_a_database_is_restored_from_data_of_its_class_or_below(
    project: Any,  # pytest's way to share a fixture
    environment: str,
    source: str,
) -> None:
    _change(project, environment, {RESTORE: source})
    assert load_file(project, environment).database.restore_from == source


def test_a_restored_database_takes_its_users_from_the_snapshot(
    project: Any,  # pytest's way to share a fixture
) -> None:
    _change(project, "staging", {RESTORE: "campus-staging-records-1"})
    database = record("staging", project=project).one("rds.Instance", "records")
    assert database["snapshotIdentifier"] == "campus-staging-records-1"
    assert not {"username", "dbName"} & set(database.inputs)


def test_only_an_upgrade_in_the_settings_allows_a_new_major_version(
    project: Any,  # pytest's way to share a fixture
) -> None:
    flags = ("allowMajorVersionUpgrade", "applyImmediately")
    before = record("dev", project=project).one("rds.Instance", "records")
    assert not set(flags) & set(before.inputs)
    _change(project, "dev", {"database.version": "17", UPGRADE: "16"})
    after = record("dev", project=project).one("rds.Instance", "records")
    assert [after[flag] for flag in flags] == [True, True]
    assert (after["engineVersion"], before["engineVersion"]) == ("17", "16")

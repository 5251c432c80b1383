"""Backup vaults, plans and selections."""

import json
from typing import Any

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, LifecycleCase

DENIED = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "backup:DeleteRecoveryPoint", "Resource": "*"}


def rule(days: int) -> dict[str, Any]:
    lifecycle = {"deleteAfter": days}
    copy = {"destinationVaultArn": "arn:aws:backup:us-west-2:123456789012:backup-vault:dr", "lifecycle": lifecycle}
    return {
        "ruleName": "daily",
        "targetVaultName": "base",
        "schedule": "cron(0 4 * * ? *)",
        "scheduleExpressionTimezone": "Etc/UTC",
        "startWindow": 60,
        "completionWindow": 180,
        "lifecycle": lifecycle,
        "copyActions": [copy],
        "recoveryPointTags": {"team": "core"},
    }


def vault(deps: Any) -> str:
    return str(deps.engine.create("aws:backup/vault:Vault", name="base").id)


def backup_plan(deps: Any) -> str:
    rules = [{"ruleName": "daily", "targetVaultName": "base"}]
    return str(deps.engine.create("aws:backup/plan:Plan", name="base", rules=rules).id)


CASES = [
    LifecycleCase(
        "aws:backup/vault:Vault",
        lambda deps: {"name": "backups", "kmsKeyArn": deps.key, "tags": OLD},
        lambda deps: {"name": "backups", "kmsKeyArn": deps.key, "forceDestroy": True, "tags": NEW},
    ),
    LifecycleCase(
        "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
        lambda deps: {"backupVaultName": vault(deps), "minRetentionDays": 30, "maxRetentionDays": 366},
        None,
    ),
    LifecycleCase(
        "aws:backup/vaultPolicy:VaultPolicy",
        lambda deps: {"backupVaultName": vault(deps), "policy": json.dumps({"Statement": [DENIED]})},
        lambda _deps: {"backupVaultName": "base", "policy": json.dumps({"Statement": []})},
    ),
    LifecycleCase(
        "aws:backup/vaultNotifications:VaultNotifications",
        lambda deps: {
            "backupVaultName": vault(deps),
            "snsTopicArn": deps.topic,
            "backupVaultEvents": ["COPY_JOB_FAILED", "BACKUP_JOB_COMPLETED"],
        },
        None,
    ),
    LifecycleCase(
        "aws:backup/plan:Plan",
        lambda _deps: {"name": "daily", "rules": [rule(30)], "tags": OLD},
        lambda _deps: {"name": "daily", "rules": [rule(35)], "tags": NEW},
    ),
    LifecycleCase(
        "aws:backup/selection:Selection",
        lambda deps: {
            "name": "records",
            "planId": backup_plan(deps),
            "iamRoleArn": deps.role.outputs["arn"],
            "resources": ["arn:aws:rds:us-east-1:123456789012:db:records"],
        },
        None,
    ),
]


def test_changed_vault_lock_replaces(engine: Any, deps: Any) -> None:
    token = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
    lock = {"backupVaultName": vault(deps), "minRetentionDays": 30, "changeableForDays": 3}
    created = engine.create(token, **lock)
    assert [change.replace for change in engine.diff(created, **{**lock, "minRetentionDays": 7}).changes] == [True]

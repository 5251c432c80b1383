"""Backups and backup vaults of each environment."""

import json

from stacks.requirements import BACKUP_RETENTION_DAYS
from tests.stacks.graph import Graph


def test_the_database_is_backed_up_in_full_every_day(any_environment: Graph) -> None:
    (rule,) = any_environment.one("backup.Plan")["rules"]
    assert rule["schedule"] == "cron(0 4 * * ? *)"
    assert rule["targetVaultName"] == any_environment.one("backup.Vault", "backups")["name"]
    assert "enableContinuousBackup" not in rule
    selection = any_environment.one("backup.Selection")
    assert selection["resources"] == [any_environment.one("rds.Instance", "records").arn]
    assert selection["iamRoleArn"] == any_environment.one("iam.Role", "backups").arn


def test_backup_retention_follows_the_requirements_in_both_regions(preprod: Graph, prod: Graph) -> None:
    for graph in (preprod, prod):
        (rule,) = graph.one("backup.Plan")["rules"]
        assert rule["lifecycle"]["deleteAfter"] >= BACKUP_RETENTION_DAYS
        (copy,) = rule["copyActions"]
        assert copy["destinationVaultArn"] == graph.one("backup.Vault", "backups-dr").arn
        assert copy["lifecycle"]["deleteAfter"] >= BACKUP_RETENTION_DAYS
        assert graph.one("backup.Vault", "backups-dr").region == "us-west-2"


def test_each_vault_has_the_key_of_its_region(prod: Graph) -> None:
    for name, key in (("backups", "backup"), ("backups-dr", "backup-dr")):
        vault = prod.one("backup.Vault", name)
        assert vault["kmsKeyArn"] == prod.one("kms.Key", key).arn
        assert vault.region == prod.one("kms.Key", key).region


def test_recovery_points_cannot_be_deleted(any_environment: Graph) -> None:
    vaults = any_environment.all("backup.Vault")
    policies = {
        node["backupVaultName"]: json.loads(node["policy"]) for node in any_environment.all("backup.VaultPolicy")
    }
    assert set(policies) == {vault["name"] for vault in vaults}
    for document in policies.values():
        (statement,) = document["Statement"]
        assert (statement["Effect"], statement["Principal"]) == ("Deny", {"AWS": "*"})
        assert "backup:DeleteRecoveryPoint" in statement["Action"]


def test_protected_vaults_have_a_compliance_lock(dev: Graph, staging: Graph, preprod: Graph, prod: Graph) -> None:
    assert not dev.all("backup.VaultLockConfiguration")
    assert not staging.all("backup.VaultLockConfiguration")
    for graph in (preprod, prod):
        locks = graph.all("backup.VaultLockConfiguration")
        assert {lock["backupVaultName"] for lock in locks} == {vault["name"] for vault in graph.all("backup.Vault")}
        assert {lock["changeableForDays"] for lock in locks} == {3}
        assert {lock["minRetentionDays"] for lock in locks} == {BACKUP_RETENTION_DAYS}


def test_vault_events_are_published_in_their_own_region(prod: Graph) -> None:
    for suffix in ("", "-dr"):
        notices = prod.one("backup.VaultNotifications", f"backups{suffix}")
        topic = prod.one("sns.Topic", f"data-notices{suffix}")
        assert notices["snsTopicArn"] == topic.arn
        assert notices.region == topic.region
        assert topic["kmsMasterKeyId"] == prod.one("kms.Key", f"notices{suffix}").arn
        assert {"BACKUP_JOB_COMPLETED", "COPY_JOB_FAILED"} <= set(notices["backupVaultEvents"])


def test_only_services_of_this_account_publish_notifications(any_environment: Graph) -> None:
    policies = [each for each in any_environment.all("sns.TopicPolicy") if each.name.startswith("data-notices")]
    assert policies
    for allowed in policies:
        statement, _ = json.loads(allowed["policy"])["Statement"]
        assert statement["Principal"] == {"Service": ["backup.amazonaws.com", "s3.amazonaws.com"]}
        assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": any_environment.exports["account"]}}


def test_recovery_points_have_the_data_classification_tag(any_environment: Graph) -> None:
    (rule,) = any_environment.one("backup.Plan")["rules"]
    vault = any_environment.one("backup.Vault", "backups")
    assert rule["recoveryPointTags"]["data-classification"] == vault.tags["data-classification"]


def test_backup_and_restore_roles_are_separate(any_environment: Graph) -> None:
    attached = {
        node["role"]: node["policyArn"].rpartition("/")[2]
        for node in any_environment.all("iam.RolePolicyAttachment")
        if "AWSBackupServiceRolePolicy" in node["policyArn"]
    }
    environment = any_environment.exports["environment"]
    assert attached == {
        f"campus-{environment}-backup": "AWSBackupServiceRolePolicyForBackup",
        f"campus-{environment}-backup-restore": "AWSBackupServiceRolePolicyForRestores",
    }

"""AWS Backup and replicated RDS backups with and without patches."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.cloud.clients import ACCOUNT, EAST, WEST, aws, cloud, database, role

MISSING = (NotImplementedError, ClientError)
TOPIC = f"arn:aws:sns:{EAST}:{ACCOUNT}:backups"


def plan(name: str = "daily", schedule: str = "cron(0 4 * * ? *)") -> Any:
    rule = {"RuleName": "daily", "TargetBackupVaultName": "backups", "ScheduleExpression": schedule}
    return {"BackupPlanName": name, "Rules": [rule]}


def backup_plan() -> tuple[Any, str]:
    backup = aws("backup")
    return backup, backup.create_backup_plan(BackupPlan=plan())["BackupPlanId"]


def vault() -> Any:
    backup = aws("backup")
    backup.create_backup_vault(BackupVaultName="backups")
    return backup


def test_backup_plans() -> None:
    with cloud(patched=False):
        backup, identifier = backup_plan()
        with pytest.raises(MISSING):
            backup.update_backup_plan(BackupPlanId=identifier, BackupPlan=plan())
        backup.delete_backup_plan(BackupPlanId=identifier)
        with pytest.raises(ClientError, match="AlreadyExists"):
            backup_plan()
    with cloud(patched=True):
        backup, identifier = backup_plan()
        before = backup.get_backup_plan(BackupPlanId=identifier)["VersionId"]
        backup.update_backup_plan(BackupPlanId=identifier, BackupPlan=plan(schedule="cron(0 5 * * ? *)"))
        shown = backup.get_backup_plan(BackupPlanId=identifier)
        assert shown["BackupPlan"]["Rules"][0]["ScheduleExpression"] == "cron(0 5 * * ? *)"
        assert shown["VersionId"] != before
        backup.delete_backup_plan(BackupPlanId=identifier)
        with pytest.raises(ClientError, match="ResourceNotFound"):
            backup.get_backup_plan(BackupPlanId=identifier)
        assert backup_plan()[1] != identifier


def select(backup: Any, identifier: str) -> str:
    selection = {"SelectionName": "records", "IamRoleArn": role("backup"), "Resources": ["arn:aws:rds:::db:records"]}
    return str(backup.create_backup_selection(BackupPlanId=identifier, BackupSelection=selection)["SelectionId"])


def test_backup_selections() -> None:
    with cloud(patched=False), pytest.raises(MISSING):
        select(*backup_plan())
    with cloud(patched=True):
        backup, identifier = backup_plan()
        selection = select(backup, identifier)
        shown = backup.get_backup_selection(BackupPlanId=identifier, SelectionId=selection)
        assert shown["BackupSelection"]["Resources"] == ["arn:aws:rds:::db:records"]
        listed = backup.list_backup_selections(BackupPlanId=identifier)["BackupSelectionsList"]
        assert [one["SelectionName"] for one in listed] == ["records"]
        with pytest.raises(ClientError, match="selections must be deleted prior"):
            backup.delete_backup_plan(BackupPlanId=identifier)
        backup.delete_backup_selection(BackupPlanId=identifier, SelectionId=selection)
        with pytest.raises(ClientError, match="ResourceNotFound"):
            backup.get_backup_selection(BackupPlanId=identifier, SelectionId=selection)
        backup.delete_backup_plan(BackupPlanId=identifier)


def test_backup_vault_policies() -> None:
    with cloud(patched=False), pytest.raises(MISSING):
        vault().put_backup_vault_access_policy(BackupVaultName="backups", Policy="{}")
    with cloud(patched=True):
        backup = vault()
        backup.put_backup_vault_access_policy(BackupVaultName="backups", Policy="{}")
        assert backup.get_backup_vault_access_policy(BackupVaultName="backups")["Policy"] == "{}"
        backup.delete_backup_vault_access_policy(BackupVaultName="backups")
        with pytest.raises(ClientError, match="ResourceNotFound"):
            backup.get_backup_vault_access_policy(BackupVaultName="backups")


def test_backup_vault_notifications() -> None:
    settings = {"BackupVaultName": "backups", "SNSTopicArn": TOPIC, "BackupVaultEvents": ["COPY_JOB_FAILED"]}
    with cloud(patched=False), pytest.raises(MISSING):
        vault().put_backup_vault_notifications(**settings)
    with cloud(patched=True):
        backup = vault()
        backup.put_backup_vault_notifications(**settings)
        shown = backup.get_backup_vault_notifications(BackupVaultName="backups")
        assert {name: shown[name] for name in settings} == settings
        backup.delete_backup_vault_notifications(BackupVaultName="backups")
        with pytest.raises(ClientError, match="ResourceNotFound"):
            backup.get_backup_vault_notifications(BackupVaultName="backups")


def replicate(source: str, **more: Any) -> Any:
    return aws("rds", WEST).start_db_instance_automated_backups_replication(SourceDBInstanceArn=source, **more)


def test_rds_backup_replication() -> None:
    with cloud(patched=False), pytest.raises(MISSING):
        replicate(database()["DBInstanceArn"])
    with cloud(patched=True):
        source = database(StorageEncrypted=True)["DBInstanceArn"]
        with pytest.raises(ClientError, match="need the KmsKeyId"):
            replicate(source)
        copy = replicate(source, KmsKeyId="west", BackupRetentionPeriod=30)["DBInstanceAutomatedBackup"]
        with pytest.raises(ClientError, match="are already replicated to"):
            replicate(source, KmsKeyId="west")
        arn, rds = copy["DBInstanceAutomatedBackupsArn"], aws("rds", WEST)
        shown = rds.describe_db_instance_automated_backups(DBInstanceAutomatedBackupsArn=arn)
        assert shown["DBInstanceAutomatedBackups"][0]["BackupRetentionPeriod"] == 30
        assert len(rds.describe_db_instance_automated_backups()["DBInstanceAutomatedBackups"]) == 1
        rds.stop_db_instance_automated_backups_replication(SourceDBInstanceArn=source)
        with pytest.raises(ClientError, match="AutomatedBackupNotFound"):
            rds.describe_db_instance_automated_backups(DBInstanceAutomatedBackupsArn=arn)
        with pytest.raises(ClientError, match="are not replicated"):
            rds.stop_db_instance_automated_backups_replication(SourceDBInstanceArn=source)


@pytest.mark.parametrize(
    ("settings", "region", "refusal"),
    [
        ({"BackupRetentionPeriod": 0}, WEST, "Automated backups are not enabled"),
        ({}, EAST, "must be in another AWS Region"),
    ],
)
def test_backups_that_cannot_be_replicated_are_refused(settings: Any, region: str, refusal: str) -> None:
    with cloud(patched=True):
        source = database(**settings)["DBInstanceArn"]
        with pytest.raises(ClientError, match=refusal):
            aws("rds", region).start_db_instance_automated_backups_replication(SourceDBInstanceArn=source)
        with pytest.raises(ClientError, match="not found"):
            replicate(source.replace("records", "nothing"))

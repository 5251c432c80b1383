"""AWS Backup: vaults with lock, policy and notifications; plans and what they back up."""

from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.table import Auto, ResourceType, op
from rehearsal.providers.aws.tags import TagCalls
from rehearsal.providers.aws.work import Work

TAGS = TagCalls("tag_resource", "untag_resource", lambda work: {"ResourceArn": work.get("arn")}, list="list_tags")


def _selection(work: Work) -> Args:
    return {"BackupPlanId": work.get("planId"), "SelectionId": work.id}


def _chosen(work: Work) -> Args:
    """Tags that choose resources are called so in AWS's structure only."""
    tags = [
        {"ConditionType": one["type"], "ConditionKey": one["key"], "ConditionValue": one["value"]}
        for one in work.new.get("selectionTags") or []
    ]
    wanted = {
        "SelectionName": work.new["name"],
        "IamRoleArn": work.new["iamRoleArn"],
        "Resources": work.new.get("resources") or None,
        "NotResources": work.new.get("notResources") or None,
        "ListOfTags": tags or None,
    }
    return {"BackupPlanId": work.new["planId"], "BackupSelection": wanted}


TYPES = (
    ResourceType(
        tokens=("aws:backup/vault:Vault",),
        service="backup",
        id="{name}",
        key="BackupVaultName",
        create=op("create_backup_vault"),
        read=op("describe_backup_vault"),
        item="@",
        delete=op("delete_backup_vault"),
        names={
            "name": "BackupVaultName",
            "arn": "BackupVaultArn",
            "kmsKeyArn": "EncryptionKeyArn",
            "recoveryPoints": "NumberOfRecoveryPoints",
        },
        auto=Auto(limit=50),
        local=("forceDestroy",),
        defaults={"forceDestroy": False},
        tagging=TAGS,
    ),
    ResourceType(
        tokens=("aws:backup/vaultLockConfiguration:VaultLockConfiguration",),
        service="backup",
        id="{backupVaultName}",
        key="BackupVaultName",
        create=op(
            "put_backup_vault_lock_configuration",
            lambda work: {
                "BackupVaultName": work.new["backupVaultName"],
                "MinRetentionDays": work.new.get("minRetentionDays"),
                "MaxRetentionDays": work.new.get("maxRetentionDays"),
                "ChangeableForDays": work.new.get("changeableForDays"),
            },
            inputs=("backupVaultName", "minRetentionDays", "maxRetentionDays", "changeableForDays"),
        ),
        read=op("describe_backup_vault"),
        item="@",
        gone="!Locked",
        delete=op("delete_backup_vault_lock_configuration"),
    ),
    ResourceType(
        tokens=("aws:backup/vaultPolicy:VaultPolicy",),
        service="backup",
        id="{backupVaultName}",
        key="BackupVaultName",
        create=op("put_backup_vault_access_policy", whole=True),
        read=op("get_backup_vault_access_policy"),
        item="@",
        update=[op("put_backup_vault_access_policy", whole=True)],
        delete=op("delete_backup_vault_access_policy"),
    ),
    ResourceType(
        tokens=("aws:backup/vaultNotifications:VaultNotifications",),
        service="backup",
        id="{backupVaultName}",
        key="BackupVaultName",
        create=op("put_backup_vault_notifications"),
        read=op("get_backup_vault_notifications"),
        item="@",
        delete=op("delete_backup_vault_notifications"),
        names={"snsTopicArn": "SNSTopicArn"},
    ),
    ResourceType(
        tokens=("aws:backup/plan:Plan",),
        service="backup",
        id="BackupPlanId",
        create=op("create_backup_plan", wrap="BackupPlan"),
        read=op("get_backup_plan"),
        item="@",
        update=[op("update_backup_plan", wrap="BackupPlan", whole=True)],
        delete=op("delete_backup_plan"),
        names={
            "arn": "BackupPlanArn",
            "coldStorageAfter": "MoveToColdStorageAfterDays",
            "completionWindow": "CompletionWindowMinutes",
            "deleteAfter": "DeleteAfterDays",
            "destinationVaultArn": "DestinationBackupVaultArn",
            "name": "BackupPlanName",
            "schedule": "ScheduleExpression",
            "startWindow": "StartWindowMinutes",
            "targetLogicallyAirGappedBackupVaultArn": "TargetLogicallyAirGappedBackupVaultArn",
            "targetVaultName": "TargetBackupVaultName",
            "version": "VersionId",
        },
        force=("name",),
        outputs={
            "name": "BackupPlan.BackupPlanName",
            "rules": "BackupPlan.Rules",
            "advancedBackupSettings": "BackupPlan.AdvancedBackupSettings",
        },
        tagging=TAGS,
    ),
    ResourceType(
        tokens=("aws:backup/selection:Selection",),
        service="backup",
        id="SelectionId",
        create=op(
            "create_backup_selection",
            _chosen,
            inputs=("planId", "name", "iamRoleArn", "resources", "notResources", "selectionTags"),
        ),
        read=op("get_backup_selection", _selection),
        item="@",
        delete=op("delete_backup_selection", _selection),
        outputs={
            "planId": "BackupPlanId",
            "name": "BackupSelection.SelectionName",
            "iamRoleArn": "BackupSelection.IamRoleArn",
            "resources": "BackupSelection.Resources",
            "notResources": "BackupSelection.NotResources",
        },
    ),
)

"""AWS Backup: vaults with their lock, policy and notifications; plans, selections."""

from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.context import OperationContext, by_arn
from rehearsal.providers.aws.table import ApiCall, AutoName, EmulatedType
from rehearsal.providers.aws.tags import TagOperations

_TAGGING = TagOperations("tag_resource", "untag_resource", by_arn("ResourceArn"), list="list_tags")


def _selection_key(context: OperationContext) -> Args:
    return {"BackupPlanId": context.get("planId"), "SelectionId": context.id}


def _selection_args(context: OperationContext) -> Args:
    """Build the arguments of a selection.

    Its tag conditions have different names in AWS and in the SDK.
    """
    tags = [
        {"ConditionType": tag["type"], "ConditionKey": tag["key"], "ConditionValue": tag["value"]}
        for tag in context.inputs.get("selectionTags") or []
    ]
    selection = {
        "SelectionName": context.inputs["name"],
        "IamRoleArn": context.inputs["iamRoleArn"],
        "Resources": context.inputs.get("resources") or None,
        "NotResources": context.inputs.get("notResources") or None,
        "ListOfTags": tags or None,
    }
    return {"BackupPlanId": context.inputs["planId"], "BackupSelection": selection}


TYPES = (
    EmulatedType(
        tokens=("aws:backup/vault:Vault",),
        service="backup",
        id="{name}",
        id_argument="BackupVaultName",
        create=ApiCall("create_backup_vault"),
        read=ApiCall("describe_backup_vault"),
        item="@",
        delete=ApiCall("delete_backup_vault"),
        names={
            "name": "BackupVaultName",
            "arn": "BackupVaultArn",
            "kmsKeyArn": "EncryptionKeyArn",
            "recoveryPoints": "NumberOfRecoveryPoints",
        },
        autoname=AutoName(max_length=50),
        state_only=("forceDestroy",),
        defaults={"forceDestroy": False},
        tagging=_TAGGING,
    ),
    EmulatedType(
        tokens=("aws:backup/vaultLockConfiguration:VaultLockConfiguration",),
        service="backup",
        id="{backupVaultName}",
        id_argument="BackupVaultName",
        create=ApiCall(
            "put_backup_vault_lock_configuration",
            args=lambda context: {
                "BackupVaultName": context.inputs["backupVaultName"],
                "MinRetentionDays": context.inputs.get("minRetentionDays"),
                "MaxRetentionDays": context.inputs.get("maxRetentionDays"),
                "ChangeableForDays": context.inputs.get("changeableForDays"),
            },
            covers_inputs=("backupVaultName", "minRetentionDays", "maxRetentionDays", "changeableForDays"),
        ),
        read=ApiCall("describe_backup_vault"),
        item="@",
        deleted_when="!Locked",
        delete=ApiCall("delete_backup_vault_lock_configuration"),
    ),
    EmulatedType(
        tokens=("aws:backup/vaultPolicy:VaultPolicy",),
        service="backup",
        id="{backupVaultName}",
        id_argument="BackupVaultName",
        create=ApiCall("put_backup_vault_access_policy", full_replace=True),
        read=ApiCall("get_backup_vault_access_policy"),
        item="@",
        update=[ApiCall("put_backup_vault_access_policy", full_replace=True)],
        delete=ApiCall("delete_backup_vault_access_policy"),
    ),
    EmulatedType(
        tokens=("aws:backup/vaultNotifications:VaultNotifications",),
        service="backup",
        id="{backupVaultName}",
        id_argument="BackupVaultName",
        create=ApiCall("put_backup_vault_notifications"),
        read=ApiCall("get_backup_vault_notifications"),
        item="@",
        delete=ApiCall("delete_backup_vault_notifications"),
        names={"snsTopicArn": "SNSTopicArn"},
    ),
    EmulatedType(
        tokens=("aws:backup/plan:Plan",),
        service="backup",
        id="BackupPlanId",
        create=ApiCall("create_backup_plan", nested_in="BackupPlan"),
        read=ApiCall("get_backup_plan"),
        item="@",
        update=[ApiCall("update_backup_plan", nested_in="BackupPlan", full_replace=True)],
        delete=ApiCall("delete_backup_plan"),
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
        force_new=("name",),
        outputs={
            "name": "BackupPlan.BackupPlanName",
            "rules": "BackupPlan.Rules",
            "advancedBackupSettings": "BackupPlan.AdvancedBackupSettings",
        },
        tagging=_TAGGING,
    ),
    EmulatedType(
        tokens=("aws:backup/selection:Selection",),
        service="backup",
        id="SelectionId",
        create=ApiCall(
            "create_backup_selection",
            args=_selection_args,
            covers_inputs=("planId", "name", "iamRoleArn", "resources", "notResources", "selectionTags"),
        ),
        read=ApiCall("get_backup_selection", args=_selection_key),
        item="@",
        delete=ApiCall("delete_backup_selection", args=_selection_key),
        outputs={
            "planId": "BackupPlanId",
            "name": "BackupSelection.SelectionName",
            "iamRoleArn": "BackupSelection.IamRoleArn",
            "resources": "BackupSelection.Resources",
            "notResources": "BackupSelection.NotResources",
        },
    ),
)

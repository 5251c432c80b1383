"""AWS Backup: plans change and go, select what they back up; vaults have policies and tell what happens."""

import json
from typing import Any
from uuid import uuid4

from moto.backup import urls
from moto.backup.exceptions import InvalidRequestException, ResourceNotFoundException
from moto.backup.models import BackupBackend, Plan
from moto.backup.responses import BackupResponse
from moto.core.utils import unix_time

from rehearsal.cloud.moto_patches.base import MotoPatch
from rehearsal.cloud.patches import Patches

VAULT = "{0}/backup-vaults/(?P<name>[^/]+)"


def plans(patches: Patches) -> None:
    """Add UpdateBackupPlan; a deleted plan is gone, its name is free, and it is not deleted with selections in it."""

    def update_backup_plan(self: Any) -> str:
        plan = self.backup_backend.get_backup_plan(self.path.rstrip("/").rpartition("/")[2], None)
        wanted = json.loads(self.body)["BackupPlan"]
        changed = Plan(backup_plan=wanted, creator_request_id=plan.creator_request_id, backend=self.backup_backend)
        plan.backup_plan, plan.version_id = changed.backup_plan, changed.version_id
        plan.advanced_backup_settings = changed.advanced_backup_settings
        return json.dumps(plan.to_dict())

    def wrapper(original: Any) -> Any:
        def delete_backup_plan(self: Any, backup_plan_id: str) -> Any:
            if _selections(self, backup_plan_id):
                raise InvalidRequestException("Related backup plan selections must be deleted prior to backup plan")
            answer = original(self, backup_plan_id)
            del self.plans[backup_plan_id]
            return answer

        return delete_backup_plan

    patches.add(BackupResponse, "update_backup_plan", update_backup_plan)
    patches.wrap(BackupBackend, "delete_backup_plan", wrapper)


def selections(patches: Patches) -> None:
    """Add the operations on a plan's selections."""

    def create_backup_selection(self: Any) -> str:
        plan, wanted = self.path.split("/")[-3], json.loads(self.body)["BackupSelection"]
        self.backup_backend.get_backup_plan(plan, None)
        made = {
            "SelectionId": str(uuid4()),
            "BackupPlanId": plan,
            "CreationDate": unix_time(),
            "BackupSelection": wanted,
        }
        _selections(self.backup_backend, plan)[made["SelectionId"]] = made
        return json.dumps({name: made[name] for name in ("SelectionId", "BackupPlanId", "CreationDate")})

    def get_backup_selection(self: Any) -> str:
        plan, identifier = self.path.split("/")[-3], self.path.split("/")[-1]
        return json.dumps(_selection(self.backup_backend, plan, identifier))

    def list_backup_selections(self: Any) -> str:
        found = _selections(self.backup_backend, self.path.split("/")[-3]).values()
        return json.dumps({"BackupSelectionsList": [_listed(one) for one in found]})

    def delete_backup_selection(self: Any) -> str:
        plan, identifier = self.path.split("/")[-3], self.path.split("/")[-1]
        _selection(self.backup_backend, plan, identifier)
        del _selections(self.backup_backend, plan)[identifier]
        return "{}"

    patches.extend(
        BackupResponse, create_backup_selection, get_backup_selection, list_backup_selections, delete_backup_selection
    )


def vault_policies(patches: Patches) -> None:
    """Add PutBackupVaultAccessPolicy, GetBackupVaultAccessPolicy and DeleteBackupVaultAccessPolicy."""

    def put_backup_vault_access_policy(self: Any) -> str:
        vars(_vault(self))["access_policy"] = json.loads(self.body)["Policy"]
        return "{}"

    def get_backup_vault_access_policy(self: Any) -> str:
        vault = _vault(self)
        if "access_policy" not in vars(vault):
            raise ResourceNotFoundException("Access policy not found on the vault")
        return json.dumps({**_named(vault), "Policy": vars(vault)["access_policy"]})

    def delete_backup_vault_access_policy(self: Any) -> str:
        vars(_vault(self)).pop("access_policy", None)
        return "{}"

    patches.extend(
        BackupResponse,
        put_backup_vault_access_policy,
        get_backup_vault_access_policy,
        delete_backup_vault_access_policy,
    )
    patches.update(urls.url_paths, {f"{VAULT}/access-policy$": urls.response.dispatch})


def vault_notifications(patches: Patches) -> None:
    """Add PutBackupVaultNotifications, GetBackupVaultNotifications and DeleteBackupVaultNotifications."""

    def put_backup_vault_notifications(self: Any) -> str:
        given = json.loads(self.body)
        vars(_vault(self))["notices"] = {name: given[name] for name in ("SNSTopicArn", "BackupVaultEvents")}
        return "{}"

    def get_backup_vault_notifications(self: Any) -> str:
        vault = _vault(self)
        if "notices" not in vars(vault):
            raise ResourceNotFoundException("Failed reading notifications from database for Backup vault")
        return json.dumps({**_named(vault), **vars(vault)["notices"]})

    def delete_backup_vault_notifications(self: Any) -> str:
        vars(_vault(self)).pop("notices", None)
        return "{}"

    patches.extend(
        BackupResponse,
        put_backup_vault_notifications,
        get_backup_vault_notifications,
        delete_backup_vault_notifications,
    )
    patches.update(urls.url_paths, {f"{VAULT}/notification-configuration$": urls.response.dispatch})


def _vault(response: Any) -> Any:
    return response.backup_backend.describe_backup_vault(response.path.split("/")[-2])


def _named(vault: Any) -> dict[str, str]:
    return {"BackupVaultName": vault.backup_vault_name, "BackupVaultArn": vault.backup_vault_arn}


def _selections(backend: Any, plan: str) -> dict[str, Any]:
    found: dict[str, Any] = vars(backend).setdefault("selections", {}).setdefault(plan, {})
    return found


def _selection(backend: Any, plan: str, identifier: str) -> Any:
    found = _selections(backend, plan)
    if identifier not in found:
        raise ResourceNotFoundException("Cannot find Backup selection")
    return found[identifier]


def _listed(selection: dict[str, Any]) -> dict[str, Any]:
    inside = selection["BackupSelection"]
    plain = {name: selection[name] for name in ("SelectionId", "BackupPlanId", "CreationDate")}
    return {**plain, "SelectionName": inside["SelectionName"], "IamRoleArn": inside["IamRoleArn"]}


MOTO_PATCHES = (
    MotoPatch(
        "backup-plans",
        "can't change a plan, and keeps a deleted one with its name",
        "changes it, forgets it, and refuses while it has selections",
        "AWS Backup UpdateBackupPlan, DeleteBackupPlan",
        plans,
    ),
    MotoPatch(
        "backup-selections",
        "has none",
        "manages what a plan backs up",
        "AWS Backup CreateBackupSelection, GetBackupSelection, ListBackupSelections, DeleteBackupSelection",
        selections,
    ),
    MotoPatch(
        "backup-vault-policies",
        "has none",
        "keeps a vault's access policy",
        "AWS Backup PutBackupVaultAccessPolicy, GetBackupVaultAccessPolicy, DeleteBackupVaultAccessPolicy",
        vault_policies,
    ),
    MotoPatch(
        "backup-vault-notifications",
        "has none",
        "keeps which events of a vault are told, and to whom",
        "AWS Backup PutBackupVaultNotifications, GetBackupVaultNotifications, DeleteBackupVaultNotifications",
        vault_notifications,
    ),
)

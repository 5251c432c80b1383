"""AWS Backup: plan updates, selections, vault policies and notifications."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar, cast
from uuid import uuid4

from moto.backup import models, responses, urls
from moto.backup.exceptions import InvalidRequestException, ResourceNotFoundException
from moto.core.utils import unix_time
from typing_extensions import override

from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.patches import Patches

VAULT_PATH = "{0}/backup-vaults/(?P<name>[^/]+)"
_NOTIFICATION_FIELDS = ("SNSTopicArn", "BackupVaultEvents")
_SELECTION_FIELDS = ("SelectionId", "BackupPlanId", "CreationDate")


class Vault(models.Vault):
    """Vault with an access policy and notifications."""

    original: ClassVar[type[models.Vault]]

    access_policy: str | None = None
    notifications: Mapping[str, Any] | None = None


class BackupBackend(models.BackupBackend):
    """Backup plans that can be updated and deleted, and their selections."""

    original: ClassVar[type[models.BackupBackend]]

    @override
    def __init__(self, region_name: str, account_id: str) -> None:
        BackupBackend.original.__init__(self, region_name, account_id)
        self.selections: dict[str, dict[str, dict[str, Any]]] = {}
        """Plan id → selection id → selection."""

    def update_backup_plan(self, backup_plan_id: str, backup_plan: dict[str, Any]) -> models.Plan:
        """Update a plan and give it a new version."""
        plan = self.get_backup_plan(backup_plan_id, None)
        changed = models.Plan(backup_plan=backup_plan, creator_request_id=plan.creator_request_id, backend=self)
        plan.backup_plan, plan.version_id = changed.backup_plan, changed.version_id
        plan.advanced_backup_settings = changed.advanced_backup_settings
        return plan

    @override
    def delete_backup_vault(self, backup_vault_name: str) -> None:
        vault = self.vaults.get(backup_vault_name)
        BackupBackend.original.delete_backup_vault(self, backup_vault_name)
        if vault is not None:
            self.tagger.delete_all_tags_for_resource(vault.backup_vault_arn)

    @override
    def delete_backup_plan(self, backup_plan_id: str) -> tuple[str, str, float, str]:
        if self.selections.get(backup_plan_id):
            raise InvalidRequestException("Related backup plan selections must be deleted prior to backup plan")
        answer = BackupBackend.original.delete_backup_plan(self, backup_plan_id)
        del self.plans[backup_plan_id]
        return answer

    def create_backup_selection(self, backup_plan_id: str, backup_selection: Mapping[str, Any]) -> dict[str, Any]:
        """Add a selection to a plan."""
        self.get_backup_plan(backup_plan_id, None)
        selection = {
            "SelectionId": str(uuid4()),
            "BackupPlanId": backup_plan_id,
            "CreationDate": unix_time(),
            "BackupSelection": backup_selection,
        }
        self.selections.setdefault(backup_plan_id, {})[str(selection["SelectionId"])] = selection
        return selection

    def get_backup_selection(self, backup_plan_id: str, selection_id: str) -> dict[str, Any]:
        """Return a selection.

        Raises moto's ResourceNotFoundException if it does not exist.
        """
        selections = self.selections.get(backup_plan_id, {})
        if selection_id not in selections:
            raise ResourceNotFoundException("Cannot find Backup selection")
        return selections[selection_id]


class BackupResponse(responses.BackupResponse):
    """AWS Backup operations that moto lacks."""

    original: ClassVar[type[responses.BackupResponse]]

    def update_backup_plan(self) -> str:
        """Update a plan."""
        plan_id = self.path.rstrip("/").rpartition("/")[2]
        plan = self.patched_backend().update_backup_plan(plan_id, json.loads(self.body)["BackupPlan"])
        return json.dumps(plan.to_dict())

    def create_backup_selection(self) -> str:
        """Add a selection to a plan."""
        plan_id, requested = self.path.split("/")[-3], json.loads(self.body)["BackupSelection"]
        selection = self.patched_backend().create_backup_selection(plan_id, requested)
        return json.dumps({name: selection[name] for name in _SELECTION_FIELDS})

    def get_backup_selection(self) -> str:
        """Return a selection."""
        return json.dumps(self.find_selection())

    def list_backup_selections(self) -> str:
        """Return the selections of a plan."""
        selections = self.patched_backend().selections.get(self.path.split("/")[-3], {}).values()
        return json.dumps({"BackupSelectionsList": [_selection_summary(selection) for selection in selections]})

    def delete_backup_selection(self) -> str:
        """Remove a selection from its plan."""
        selection = self.find_selection()
        del self.patched_backend().selections[selection["BackupPlanId"]][selection["SelectionId"]]
        return "{}"

    def put_backup_vault_access_policy(self) -> str:
        """Set the access policy of a vault."""
        self.find_vault().access_policy = json.loads(self.body)["Policy"]
        return "{}"

    def get_backup_vault_access_policy(self) -> str:
        """Return the access policy of a vault."""
        vault = self.find_vault()
        if vault.access_policy is None:
            raise ResourceNotFoundException("Access policy not found on the vault")
        return json.dumps({**_vault_key(vault), "Policy": vault.access_policy})

    def delete_backup_vault_access_policy(self) -> str:
        """Remove the access policy of a vault."""
        self.find_vault().access_policy = None
        return "{}"

    def put_backup_vault_notifications(self) -> str:
        """Set the topic and the events of a vault's notifications."""
        request = json.loads(self.body)
        self.find_vault().notifications = {name: request[name] for name in _NOTIFICATION_FIELDS}
        return "{}"

    def get_backup_vault_notifications(self) -> str:
        """Return the topic and the events of a vault's notifications."""
        vault = self.find_vault()
        if vault.notifications is None:
            raise ResourceNotFoundException("Failed reading notifications from database for Backup vault")
        return json.dumps({**_vault_key(vault), **vault.notifications})

    def delete_backup_vault_notifications(self) -> str:
        """Remove the notifications of a vault."""
        self.find_vault().notifications = None
        return "{}"

    def patched_backend(self) -> BackupBackend:
        """Return the backend, cast to the patched class."""
        return cast("BackupBackend", self.backup_backend)

    def find_selection(self) -> dict[str, Any]:
        """Return the selection that the path names."""
        return self.patched_backend().get_backup_selection(self.path.split("/")[-3], self.path.split("/")[-1])

    def find_vault(self) -> Vault:
        """Return the vault that the path names."""
        return cast("Vault", self.backup_backend.describe_backup_vault(self.path.split("/")[-2]))


def _vault_key(vault: Vault) -> dict[str, str]:
    return {"BackupVaultName": vault.backup_vault_name, "BackupVaultArn": vault.backup_vault_arn}


def _selection_summary(selection: Mapping[str, Any]) -> dict[str, Any]:
    requested = selection["BackupSelection"]
    fields = {name: selection[name] for name in _SELECTION_FIELDS}
    return {**fields, "SelectionName": requested["SelectionName"], "IamRoleArn": requested["IamRoleArn"]}


def install(patches: Patches) -> None:
    """Patch moto's AWS Backup."""
    patches.install(Vault)
    patches.install(BackupBackend)
    patches.install(BackupResponse)
    patches.update(urls.url_paths, {f"{VAULT_PATH}/access-policy$": urls.response.dispatch})
    patches.update(urls.url_paths, {f"{VAULT_PATH}/notification-configuration$": urls.response.dispatch})


MOTO_PATCHES = (
    MotoPatch(
        name="backup-deleted-vault-tags",
        moto="keeps the tags of a deleted vault, and a new vault of the same name gets them",
        aws="deletes the tags too",
        source="AWS Backup DeleteBackupVault, ListTags",
        upstream="to file: Backup: Delete tags in DeleteBackupVault",
    ),
    MotoPatch(
        name="backup-plans",
        moto="can't update a plan; keeps a deleted plan, so that its name stays in use",
        aws="updates a plan; deletes it unless it has selections",
        source="AWS Backup UpdateBackupPlan, DeleteBackupPlan",
        upstream="to file: Backup: Support UpdateBackupPlan and remove the plan in DeleteBackupPlan",
    ),
    MotoPatch(
        name="backup-selections",
        moto="lacks backup selections",
        aws="manages the resources that a plan backs up",
        source="AWS Backup CreateBackupSelection, GetBackupSelection, ListBackupSelections, DeleteBackupSelection",
        upstream="to file: Backup: Support backup selections",
    ),
    MotoPatch(
        name="backup-vault-policies",
        moto="lacks access policies of vaults",
        aws="stores a vault's access policy",
        source="AWS Backup PutBackupVaultAccessPolicy, GetBackupVaultAccessPolicy, DeleteBackupVaultAccessPolicy",
        upstream="to file: Backup: Support access policies of backup vaults",
    ),
    MotoPatch(
        name="backup-vault-notifications",
        moto="lacks notifications of vaults",
        aws="stores the events that a vault publishes and the topic that receives them",
        source="AWS Backup PutBackupVaultNotifications, GetBackupVaultNotifications, DeleteBackupVaultNotifications",
        upstream="to file: Backup: Support notifications of backup vaults",
    ),
)

"""RDS: automated backups that are replicated to another region."""

from typing import Any
from uuid import uuid4

from moto.core.responses import ActionResult
from moto.rds.exceptions import DBInstanceNotFoundError, InvalidParameterCombination, RDSClientError
from moto.rds.responses import RDSResponse

from rehearsal.cloud.moto_patches.base import MotoPatch
from rehearsal.cloud.patches import Patches

DEFAULT_DAYS = 7


def replication(patches: Patches) -> None:
    """Add StartDBInstanceAutomatedBackupsReplication and its Stop, and describe what is replicated."""

    def describing(original: Any) -> Any:
        def describe_db_instance_automated_backups(self: Any) -> ActionResult:
            arn, name = (self.params.get(f"DBInstance{what}") for what in ("AutomatedBackupsArn", "Identifier"))
            if arn:
                if arn not in _copies(self):
                    raise RDSClientError("DBInstanceAutomatedBackupNotFound", f"{arn} not found.")
                return ActionResult({"DBInstanceAutomatedBackups": [_copies(self)[arn]]})
            own = original(self).result["DBInstanceAutomatedBackups"]
            copies = [copy for copy in _copies(self).values() if name in {None, copy["DBInstanceIdentifier"]}]
            return ActionResult({"DBInstanceAutomatedBackups": [*own, *copies]})

        return describe_db_instance_automated_backups

    patches.add(RDSResponse, "start_db_instance_automated_backups_replication", _start)
    patches.add(RDSResponse, "stop_db_instance_automated_backups_replication", _stop)
    patches.wrap(RDSResponse, "describe_db_instance_automated_backups", describing)


def _start(response: Any) -> ActionResult:
    source = response.params["SourceDBInstanceArn"]
    database = _source(response, source)
    if any(copy["DBInstanceArn"] == source for copy in _copies(response).values()):
        raise RDSClientError("InvalidDBInstanceState", f"{source} is replicated here already.")
    _check(response, database)
    arn = f"arn:aws:rds:{response.region}:{response.current_account}:auto-backup:ab-{uuid4().hex[:26]}"
    copy = {
        "DBInstanceAutomatedBackupsArn": arn,
        "DBInstanceArn": source,
        "DBInstanceIdentifier": database.db_instance_identifier,
        "Region": database.region,
        "Status": "replicating",
        "Engine": database.engine,
        "Encrypted": bool(database.storage_encrypted),
        "KmsKeyId": response.params.get("KmsKeyId"),
        "BackupRetentionPeriod": int(response.params.get("BackupRetentionPeriod") or DEFAULT_DAYS),
    }
    _copies(response)[arn] = copy
    return ActionResult({"DBInstanceAutomatedBackup": copy})


def _stop(response: Any) -> ActionResult:
    source = response.params["SourceDBInstanceArn"]
    for arn, copy in list(_copies(response).items()):
        if copy["DBInstanceArn"] == source:
            return ActionResult({"DBInstanceAutomatedBackup": _copies(response).pop(arn) | {"Status": "stopped"}})
    raise RDSClientError("DBInstanceNotFound", f"The backups of {source} are not replicated to {response.region}.")


def _copies(response: Any) -> dict[str, Any]:
    found: dict[str, Any] = vars(response.backend).setdefault("replicated_backups", {})
    return found


def _source(response: Any, arn: str) -> Any:
    from moto.rds.models import rds_backends  # noqa: PLC0415  # moto registers its backends when it is asked

    database = rds_backends[response.current_account][arn.split(":")[3]].databases.get(arn.rpartition(":")[2])
    if database is None:
        raise DBInstanceNotFoundError(arn)
    return database


def _check(response: Any, database: Any) -> None:
    if database.region == response.region:
        raise InvalidParameterCombination("The source DB instance must be in another AWS Region.")
    if not database.backup_retention_period:
        raise RDSClientError("InvalidDBInstanceState", "Automated backups are not enabled for the source instance.")
    if database.storage_encrypted and not response.params.get("KmsKeyId"):
        raise InvalidParameterCombination("Encrypted backups need the KmsKeyId of a key of this AWS Region.")


MOTO_PATCHES = (
    MotoPatch(
        "rds-backup-replication",
        "can't replicate automated backups",
        "replicates them to another region, where encrypted ones need a key of that region",
        "RDS StartDBInstanceAutomatedBackupsReplication, StopDBInstanceAutomatedBackupsReplication",
        replication,
    ),
)

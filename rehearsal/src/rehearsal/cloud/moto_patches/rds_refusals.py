"""RDS: changes that AWS rejects because of the instance's present state.

Every check runs before moto changes anything, so a rejected request leaves the instance and its data as they were.
"""

from typing import Any, ClassVar

from moto.rds import models
from moto.rds.exceptions import InvalidParameterCombination, RDSClientError
from typing_extensions import override

from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.patches import Patches

MAJOR_COMPONENTS = {"postgres": 1, "mysql": 2, "mariadb": 2}
"""Engine → number of version components that form the major version (for PostgreSQL: since version 10).

Instances of other engines are not checked.
"""
DEFAULT_GROUP = "default."
"""Prefix of the parameter groups that AWS owns; the rest of the name is the family."""


def major_version(engine: str, version: str) -> str:
    """Return the major version: `16` for PostgreSQL 16.4, `8.0` for MySQL 8.0.39."""
    return ".".join(version.split(".")[: MAJOR_COMPONENTS[engine]])


def is_downgrade(current: str, target: str) -> bool:
    """Return True if the target version is lower than the current one.

    Only components that both versions have are compared, so `16` is not lower than `16.4`.
    """
    pairs = list(zip(_numbers(current), _numbers(target), strict=False))
    return [new for _, new in pairs] < [old for old, _ in pairs]


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdecimal()]


class DBInstance(models.DBInstance):
    """Instance whose default parameter group has the family of its engine version."""

    original: ClassVar[type[models.DBInstance]]

    @override
    def default_db_parameter_group_details(self) -> tuple[str, str]:
        if self.engine not in MAJOR_COMPONENTS:
            return DBInstance.original.default_db_parameter_group_details(self)
        family = f"{self.engine}{major_version(self.engine, str(self.engine_version))}"
        return family, f"{DEFAULT_GROUP}{family}"


class RDSBackend(models.RDSBackend):
    """RDS backend that rejects invalid versions, groups, storage sizes and deletions."""

    original: ClassVar[type[models.RDSBackend]]

    @override
    def create_db_instance(self, db_kwargs: dict[str, Any]) -> models.DBInstance:
        engine = db_kwargs["engine"]
        default = models.DBInstance.default_engine_versions.get(engine)
        version = db_kwargs.get("engine_version") or default
        self.check_parameter_group_family(engine, version, db_kwargs.get("db_parameter_group_name"))
        return RDSBackend.original.create_db_instance(self, db_kwargs)

    @override
    def create_db_instance_read_replica(self, db_kwargs: dict[str, Any]) -> models.DBInstance:
        source = self.find_db_from_id(db_kwargs["source_db_instance_identifier"])
        self.check_parameter_group_family(
            str(source.engine), source.engine_version, db_kwargs.get("db_parameter_group_name")
        )
        return RDSBackend.original.create_db_instance_read_replica(self, db_kwargs)

    @override
    def modify_db_instance(self, db_instance_identifier: str, db_kwargs: dict[str, Any]) -> models.DBInstance:
        database: Any = self.databases.get(db_instance_identifier)
        if database is not None and database.engine in MAJOR_COMPONENTS:
            self.check_version(database, db_kwargs)
            version = db_kwargs.get("engine_version") or database.engine_version
            self.check_parameter_group_family(database.engine, version, db_kwargs.get("db_parameter_group_name"))
            self.check_storage(database, db_kwargs)
        return RDSBackend.original.modify_db_instance(self, db_instance_identifier, db_kwargs)

    @override
    def delete_db_parameter_group(self, db_parameter_group_name: str) -> models.DBParameterGroup:
        if any(database.db_parameter_group_name == db_parameter_group_name for database in self.databases.values()):
            raise RDSClientError(
                "InvalidDBParameterGroupState",
                "One or more database instances are still members of this parameter group "
                f"{db_parameter_group_name}, so the group cannot be deleted",
            )
        return RDSBackend.original.delete_db_parameter_group(self, db_parameter_group_name)

    @override
    def create_subnet_group(
        self, subnet_name: str, description: str, subnets: list[Any], tags: list[dict[str, str]]
    ) -> models.DBSubnetGroup:
        if subnet_name in self.subnet_groups:
            message = f"The DB subnet group '{subnet_name}' already exists."
            raise RDSClientError("DBSubnetGroupAlreadyExists", message)
        return RDSBackend.original.create_subnet_group(self, subnet_name, description, subnets, tags)

    @override
    def delete_subnet_group(self, subnet_name: str) -> models.DBSubnetGroup:
        group = self.subnet_groups.get(subnet_name)
        for database in self.databases.values():
            # Moto sets the attribute only for instances that name a subnet group.
            if group is not None and getattr(database, "db_subnet_group", None) is group:
                raise RDSClientError(
                    "InvalidDBSubnetGroupStateFault",
                    f"Cannot delete the subnet group '{subnet_name}' because at least one database instance: "
                    f"{database.db_instance_identifier} is still using it.",
                )
        return RDSBackend.original.delete_subnet_group(self, subnet_name)

    def check_version(self, database: Any, db_kwargs: dict[str, Any]) -> None:
        """Reject a downgrade, and an incomplete request for a major upgrade.

        A major upgrade needs AllowMajorVersionUpgrade. If the current parameter group is custom, the request must also
        name a new one.
        """
        engine, current, target = database.engine, str(database.engine_version), db_kwargs.get("engine_version")
        if not target:
            return
        if is_downgrade(current, target):
            raise InvalidParameterCombination(f"Cannot upgrade {engine} from {current} to {target}")
        if major_version(engine, current) == major_version(engine, target):
            return
        if not db_kwargs.get("allow_major_version_upgrade"):
            raise InvalidParameterCombination(
                "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version."
            )
        group = database.db_parameter_group_name
        if group and not group.startswith(DEFAULT_GROUP) and not db_kwargs.get("db_parameter_group_name"):
            raise InvalidParameterCombination(
                f"The current DB instance parameter group {group} is custom. You must explicitly specify a new "
                "DB instance parameter group, either default or custom, for the engine version upgrade."
            )

    def check_parameter_group_family(self, engine: str, version: str | None, name: str | None) -> None:
        """Reject a parameter group whose family differs from that of the engine version."""
        if not name or not version or engine not in MAJOR_COMPONENTS:
            return
        if name.startswith(DEFAULT_GROUP):
            family: str | None = name.removeprefix(DEFAULT_GROUP)
        elif name in self.db_parameter_groups:
            family = self.db_parameter_groups[name].family
        else:
            return  # moto reports the missing group
        expected = f"{engine}{major_version(engine, version)}"
        if family != expected:
            raise InvalidParameterCombination(
                f"The parameter group {name} with DBParameterGroupFamily {family} can't be used for this instance. "
                f"Use a parameter group with DBParameterGroupFamily {expected}."
            )

    def check_storage(self, database: Any, db_kwargs: dict[str, Any]) -> None:
        """Reject a storage size that is smaller than the current one."""
        requested, current = db_kwargs.get("allocated_storage"), database.allocated_storage
        if requested is not None and current is not None and int(requested) < int(current):
            storage_type = db_kwargs.get("storage_type") or database.storage_type
            raise InvalidParameterCombination(
                f"Invalid storage size for engine name {database.engine} and storage type {storage_type}: {requested}"
            )


def install(patches: Patches) -> None:
    """Patch moto's RDS."""
    patches.install(DBInstance)
    patches.install(RDSBackend)


MOTO_PATCHES = (
    MotoPatch(
        name="rds-version-change",
        moto="changes an instance to any engine version",
        aws="rejects downgrades; a major upgrade requires AllowMajorVersionUpgrade and, if the instance has a custom "
        "parameter group, a new parameter group",
        source="RDS ModifyDBInstance, EngineVersion and AllowMajorVersionUpgrade",
        upstream="to file: RDS: Check EngineVersion and AllowMajorVersionUpgrade in ModifyDBInstance",
    ),
    MotoPatch(
        name="rds-parameter-group-family",
        moto="accepts a parameter group of any family, and names the default group of version 16 default.postgres",
        aws="rejects a family other than that of the engine version; the default group is default.postgres16",
        source="RDS User Guide, Working with parameter groups",
        upstream="to file: RDS: Check DBParameterGroupFamily when an instance is created or modified",
        operations=("CreateDBInstance", "ModifyDBInstance"),
    ),
    MotoPatch(
        name="rds-less-storage",
        moto="reduces the allocated storage",
        aws="rejects a size below the current one",
        source="RDS User Guide, Increasing DB instance storage capacity",
        upstream="to file: RDS: Reject a smaller AllocatedStorage in ModifyDBInstance",
    ),
    MotoPatch(
        name="rds-groups-in-use",
        moto="deletes parameter groups and subnet groups that instances use",
        aws="rejects the deletion",
        source="RDS DeleteDBParameterGroup, DeleteDBSubnetGroup",
        upstream="to file: RDS: Reject the deletion of parameter and subnet groups in use",
    ),
    MotoPatch(
        name="rds-unique-subnet-group",
        moto="replaces an existing subnet group of the same name",
        aws="rejects a second subnet group of the same name",
        source="RDS CreateDBSubnetGroup, DBSubnetGroupAlreadyExists",
        upstream="to file: RDS: Raise DBSubnetGroupAlreadyExists in CreateDBSubnetGroup",
    ),
)

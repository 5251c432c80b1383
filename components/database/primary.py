"""PostgreSQL primary instance."""

from typing import NotRequired, TypedDict

import pulumi
from pulumi import InvokeOptions, ResourceOptions
from pulumi_aws import rds, secretsmanager

from components.base import PlatformComponent
from components.database.args import PrimaryArgs
from components.database.instance_args import shared_instance_args
from components.database.log_groups import log_groups
from components.database.parameter_group import parameter_group
from components.database.plan import DATABASE, MASTER_USERNAME, PORT
from components.database.subnet_group import subnet_group
from components.identity.role import ServiceRole, ServiceRoleArgs

PASSWORD_LENGTH = 40


class InitialContent(TypedDict):
    """Instance properties that set the initial content."""

    username: NotRequired[str]
    db_name: NotRequired[str]
    snapshot_identifier: NotRequired[str]


def initial_content(restore_from: str | None) -> InitialContent:
    """Return the properties of an empty or a restored instance.

    A snapshot already contains the database name and the master user.
    """
    if restore_from is None:
        return {"username": MASTER_USERNAME, "db_name": DATABASE}
    return {"snapshot_identifier": restore_from}


class MajorUpgrade(TypedDict):
    """Instance properties that let RDS upgrade the major version."""

    allow_major_version_upgrade: NotRequired[bool]
    apply_immediately: NotRequired[bool]


def major_upgrade(upgrade_from: str | None) -> MajorUpgrade:
    """Return the properties of an instance during a major upgrade, else no properties.

    Without `allow_major_version_upgrade`, RDS rejects a new major version. Without `apply_immediately`, RDS upgrades in
    the next maintenance window, and the old parameter group can't be deleted until then.
    """
    if upgrade_from is None:
        return {}
    return {"allow_major_version_upgrade": True, "apply_immediately": True}


class PostgresPrimary(PlatformComponent):
    """One PostgreSQL instance on RDS.

    Secrets Manager generates the master password, and no person sees it. Every run generates a new password, but the
    engine ignores changes of this property, so only the first password is used. Vault reads the current password from
    this resource. RDS-managed passwords are not an option, because RDS rejects them on an instance with read replicas.

    RDS applies minor versions in the maintenance window. Minor versions contain fixes and keep the data format, and
    with Multi-AZ, RDS upgrades the standby first. A major upgrade requires `upgrade_from`.

    With `deletion_protection`, the instance and its replica have two safeguards. Pulumi's `protect` makes every preview
    of a deletion fail, so a mistaken `pulumi destroy` deletes nothing at all. RDS deletion protection prevents
    deletions outside the engine. docs/decisions/0015 explains how to remove both.

    Outputs: arn, address, port, username, password (secret), monitoring_role_arn.
    """

    def __init__(self, name: str, args: PrimaryArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:database:PostgresPrimary", name, args.context, opts)
        identifier = args.context.resource_name(args.role)
        role = self._monitoring_role(name)
        self.instance = rds.Instance(
            name,
            engine="postgres",
            engine_version=args.version,
            allocated_storage=args.storage_gib,
            port=PORT,
            password=self._generated_password(),
            db_subnet_group_name=subnet_group(self, name, args).name,
            parameter_group_name=parameter_group(self, name, args).name,
            monitoring_role_arn=role.arn,
            skip_final_snapshot=not args.deletion_protection,
            final_snapshot_identifier=f"{identifier}-final" if args.deletion_protection else None,
            **initial_content(args.restore_from),
            **major_upgrade(args.upgrade_from),
            **shared_instance_args(args),
            **self.child(
                args.role,
                ResourceOptions(
                    ignore_changes=["password"],
                    depends_on=log_groups(self, name, args),
                    protect=args.deletion_protection,
                ),
            ),
        )
        self.arn = self.instance.arn
        self.address = self.instance.address
        self.port = self.instance.port
        self.username = self.instance.username
        self.password: pulumi.Output[str] = pulumi.Output.secret(
            self.instance.password.apply(lambda password: password or "")
        )
        self.monitoring_role_arn = role.arn
        self.register_outputs({"arn": self.arn, "address": self.address})

    def _generated_password(self) -> pulumi.Output[str]:
        """Return a new password on every run.

        The engine uses only the password of the first run.
        """
        generated = secretsmanager.get_random_password_output(
            password_length=PASSWORD_LENGTH,
            exclude_punctuation=True,
            region=self.context.region,
            opts=InvokeOptions(parent=self),
        )
        return pulumi.Output.secret(generated.random_password)

    def _monitoring_role(self, name: str) -> ServiceRole:
        return ServiceRole(
            f"{name}-monitoring",
            ServiceRoleArgs(
                context=self.context,
                role="database-monitoring",
                service="monitoring.rds.amazonaws.com",
                managed=["service-role/AmazonRDSEnhancedMonitoringRole"],
            ),
            self.child_options(),
        )

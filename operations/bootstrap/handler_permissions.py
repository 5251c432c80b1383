"""Permissions that CloudFormation's handlers need for the program's types.

AWS publishes them in the schema of each resource type, and cfn-lint ships the schemas. These permissions supplement the
calls that a rehearsal records, because the official AWS provider makes more calls than the emulated one.
"""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Protocol, TypeVar

import yaml

from operations.iam.patterns import matches
from operations.releases.store import DIRECTORY, load
from operations.releases.versions import Version
from stacks.requirements import Environment

EXCEPTIONS = Path(__file__).with_name("handler_exceptions.yaml")
HANDLERS = ("create", "read", "update", "delete")

CLOUDFORMATION_TYPES = {
    "acm:Certificate": "CertificateManager::Certificate",
    "autoscaling:Schedule": "AutoScaling::ScheduledAction",
    "backup:Plan": "Backup::BackupPlan",
    "backup:Selection": "Backup::BackupSelection",
    "backup:Vault": "Backup::BackupVault",
    "cfg:DeliveryChannel": "Config::DeliveryChannel",
    "cfg:Recorder": "Config::ConfigurationRecorder",
    "cloudwatch:LogGroup": "Logs::LogGroup",
    "cloudwatch:LogMetricFilter": "Logs::MetricFilter",
    "cloudwatch:LogResourcePolicy": "Logs::ResourcePolicy",
    "cloudwatch:MetricAlarm": "CloudWatch::Alarm",
    "costexplorer:AnomalyMonitor": "CE::AnomalyMonitor",
    "costexplorer:AnomalySubscription": "CE::AnomalySubscription",
    "costexplorer:CostCategory": "CE::CostCategory",
    "ec2:RouteTableAssociation": "EC2::SubnetRouteTableAssociation",
    "iam:RolePolicyAttachment": "IAM::Role",
    "lb:LoadBalancer": "ElasticLoadBalancingV2::LoadBalancer",
    "rds:Instance": "RDS::DBInstance",
    "rds:ParameterGroup": "RDS::DBParameterGroup",
    "rds:SubnetGroup": "RDS::DBSubnetGroup",
    "route53:Record": "Route53::RecordSet",
    "route53:Zone": "Route53::HostedZone",
    "securityhub:Account": "SecurityHub::Hub",
    "securityhub:StandardsSubscription": "SecurityHub::Standard",
    "sns:TopicSubscription": "SNS::Subscription",
    "vpc:SecurityGroupEgressRule": "EC2::SecurityGroupEgress",
    "vpc:SecurityGroupIngressRule": "EC2::SecurityGroupIngress",
    "wafv2:WebAclLoggingConfiguration": "WAFv2::LoggingConfiguration",
}
"""CloudFormation's name by Pulumi type, where the two names differ; without the prefixes `AWS::` and `aws:`."""

TYPES_WITHOUT_SCHEMA = frozenset(
    {
        "acm:CertificateValidation",
        "backup:VaultLockConfiguration",
        "backup:VaultNotifications",
        "backup:VaultPolicy",
        "cfg:RecorderStatus",
        "costexplorer:CostAllocationTag",
        "ebs:DefaultKmsKey",
        "ebs:EncryptionByDefault",
        "ebs:SnapshotBlockPublicAccess",
        "ec2:DefaultNetworkAcl",
        "ec2:DefaultSecurityGroup",
        "ec2:InstanceMetadataDefaults",
        "ec2:PeeringConnectionOptions",
        "ec2:VpcPeeringConnectionAccepter",
        "eks:AccessPolicyAssociation",
        "guardduty:DetectorFeature",
        "iam:AccountPasswordPolicy",
        "rds:InstanceAutomatedBackupsReplication",
        "route53:QueryLog",
        "s3:AccountPublicAccessBlock",
        "s3:BucketLifecycleConfiguration",
        "s3:BucketLogging",
        "s3:BucketNotification",
        "s3:BucketObjectLockConfiguration",
        "s3:BucketOwnershipControls",
        "s3:BucketPublicAccessBlock",
        "s3:BucketReplicationConfig",
        "s3:BucketServerSideEncryptionConfiguration",
        "s3:BucketVersioning",
    }
)
"""Types that CloudFormation doesn't have, or has only as part of another type."""


@dataclass(frozen=True)
class HandlerPermission:
    """An action that a handler of a resource type needs."""

    type: str
    """Pulumi's name, such as `ec2:Vpc`."""
    handler: str
    action: str


class NeededPermission(Protocol):
    """A permission with its IAM action."""

    @property
    def action(self) -> str:
        """IAM action, such as `ec2:CreateVpc`."""
        ...


P = TypeVar("P", bound=NeededPermission)


@dataclass(frozen=True)
class HandlerException:
    """Actions of handlers, or dependent actions, that the deployer doesn't need."""

    actions: tuple[str, ...]
    """Actions or patterns, such as `amplify:*`."""
    reason: str

    def covers(self, action: str) -> bool:
        """Return True if the exception includes an action."""
        return any(_covers(pattern, action) for pattern in self.actions)


class MissingSchemaError(LookupError):
    """A type of the program has no schema and is not in `TYPES_WITHOUT_SCHEMA`."""


def handler_permissions(schemas: Path | None = None) -> Iterator[HandlerPermission]:
    """Yield the permissions that the handlers of the program's types need.

    Args:
        schemas: cfn-lint's directory of schemas; by default that of the installed cfn-lint.

    Raises:
        MissingSchemaError: A type has neither a schema nor an entry in `TYPES_WITHOUT_SCHEMA`.
    """
    directory = schemas or installed_schemas()
    index = json.loads((directory / "providers" / "us-east-1.json").read_text(encoding="utf-8"))
    by_name = {name.lower(): file for name, file in index.items()}
    for name in program_types():
        file = by_name.get(f"aws::{_cloudformation_type(name)}".lower())
        if file is not None:
            yield from _of_schema(name, directory / "resources" / f"{file}.json")
        elif name not in TYPES_WITHOUT_SCHEMA:
            raise MissingSchemaError(name)


def program_types() -> tuple[str, ...]:
    """Return the AWS types of the latest release's recorded graphs, such as `ec2:Vpc`."""
    latest = max(Version.parse(each.name) for each in DIRECTORY.iterdir())
    nodes = [node for environment in Environment for node in load(latest, environment).nodes]
    return tuple(sorted({_short(node.type) for node in nodes if node.type.startswith("aws:")}))


def installed_schemas() -> Path:
    """Return the directory of the schemas that the installed cfn-lint ships."""
    return Path(str(files("cfnlint"))) / "data" / "schemas"


def exceptions() -> tuple[HandlerException, ...]:
    """Return the reviewed actions that the deployer doesn't need, with reasons."""
    entries = yaml.safe_load(EXCEPTIONS.read_text(encoding="utf-8"))
    return tuple(HandlerException(tuple(entry["actions"]), entry["reason"]) for entry in entries)


def unexplained(
    permissions: Iterable[P], granted: Collection[str], reviewed: Collection[HandlerException]
) -> tuple[P, ...]:
    """Return permissions that no granted action pattern and no exception covers."""
    return tuple(
        each
        for each in permissions
        if not any(_covers(pattern, each.action) for pattern in granted)
        and not any(exception.covers(each.action) for exception in reviewed)
    )


def stale(permissions: Iterable[NeededPermission], reviewed: Iterable[HandlerException]) -> tuple[str, ...]:
    """Return the patterns of exceptions that cover no action of a permission."""
    actions = {each.action for each in permissions}
    return tuple(
        pattern
        for exception in reviewed
        for pattern in exception.actions
        if not any(_covers(pattern, action) for action in actions)
    )


def _covers(pattern: str, action: str) -> bool:
    """Return True if a pattern matches an action. IAM ignores case in action names."""
    return matches(pattern, action, {}, ignore_case=True)


def _of_schema(name: str, schema: Path) -> Iterator[HandlerPermission]:
    handlers = json.loads(schema.read_text(encoding="utf-8")).get("handlers", {})
    for handler in HANDLERS:
        for action in handlers.get(handler, {}).get("permissions", ()):
            yield HandlerPermission(name, handler, action.replace("CloudTrail:", "cloudtrail:"))


def _cloudformation_type(name: str) -> str:
    module, _, kind = name.partition(":")
    return CLOUDFORMATION_TYPES.get(name, f"{module}::{kind}")


def _short(token: str) -> str:
    """Return `ec2:Vpc` for `aws:ec2/vpc:Vpc`."""
    _, module, kind = token.split(":")
    return f"{module.split('/')[0]}:{kind}"

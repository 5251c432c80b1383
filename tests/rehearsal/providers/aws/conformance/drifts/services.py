"""Values of mutable inputs of services that the other modules do not contain."""

import json
from collections.abc import Callable
from typing import Any

from tests.rehearsal.providers.aws.conformance.drifts.flags import switched_off, switched_on
from tests.rehearsal.providers.aws.lifecycle import Values


def schedule(_deps: Any) -> Values:
    return {
        "desiredCapacity": (2, 3),
        "endTime": ("2031-01-01T00:00:00Z", "2032-01-01T00:00:00Z"),
        "maxSize": (4, 5),
        "startTime": ("2030-01-01T00:00:00Z", "2030-06-01T00:00:00Z"),
        "timeZone": ("America/New_York", "Etc/UTC"),
    }


def backup_plan(_deps: Any) -> Values:
    def backups_of_windows(state: str) -> list[dict[str, Any]]:
        return [{"resourceType": "EC2", "backupOptions": {"WindowsVSS": state}}]

    return {"advancedBackupSettings": (backups_of_windows("enabled"), backups_of_windows("disabled"))}


def budget(_deps: Any) -> Values:
    def filtered(value: str) -> list[dict[str, Any]]:
        return [{"name": "TagKeyValue", "values": [f"user:environment${value}"]}]

    return {
        "budgetType": ("COST", "USAGE"),
        "costFilters": (filtered("dev"), filtered("prod")),
        "costTypes": tuple({"includeCredit": False, "includeTax": taxed} for taxed in (True, False)),
        "limitUnit": ("USD", "EUR"),
        "timePeriodEnd": ("2087-06-15_00:00", "2030-01-01_00:00"),
        "timePeriodStart": ("2026-01-01_00:00", "2026-02-01_00:00"),
        "timeUnit": ("MONTHLY", "QUARTERLY"),
    }


def trail(deps: Any) -> Values:
    return {
        "cloudWatchLogsGroupArn": tuple(f"{arn}:*" for arn in deps.log_group_arns),
        "cloudWatchLogsRoleArn": (deps.role.outputs["arn"], deps.other_role.outputs["arn"]),
        "insightSelectors": (
            [{"insightType": "ApiCallRateInsight"}],
            [{"insightType": "ApiErrorRateInsight"}],
        ),
        "s3BucketName": (deps.log_bucket, deps.other_log_bucket),
        "s3KeyPrefix": ("program", "outside"),
        "snsTopicName": tuple(arn.rpartition(":")[2] for arn in deps.topics),
        **switched_off("enableLogFileValidation", "isMultiRegionTrail"),
    }


def alarm(deps: Any) -> Values:
    topics = ([deps.topics[0]], [deps.topics[1]])
    return {
        "alarmActions": topics,
        "alarmDescription": ("program", "outside"),
        "comparisonOperator": ("GreaterThanThreshold", "LessThanThreshold"),
        "datapointsToAlarm": (1, 2),
        "dimensions": ({"DBInstanceIdentifier": "records"}, {"DBInstanceIdentifier": "other"}),
        "evaluationPeriods": (2, 3),
        "insufficientDataActions": topics,
        "metricName": ("CPUUtilization", "FreeableMemory"),
        "namespace": ("AWS/RDS", "AWS/DocDB"),
        "okActions": topics,
        "period": (60, 120),
        "statistic": ("Average", "Maximum"),
        "treatMissingData": ("missing", "breaching"),
        "unit": ("Percent", "Count"),
        **switched_off("actionsEnabled"),
    }


def cost_category(_deps: Any) -> Values:
    def rule(value: str) -> list[dict[str, Any]]:
        team = {"tags": {"key": "team", "values": [value], "matchOptions": ["EQUALS"]}}
        return [{"type": "REGULAR", "value": "ours", "rule": team}]

    def split(method: str) -> list[dict[str, Any]]:
        return [{"source": "ours", "targets": ["theirs"], "method": method}]

    return {
        "defaultValue": ("untagged", "unknown"),
        "effectiveStart": ("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"),
        "rules": (rule("a"), rule("b")),
        "splitChargeRules": (split("EVEN"), split("PROPORTIONAL")),
    }


def access_entry(_deps: Any) -> Values:
    return {"kubernetesGroups": (["viewers"], ["editors"]), "userName": ("program", "outside")}


def add_on(deps: Any) -> Values:
    return {
        "addonVersion": ("v1.20.0-eksbuild.1", "v1.20.1-eksbuild.1"),
        "configurationValues": ('{"env":{"A":"1"}}', '{"env":{"A":"2"}}'),
        "serviceAccountRoleArn": (deps.role.outputs["arn"], deps.other_role.outputs["arn"]),
    }


def cluster(deps: Any) -> Values:
    network = {"subnetIds": deps.subnets, "endpointPrivateAccess": True}
    return {
        "upgradePolicy": ({"supportType": "STANDARD"}, {"supportType": "EXTENDED"}),
        "version": ("1.33", "1.34"),
        "vpcConfig": tuple({**network, "endpointPublicAccess": public} for public in (False, True)),
        "zonalShiftConfig": ({"enabled": True}, {"enabled": False}),
        **switched_on("deletionProtection"),
    }


def node_group(_deps: Any) -> Values:
    def taint(value: str) -> list[dict[str, Any]]:
        return [{"key": "only", "value": value, "effect": "NO_SCHEDULE"}]

    return {
        "nodeRepairConfig": ({"enabled": True}, {"enabled": False}),
        "scalingConfig": tuple({"desiredSize": size, "maxSize": 4, "minSize": 1} for size in (2, 3)),
        "taints": (taint("batch"), taint("web")),
        "updateConfig": ({"maxUnavailable": 1}, {"maxUnavailable": 2}),
    }


def pod_identity(deps: Any) -> Values:
    return {
        "targetRoleArn": (deps.role.outputs["arn"], deps.other_role.outputs["arn"]),
        **switched_off("disableSessionTags"),
    }


def password_policy(_deps: Any) -> Values:
    return {
        "maxPasswordAge": (90, 30),
        "minimumPasswordLength": (14, 8),
        "passwordReusePrevention": (24, 3),
        **switched_off("allowUsersToChangePassword", "requireLowercaseCharacters", "requireNumbers"),
        **switched_off("requireSymbols", "requireUppercaseCharacters"),
        **switched_on("hardExpiry"),
    }


def role(deps: Any) -> Values:
    return {
        "inlinePolicies": tuple([{"name": "read", "policy": deps.allow(action)}] for action in ("s3:Get*", "s3:*")),
        "managedPolicyArns": ([deps.managed_policy], [deps.other_managed_policy]),
        "maxSessionDuration": (7200, 3600),
        "permissionsBoundary": (deps.managed_policy, deps.other_managed_policy),
    }


def key_policies(deps: Any) -> tuple[str, str]:
    """Return two policies that let the account manage a key, as KMS requires."""
    policy = json.loads(deps.key_policy("kms:*"))
    policy["Statement"][0]["Sid"] = "Outside"
    return deps.key_policy("kms:*"), json.dumps(policy)


def key(deps: Any) -> Values:
    return {
        "policy": key_policies(deps),
        "rotationPeriodInDays": (90, 180),
        **switched_off("enableKeyRotation", "isEnabled"),
    }


def replica_key(deps: Any) -> Values:
    return {"policy": key_policies(deps), **switched_off("enabled")}


def web_acl(_deps: Any) -> Values:
    def metric(name: str) -> dict[str, Any]:
        return {"cloudwatchMetricsEnabled": True, "metricName": name, "sampledRequestsEnabled": True}

    def immunity(seconds: int) -> dict[str, Any]:
        return {"immunityTimeProperty": {"immunityTime": seconds}}

    return {
        "captchaConfig": (immunity(300), immunity(600)),
        "challengeConfig": (immunity(300), immunity(600)),
        "defaultAction": ({"allow": {}}, {"block": {}}),
        "description": ("edge", "outside"),
        "tokenDomains": (["campus.example"], ["other.example"]),
        "visibilityConfig": (metric("edge"), metric("outside")),
    }


def zone(deps: Any) -> Values:
    del deps
    return {"comment": ("program", "outside")}


def health_check(_deps: Any) -> Values:
    return {
        "failureThreshold": (3, 5),
        "fqdn": ("campus.example", "other.example"),
        "port": (443, 8443),
        "regions": (["us-east-1", "us-west-1", "us-west-2"], ["us-east-1", "us-west-1", "eu-west-1"]),
        **switched_off("enableSni", "invertHealthcheck"),
        **switched_on("disabled"),
    }


DRIFTS: dict[str, Callable[[Any], Values]] = {
    "aws:autoscaling/schedule:Schedule": schedule,
    "aws:backup/plan:Plan": backup_plan,
    "aws:budgets/budget:Budget": budget,
    "aws:cloudtrail/trail:Trail": trail,
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": lambda _deps: {
        "metricTransformation": tuple({"name": "root", "namespace": "Campus/dev", "value": value} for value in "12")
    },
    "aws:cloudwatch/metricAlarm:MetricAlarm": alarm,
    "aws:costexplorer/costCategory:CostCategory": cost_category,
    "aws:eks/accessEntry:AccessEntry": access_entry,
    "aws:eks/addon:Addon": add_on,
    "aws:eks/cluster:Cluster": cluster,
    "aws:eks/nodeGroup:NodeGroup": node_group,
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": pod_identity,
    "aws:iam/accountPasswordPolicy:AccountPasswordPolicy": password_policy,
    "aws:iam/role:Role": role,
    "aws:kms/key:Key": key,
    "aws:kms/replicaKey:ReplicaKey": replica_key,
    "aws:route53/healthCheck:HealthCheck": health_check,
    "aws:route53/zone:Zone": zone,
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock": lambda _deps: switched_off(
        "blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"
    ),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": lambda _deps: switched_off(
        "blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"
    ),
    "aws:securityhub/account:Account": lambda _deps: switched_on("autoEnableControls"),
    "aws:wafv2/webAcl:WebAcl": web_acl,
}

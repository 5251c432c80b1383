"""Inputs whose change replaces a resource, for types without a name."""

from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.providers.values import Properties

VIEW = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
_BUCKET_PARTS = (
    "LifecycleConfiguration",
    "Logging",
    "Notification",
    "ObjectLockConfiguration",
    "OwnershipControls",
    "Policy",
    "PublicAccessBlock",
    "ReplicationConfig",
    "ServerSideEncryptionConfiguration",
    "Versioning",
)
REPLACEMENTS: Mapping[str, Callable[[Any], Properties]] = {
    "aws:autoscaling/schedule:Schedule": lambda _deps: {"scheduledActionName": "other"},
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration": lambda _deps: {"minRetentionDays": 7},
    "aws:backup/vaultNotifications:VaultNotifications": lambda _deps: {"backupVaultEvents": ["COPY_JOB_FAILED"]},
    "aws:backup/vaultPolicy:VaultPolicy": lambda deps: {"backupVaultName": deps.other_vault},
    "aws:costexplorer/anomalyMonitor:AnomalyMonitor": lambda _deps: {"monitorDimension": "LINKED_ACCOUNT"},
    "aws:ec2/flowLog:FlowLog": lambda deps: {"logDestination": f"arn:aws:s3:::{deps.other_log_bucket}"},
    "aws:eks/accessEntry:AccessEntry": lambda deps: {"principalArn": deps.other_role.outputs["arn"]},
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": lambda _deps: {"policyArn": VIEW},
    "aws:eks/addon:Addon": lambda _deps: {"addonName": "coredns", "addonVersion": None},
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": lambda _deps: {"serviceAccount": "other"},
    "aws:elasticache/user:User": lambda _deps: {"userId": "other", "userName": "other"},
    "aws:elasticache/userGroup:UserGroup": lambda _deps: {"userGroupId": "other"},
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": lambda _deps: {"url": "https://other.example"},
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": lambda deps: {"policyArn": deps.other_managed_policy},
    "aws:kms/key:Key": lambda _deps: {"multiRegion": True},
    "aws:kms/keyPolicy:KeyPolicy": lambda deps: {"keyId": deps.other_key},
    "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": lambda _deps: {
        "retentionPeriod": 14
    },
    "aws:secretsmanager/secretVersion:SecretVersion": lambda _deps: {"secretString": "another secret"},
    "aws:securityhub/account:Account": lambda _deps: {"enableDefaultStandards": True},
    "aws:sns/topicSubscription:TopicSubscription": lambda _deps: {"endpoint": "other@campus.example"},
    **{f"aws:s3/bucket{part}:Bucket{part}": lambda deps: {"bucket": deps.other_bucket} for part in _BUCKET_PARTS},
}
"""Type token → function that receives the dependencies and returns the changed inputs of the type's first case."""

"""IAM actions by the risk they carry.

Names are those of AWS's Service Authorization Reference.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from policy_packs.security.iam_access_levels import PERMISSIONS_MANAGEMENT, TAGGING, WITHOUT_RESOURCE, load
from policy_packs.security.patterns import matches

PASS_ROLE = "iam:PassRole"  # noqa: S105  # an action, not a password
ESCALATION_PATHS: tuple[tuple[str, ...], ...] = (
    ("iam:CreatePolicyVersion",),
    ("iam:SetDefaultPolicyVersion",),
    ("iam:CreateLoginProfile",),
    ("iam:UpdateLoginProfile",),
    ("iam:CreateAccessKey",),
    ("iam:AttachUserPolicy",),
    ("iam:AttachGroupPolicy",),
    ("iam:AttachRolePolicy",),
    ("iam:PutUserPolicy",),
    ("iam:PutGroupPolicy",),
    ("iam:PutRolePolicy",),
    ("iam:AddUserToGroup",),
    ("iam:UpdateAssumeRolePolicy",),
    ("eks:CreateAccessEntry", "eks:AssociateAccessPolicy"),
    ("ssm:SendCommand",),
    ("ssm:StartSession",),
    ("lambda:UpdateFunctionCode",),
    ("glue:UpdateDevEndpoint",),
    ("ssm:CreateAssociation",),
    ("ssm:StartAutomationExecution",),
    ("lambda:UpdateFunctionConfiguration",),
    ("ecs:ExecuteCommand",),
    ("ec2-instance-connect:SendSSHPublicKey",),
    ("ec2:ModifyInstanceAttribute",),
    ("codebuild:StartBuild",),
    ("cloudformation:UpdateStack",),
    (PASS_ROLE, "ec2:RunInstances"),
    (PASS_ROLE, "ecs:RegisterTaskDefinition", "ecs:RunTask"),
    (PASS_ROLE, "eks:CreatePodIdentityAssociation"),
    (PASS_ROLE, "lambda:CreateFunction", "lambda:InvokeFunction"),
    (PASS_ROLE, "lambda:CreateFunction", "lambda:CreateEventSourceMapping"),
    (PASS_ROLE, "glue:CreateDevEndpoint"),
    (PASS_ROLE, "cloudformation:CreateStack"),
    (PASS_ROLE, "datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition"),
    (PASS_ROLE, "sagemaker:CreateNotebookInstance", "sagemaker:CreatePresignedNotebookInstanceUrl"),
)
"""Combinations of actions that let their holder obtain every permission.

A combination counts if its actions are allowed on all resources. iam:UpdateAssumeRolePolicy needs no sts:AssumeRole,
because a trust policy that names a principal of its own account is enough.

Source: Rhino Security Labs, "AWS IAM Privilege Escalation - Methods and Mitigation", extended with newer services.
"""
ESCALATING_TYPES: Final[Mapping[str, str]] = {
    PASS_ROLE: "role",
    "iam:AddUserToGroup": "group",
    "iam:AttachGroupPolicy": "group",
    "iam:AttachRolePolicy": "role",
    "iam:AttachUserPolicy": "user",
    "iam:CreateAccessKey": "user",
    "iam:CreateLoginProfile": "user",
    "iam:CreatePolicyVersion": "policy",
    "iam:PutGroupPolicy": "group",
    "iam:PutRolePolicy": "role",
    "iam:PutUserPolicy": "user",
    "iam:SetDefaultPolicyVersion": "policy",
    "iam:UpdateAssumeRolePolicy": "role",
    "iam:UpdateLoginProfile": "user",
}
"""Types of resources on which IAM actions of escalation paths act."""
BOUNDED_ACTIONS: Final = frozenset(
    {
        "iam:AttachRolePolicy",
        "iam:AttachUserPolicy",
        "iam:PutRolePolicy",
        "iam:PutUserPolicy",
        "iam:UpdateAssumeRolePolicy",
    }
)
"""Actions of escalation paths that support the condition key iam:PermissionsBoundary."""
CREDENTIAL_ACTIONS = (
    "acm:ExportCertificate",
    "airflow:CreateCliToken",
    "airflow:CreateWebLoginToken",
    "amplifybackend:GetToken",
    "appstream:CreateStreamingURL",
    "athena:CreatePresignedNotebookUrl",
    "bedrock-agentcore:GetResourceApiKey",
    "bedrock-agentcore:GetResourceOauth2Token",
    "bedrock-agentcore:GetWorkloadAccessToken",
    "bedrock-agentcore:GetWorkloadAccessTokenForJWT",
    "bedrock-agentcore:GetWorkloadAccessTokenForUserId",
    "cloud9:CreateEnvironmentToken",
    "codeartifact:GetAuthorizationToken",
    "codeconnections:GetConnectionToken",
    "codestar-connections:GetConnectionToken",
    "cognito-identity:GetCredentialsForIdentity",
    "cognito-identity:GetOpenIdTokenForDeveloperIdentity",
    "cognito-idp:DescribeUserPoolClient",
    "connect:AdminGetEmergencyAccessToken",
    "connect:GetFederationToken",
    "dsql:DbConnect",
    "dsql:DbConnectAdmin",
    "ec2:GetPasswordData",
    "elasticache:Connect",
    "elasticmapreduce:CreateStudioPresignedUrl",
    "elasticmapreduce:GetClusterSessionCredentials",
    "elasticmapreduce:GetOnClusterAppUIPresignedURL",
    "elasticmapreduce:GetPersistentAppUIPresignedURL",
    "emr-containers:GetManagedEndpointSessionCredentials",
    "events:RetrieveConnectionCredentials",
    "finspace-api:GetProgrammaticAccessCredentials",
    "gamelift:GetComputeAuthToken",
    "gamelift:RequestUploadCredentials",
    "glue:GetConnection",
    "glue:GetConnections",
    "grafana:CreateWorkspaceServiceAccountToken",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreateServiceSpecificCredential",
    "iam:ResetServiceSpecificCredential",
    "iam:UpdateAccessKey",
    "lightsail:GetInstanceAccessDetails",
    "lightsail:GetRelationalDatabaseMasterUserPassword",
    "memorydb:Connect",
    "neptune-db:connect",
    "pca-connector-scep:GetChallengePassword",
    "rds-db:connect",
    "redshift-serverless:GetCredentials",
    "redshift-serverless:GetIdentityCenterAuthToken",
    "redshift:GetClusterCredentials",
    "redshift:GetClusterCredentialsWithIAM",
    "redshift:GetIdentityCenterAuthToken",
    "s3:GetDataAccess",
    "sagemaker:CreatePresignedDomainUrl",
    "sagemaker:CreatePresignedNotebookInstanceUrl",
    "ssm:GetAccessToken",
    "sso:GetRoleCredentials",
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:GetFederationToken",
)
"""Actions that return credentials, or settings with passwords.

ecr:GetAuthorizationToken is left out, because it accepts no resource.
"""
DESTRUCTIVE_ACTIONS = (
    "backup:DeleteBackupVault",
    "backup:DeleteRecoveryPoint",
    "backup:UpdateRecoveryPointLifecycle",
    "dynamodb:DeleteBackup",
    "ec2:DeleteSnapshot",
    "kms:DisableKey",
    "kms:ScheduleKeyDeletion",
    "rds:DeleteDBClusterSnapshot",
    "rds:DeleteDBSnapshot",
    "s3:DeleteObjectVersion",
    "secretsmanager:DeleteSecret",
)
"""Actions that destroy keys, secrets or backups, so that data is lost for good."""
DECRYPTION_ACTIONS = ("kms:Decrypt", "kms:ReEncryptFrom")
# Findings name only the first few actions, so the best-known come first. Four are not in the data that
# `iam_access_levels` loads: AWS puts ec2:ModifyImageAttribute and eks:AssociateAccessPolicy at access level
# Write, and events:PutPermission and ram:CreateResourceShare accept no resource.
_SHARING_ACTIONS = (
    "backup:PutBackupVaultAccessPolicy",
    "ec2:ModifyImageAttribute",
    "ec2:ModifySnapshotAttribute",
    "ecr:SetRepositoryPolicy",
    "eks:AssociateAccessPolicy",
    "events:PutPermission",
    "iam:AttachRolePolicy",
    "iam:CreatePolicy",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:UpdateAssumeRolePolicy",
    "kms:CreateGrant",
    "kms:PutKeyPolicy",
    "lambda:AddPermission",
    "ram:CreateResourceShare",
    "rds:ModifyDBSnapshotAttribute",
    "s3:DeleteBucketPolicy",
    "s3:PutBucketAcl",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutObjectAcl",
    "secretsmanager:PutResourcePolicy",
    "sns:AddPermission",
    "sqs:AddPermission",
)
PERMISSION_ACTIONS = tuple(dict.fromkeys((*_SHARING_ACTIONS, *load(PERMISSIONS_MANAGEMENT))))
"""Actions that change permissions, or share a resource with another account."""
TAGGING_ACTIONS = load(TAGGING)
"""Actions that set tags of existing resources."""
AUDIT_DISABLING_ACTIONS = (
    "access-analyzer:CreateArchiveRule",
    "access-analyzer:DeleteAnalyzer",
    "access-analyzer:UpdateArchiveRule",
    "cloudtrail:DeleteTrail",
    "cloudtrail:PutEventSelectors",
    "cloudtrail:StopLogging",
    "cloudtrail:UpdateTrail",
    "cloudwatch:DisableAlarmActions",
    "cloudwatch:SetAlarmState",
    "config:DeleteConfigurationRecorder",
    "config:DeleteDeliveryChannel",
    "config:PutConfigurationRecorder",
    "config:PutDeliveryChannel",
    "config:StopConfigurationRecorder",
    "ec2:DeleteFlowLogs",
    "ec2:DisableEbsEncryptionByDefault",
    "ec2:DisableSnapshotBlockPublicAccess",
    "guardduty:ArchiveFindings",
    "guardduty:CreateFilter",
    "guardduty:CreateIPSet",
    "guardduty:CreateTrustedEntitySet",
    "guardduty:DeleteDetector",
    "guardduty:DeleteMembers",
    "guardduty:DisassociateFromAdministratorAccount",
    "guardduty:DisassociateFromMasterAccount",
    "guardduty:DisassociateMembers",
    "guardduty:StopMonitoringMembers",
    "guardduty:UpdateDetector",
    "guardduty:UpdateFilter",
    "guardduty:UpdateIPSet",
    "logs:DeleteLogGroup",
    "logs:DeleteLogStream",
    "securityhub:BatchDisableStandards",
    "securityhub:BatchUpdateFindings",
    "securityhub:CreateAutomationRule",
    "securityhub:DisableImportFindingsForProduct",
    "securityhub:DisableSecurityHub",
    "securityhub:UpdateStandardsControl",
)
"""Actions that disable logging or monitoring."""
SHARING_ACTIONS = (
    "ec2:CreateClientVpnEndpoint",
    "ec2:CreateInstanceExportTask",
    "ec2:CreateStoreImageTask",
    "ec2:CreateTrafficMirrorSession",
    "ec2:CreateTransitGatewayPeeringAttachment",
    "ec2:CreateTransitGatewayVpcAttachment",
    "ec2:CreateVpcEndpointServiceConfiguration",
    "ec2:CreateVpnConnection",
    "ec2:ExportImage",
    "ec2:ModifyImageAttribute",
    "ec2:ModifySnapshotAttribute",
    "ec2:ModifyVpcEndpointServicePermissions",
    "elasticache:CopySnapshot",
    "logs:CreateExportTask",
    "logs:PutDestination",
    "logs:PutDestinationPolicy",
    "logs:PutSubscriptionFilter",
    "rds:ModifyDBClusterSnapshotAttribute",
    "rds:ModifyDBSnapshotAttribute",
    "rds:StartExportTask",
    "route53:AssociateVPCWithHostedZone",
    "route53:CreateVPCAssociationAuthorization",
    "sns:AddPermission",
)
"""Actions that give other accounts or networks access to data, or copy data out of its service."""
ACTIONS_WITHOUT_RESOURCE = load(WITHOUT_RESOURCE)
"""Patterns of harmless actions that accept no resource other than `*`."""


@lru_cache(maxsize=4096)
def accepts_no_resource(action: str) -> bool:
    """Return True if all actions of a pattern are harmless and accept no resource."""
    service = f"{action.lower().partition(':')[0]}:"
    return any(each.startswith(service) and matches(each, action) for each in ACTIONS_WITHOUT_RESOURCE)

"""IAM documents of the pipeline: trust policies, permissions and the boundary.

The pipeline has two roles per environment. `preview` reads state and resource settings, never data. `deployer` creates
the environment. The permissions boundary limits `deployer`, and every role that it creates, to the account and its
regions. The boundary also protects the account's audit trail.
"""

from collections.abc import Sequence
from typing import Any

from operations.bootstrap.context import GITHUB, AccountContext

Document = dict[str, Any]
AUDIENCE = "sts.amazonaws.com"

SERVICES = (
    *("access-analyzer", "acm", "application-autoscaling", "autoscaling", "backup", "backup-storage", "budgets"),
    *("ce", "cloudtrail", "cloudwatch", "config", "dynamodb", "ec2", "ecr", "eks", "eks-auth", "elasticache"),
    *("elasticloadbalancing", "events", "guardduty", "kms", "logs", "rds", "route53", "s3", "secretsmanager"),
    *("securityhub", "sns", "sqs", "ssm", "ssmmessages", "tag", "wafv2"),
)
"""Services that an environment uses, except IAM, which has its own statements."""

WORLDWIDE = ("iam:*", "sts:*", "route53:*", "budgets:*", "ce:*", "s3:ListAllMyBuckets", "s3:*AccountPublicAccessBlock")
"""Actions of global services, which AWS serves from one region."""

LOOK = (
    *("access-analyzer:Get*", "access-analyzer:List*", "acm:Describe*", "acm:List*"),
    *("application-autoscaling:Describe*", "autoscaling:Describe*", "backup:Describe*", "backup:Get*", "backup:List*"),
    *("budgets:ViewBudget", "budgets:ListTagsForResource", "ce:Describe*", "ce:Get*", "ce:List*"),
    *("cloudtrail:DescribeTrails", "cloudtrail:GetTrail*", "cloudtrail:Get*Selectors", "cloudtrail:ListTags"),
    *("cloudwatch:Describe*", "cloudwatch:List*", "config:Describe*"),
    *("dynamodb:Describe*", "dynamodb:ListTables", "dynamodb:ListTagsOfResource"),
    *("ec2:Describe*", "ec2:GetEbs*", "ec2:GetSnapshotBlockPublicAccessState", "ec2:GetInstanceMetadataDefaults"),
    *("ecr:Describe*", "ecr:GetLifecyclePolicy", "ecr:GetRepositoryPolicy", "ecr:ListTagsForResource"),
    *("eks:Describe*", "eks:List*", "elasticache:Describe*", "elasticache:ListTagsForResource"),
    *("elasticloadbalancing:Describe*", "events:Describe*", "events:List*"),
    *("guardduty:GetDetector", "guardduty:List*", "iam:GetRole*", "iam:GetPolicy*", "iam:GetInstanceProfile"),
    *("iam:GetOpenIDConnectProvider", "iam:GetAccountPasswordPolicy", "iam:List*"),
    *("kms:Describe*", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:List*"),
    *("logs:Describe*", "logs:ListTags*", "rds:Describe*", "rds:ListTagsForResource", "route53:Get*", "route53:List*"),
    *("s3:GetBucket*", "s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration"),
    *("s3:GetReplicationConfiguration", "s3:GetAccountPublicAccessBlock", "s3:ListAllMyBuckets"),
    *("secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy", "secretsmanager:GetRandomPassword"),
    *("secretsmanager:ListSecrets", "securityhub:Describe*", "securityhub:GetEnabledStandards"),
    *("sns:Get*Attributes", "sns:List*", "sqs:GetQueueAttributes", "sqs:List*"),
    *("wafv2:Get*", "wafv2:List*", "tag:GetResources"),
)
"""Read access to resource settings, but not to the data in databases, buckets, logs, queues or secrets."""

OFF_SWITCHES = (
    *("cloudtrail:StopLogging", "cloudtrail:DeleteTrail"),
    *("guardduty:DeleteDetector", "guardduty:StopMonitoringMembers", "guardduty:Disassociate*"),
    *("securityhub:DisableSecurityHub", "securityhub:BatchDisableStandards", "access-analyzer:DeleteAnalyzer"),
    *("config:StopConfigurationRecorder", "config:DeleteConfigurationRecorder", "config:DeleteDeliveryChannel"),
    *("ec2:DisableEbsEncryptionByDefault", "ec2:DisableSnapshotBlockPublicAccess"),
)
"""Actions that stop auditing or delete its records; people with an administrator role can still use them."""

SHARING = (
    *("ec2:ModifySnapshotAttribute", "ec2:ModifyImageAttribute", "rds:ModifyDBSnapshotAttribute"),
    *("rds:ModifyDBClusterSnapshotAttribute", "ecr:PutRegistryPolicy", "ram:*", "organizations:*", "account:*"),
)
"""Actions that share resources with other accounts."""

LINKED = (
    *("iam:CreateServiceLinkedRole", "iam:DeleteServiceLinkedRole"),
    *("iam:PassRole", "iam:TagRole", "iam:UntagRole"),
)
"""Actions on service-linked roles. PassRole is needed because creating an AWS Config recorder passes its role."""

PEOPLE = ("iam:CreateUser", "iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile")
"""Actions that create credentials that outlive a pipeline run."""

READABLE_CODE = ("s3:GetObject", "s3:GetObjectVersion")


def statement(sid: str, actions: Sequence[str], resources: Sequence[str] | str = "*", **more: Any) -> Document:
    """Return one statement; `more` sets Condition, Principal or another Effect."""
    return {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": resources, **more}


def document(*statements: Document) -> Document:
    """Return a policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def bucket_policy(bucket: str) -> Document:
    """Deny every request without TLS 1.2."""
    everything = {"Principal": "*", "Effect": "Deny"}
    both = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    return document(
        statement("TlsOnly", ["s3:*"], both, **everything, Condition={"Bool": {"aws:SecureTransport": "false"}}),
        statement(
            "ModernTlsOnly", ["s3:*"], both, **everything, Condition={"NumericLessThan": {"s3:TlsVersion": "1.2"}}
        ),
    )


def key_policy(context: AccountContext) -> Document:
    """Return a key policy that delegates access to the account's IAM policies."""
    return document(statement("Account", ["kms:*"], Principal={"AWS": context.iam("root")}))


def replication_trust(context: AccountContext) -> Document:
    """Trust S3 when it acts for this account's buckets."""
    principal = {"Service": "s3.amazonaws.com"}
    own = {"StringEquals": {"aws:SourceAccount": context.account}}
    return _trust(principal, "sts:AssumeRole", own)


def replication_permissions(context: AccountContext) -> Document:
    """Allow reading the primary region's bucket and writing the DR region's bucket."""
    source, target = f"arn:aws:s3:::{context.bucket}", f"arn:aws:s3:::{context.bucket_copy}"
    read = ("s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging")
    write = ("s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags")
    return document(
        statement("Configuration", ["s3:GetReplicationConfiguration", "s3:ListBucket"], source),
        statement("Read", read, f"{source}/*"),
        statement("Write", write, f"{target}/*"),
        _with_key(context, "Decrypt", ["kms:Decrypt"], context.region),
        _with_key(context, "Encrypt", ["kms:Encrypt", "kms:GenerateDataKey"], context.recovery_region),
    )


def preview_trust(context: AccountContext) -> Document:
    """Trust pull requests of the repository."""
    return _github(context, "pull_request")


def deployer_trust(context: AccountContext) -> Document:
    """Trust jobs that run in the protected GitHub environment of the same name."""
    return _github(context, f"environment:{context.environment}")


def preview_permissions(context: AccountContext) -> Document:
    """Allow reading resource settings and state."""
    state = [f"arn:aws:s3:::{context.bucket}"]
    return document(
        statement("Look", LOOK),
        statement("ListState", ["s3:ListBucket", "s3:ListBucketVersions"], state),
        statement("ReadState", READABLE_CODE, [f"{each}/*" for each in state]),
        _with_key(context, "DecryptState", ["kms:Decrypt"], context.region),
    )


def deployer_permissions(context: AccountContext) -> Document:
    """Allow managing the environment's services and its own roles.

    Reading any data other than state is denied.
    """
    roles = [context.iam(f"{kind}/{context.named('*')}") for kind in ("role", "policy", "instance-profile")]
    hosts = "oidc-provider/oidc.eks.*"
    state = [f"arn:aws:s3:::{bucket}/*" for bucket in (context.bucket, context.bucket_copy)]
    return document(
        statement("Estate", [f"{service}:*" for service in SERVICES]),
        statement("LookAtIam", ["iam:Get*", "iam:List*", "iam:*AccountPasswordPolicy"]),
        statement("OwnRoles", ["iam:*"], [*roles, context.iam(hosts)]),
        statement("ServiceLinkedRoles", LINKED, context.iam("role/aws-service-role/*")),
        {"Sid": "NoData", "Effect": "Deny", "Action": list(READABLE_CODE), "NotResource": state},
    )


def boundary(context: AccountContext) -> Document:
    """Limit the deployer and every role that it creates."""
    identities = [
        *(context.iam(f"role/{context.named(role)}") for role in ("deployer", "preview", "state-replication")),
        context.iam(f"oidc-provider/{GITHUB}"),
    ]
    deny = {"Effect": "Deny"}
    elsewhere = {"StringNotEquals": {"aws:RequestedRegion": context.regions}}
    foreign = {"StringNotEquals": {"aws:ResourceAccount": context.account}, "Null": {"aws:ResourceAccount": "false"}}
    unbound = {"StringNotEquals": {"iam:PermissionsBoundary": context.boundary}}
    keyed = ("s3:*", "kms:*", "secretsmanager:*", "dynamodb:*", "sns:*", "sqs:*", "iam:PassRole")
    made = ("iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:AttachRolePolicy", "iam:PutRolePolicy")
    return document(
        statement("Estate", [*(f"{service}:*" for service in SERVICES), "iam:*"]),
        statement("WhoAmI", ["sts:GetCallerIdentity"]),
        {"Sid": "OwnRegions", **deny, "NotAction": list(WORLDWIDE), "Resource": "*", "Condition": elsewhere},
        statement("OwnAccount", keyed, **deny, Condition=foreign),
        statement("KeepsWatching", OFF_SWITCHES, **deny),
        statement("SharesNothing", SHARING, **deny),
        statement("MakesNoPeople", PEOPLE, **deny),
        statement("RolesAreBound", made, **deny, Condition=unbound),
        statement("BoundsStay", ["iam:DeleteRolePermissionsBoundary"], **deny),
        {"Sid": "NotItself", **deny, "Action": [*_WRITE_IAM], "Resource": [*identities, context.boundary]},
    )


_WRITE_IAM = (
    *("iam:Add*", "iam:Attach*", "iam:Create*", "iam:Delete*", "iam:Detach*", "iam:Put*", "iam:Remove*"),
    *("iam:Set*", "iam:Tag*", "iam:Untag*", "iam:Update*"),
)


def _github(context: AccountContext, subject: str) -> Document:
    conditions = {
        "StringEquals": {
            f"{GITHUB}:aud": AUDIENCE,
            f"{GITHUB}:sub": f"repo:{context.repository}:{subject}",
        }
    }
    return _trust({"Federated": context.iam(f"oidc-provider/{GITHUB}")}, "sts:AssumeRoleWithWebIdentity", conditions)


def _trust(principal: Document, action: str, conditions: Document) -> Document:
    return document({"Effect": "Allow", "Principal": principal, "Action": action, "Condition": conditions})


def _with_key(context: AccountContext, sid: str, actions: Sequence[str], region: str) -> Document:
    """Allow actions on the state key, which a condition selects by its alias.

    A policy cannot name the ARN of a key that does not exist yet.
    """
    by_alias = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": context.alias}}
    return statement(sid, actions, f"arn:aws:kms:{region}:{context.account}:key/*", Condition=by_alias)

"""Who may do what to get Pulumi running: trust, permissions and their boundary, as plain documents.

The pipeline has two roles an environment. `preview` looks: at state, and at settings of resources, never at data.
`deployer` makes the environment. A permissions boundary holds it, and every role that it makes, inside the account and
its regions, and keeps the account's record of itself running.
"""

from collections.abc import Sequence
from typing import Any

from operations.bootstrap.place import GITHUB, Place

Document = dict[str, Any]
AUDIENCE = "sts.amazonaws.com"

SERVICES = (
    *("access-analyzer", "acm", "application-autoscaling", "autoscaling", "backup", "backup-storage", "budgets"),
    *("ce", "cloudtrail", "cloudwatch", "config", "dynamodb", "ec2", "ecr", "eks", "eks-auth", "elasticache"),
    *("elasticloadbalancing", "events", "guardduty", "kms", "logs", "rds", "route53", "s3", "secretsmanager"),
    *("securityhub", "sns", "sqs", "ssm", "ssmmessages", "tag", "wafv2"),
)
"""Services that the estate is made of, beside IAM, which has statements of its own."""

WORLDWIDE = ("iam:*", "sts:*", "route53:*", "budgets:*", "ce:*", "s3:ListAllMyBuckets", "s3:*AccountPublicAccessBlock")
"""What AWS answers from one region whatever the caller's is."""

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
"""Settings of resources. Nothing here reads what a database, bucket, log, queue or secret holds."""

OFF_SWITCHES = (
    *("cloudtrail:StopLogging", "cloudtrail:DeleteTrail"),
    *("guardduty:DeleteDetector", "guardduty:StopMonitoringMembers", "guardduty:Disassociate*"),
    *("securityhub:DisableSecurityHub", "securityhub:BatchDisableStandards", "access-analyzer:DeleteAnalyzer"),
    *("config:StopConfigurationRecorder", "config:DeleteConfigurationRecorder", "config:DeleteDeliveryChannel"),
    *("ec2:DisableEbsEncryptionByDefault", "ec2:DisableSnapshotBlockPublicAccess"),
)
"""What makes an account forget, or stop looking. People with an administrator's role can still do it."""

SHARING = (
    *("ec2:ModifySnapshotAttribute", "ec2:ModifyImageAttribute", "rds:ModifyDBSnapshotAttribute"),
    *("rds:ModifyDBClusterSnapshotAttribute", "ecr:PutRegistryPolicy", "ram:*", "organizations:*", "account:*"),
)
"""What hands things to other accounts."""

LINKED = (
    *("iam:CreateServiceLinkedRole", "iam:DeleteServiceLinkedRole"),
    *("iam:PassRole", "iam:TagRole", "iam:UntagRole"),
)
"""AWS Config is told its own role by whoever makes the recorder, and so takes it from one who may pass it on."""

PEOPLE = ("iam:CreateUser", "iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile")
"""Ways in that would outlast a pipeline's run."""

READABLE_CODE = ("s3:GetObject", "s3:GetObjectVersion")


def statement(sid: str, actions: Sequence[str], resources: Sequence[str] | str = "*", **more: Any) -> Document:
    """One statement; `more` may carry Condition, Principal, or another Effect."""
    return {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": resources, **more}


def document(*statements: Document) -> Document:
    """A policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def bucket_policy(bucket: str) -> Document:
    """Nobody speaks to the bucket without TLS 1.2."""
    everything = {"Principal": "*", "Effect": "Deny"}
    both = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    return document(
        statement("TlsOnly", ["s3:*"], both, **everything, Condition={"Bool": {"aws:SecureTransport": "false"}}),
        statement(
            "ModernTlsOnly", ["s3:*"], both, **everything, Condition={"NumericLessThan": {"s3:TlsVersion": "1.2"}}
        ),
    )


def key_policy(place: Place) -> Document:
    """The account's IAM decides, and that of no other account."""
    return document(statement("Account", ["kms:*"], Principal={"AWS": place.iam("root")}))


def replication_trust(place: Place) -> Document:
    """S3 copies, on behalf of this account's bucket only."""
    principal = {"Service": "s3.amazonaws.com"}
    own = {"StringEquals": {"aws:SourceAccount": place.account}}
    return _trust(principal, "sts:AssumeRole", own)


def replication_permissions(place: Place) -> Document:
    """Read and decrypt here, write and encrypt there."""
    source, target = f"arn:aws:s3:::{place.bucket}", f"arn:aws:s3:::{place.bucket_copy}"
    read = ("s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging")
    write = ("s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags")
    return document(
        statement("Configuration", ["s3:GetReplicationConfiguration", "s3:ListBucket"], source),
        statement("Read", read, f"{source}/*"),
        statement("Write", write, f"{target}/*"),
        _with_key(place, "Decrypt", ["kms:Decrypt"], place.region),
        _with_key(place, "Encrypt", ["kms:Encrypt", "kms:GenerateDataKey"], place.recovery_region),
    )


def preview_trust(place: Place) -> Document:
    """Pull requests of the repository."""
    return _github(place, "pull_request")


def deployer_trust(place: Place) -> Document:
    """Jobs that GitHub let into the protected environment of this name."""
    return _github(place, f"environment:{place.environment}")


def preview_permissions(place: Place) -> Document:
    """Look at settings and at state; write nothing."""
    state = [f"arn:aws:s3:::{place.bucket}"]
    return document(
        statement("Look", LOOK),
        statement("ListState", ["s3:ListBucket", "s3:ListBucketVersions"], state),
        statement("ReadState", READABLE_CODE, [f"{each}/*" for each in state]),
        _with_key(place, "DecryptState", ["kms:Decrypt"], place.region),
    )


def deployer_permissions(place: Place) -> Document:
    """Make what the estate consists of, and roles of the environment's name; read no data but state."""
    roles = [place.iam(f"{kind}/{place.named('*')}") for kind in ("role", "policy", "instance-profile")]
    hosts = "oidc-provider/oidc.eks.*"
    state = [f"arn:aws:s3:::{bucket}/*" for bucket in (place.bucket, place.bucket_copy)]
    return document(
        statement("Estate", [f"{service}:*" for service in SERVICES]),
        statement("LookAtIam", ["iam:Get*", "iam:List*", "iam:*AccountPasswordPolicy"]),
        statement("OwnRoles", ["iam:*"], [*roles, place.iam(hosts)]),
        statement("ServiceLinkedRoles", LINKED, place.iam("role/aws-service-role/*")),
        {"Sid": "NoData", "Effect": "Deny", "Action": list(READABLE_CODE), "NotResource": state},
    )


def boundary(place: Place) -> Document:
    """The most that the deployer, and whatever role it makes, can ever do."""
    identities = [
        *(place.iam(f"role/{place.named(role)}") for role in ("deployer", "preview", "state-replication")),
        place.iam(f"oidc-provider/{GITHUB}"),
    ]
    deny = {"Effect": "Deny"}
    elsewhere = {"StringNotEquals": {"aws:RequestedRegion": place.regions}}
    foreign = {"StringNotEquals": {"aws:ResourceAccount": place.account}, "Null": {"aws:ResourceAccount": "false"}}
    unbound = {"StringNotEquals": {"iam:PermissionsBoundary": place.boundary}}
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
        {"Sid": "NotItself", **deny, "Action": [*_WRITE_IAM], "Resource": [*identities, place.boundary]},
    )


_WRITE_IAM = (
    *("iam:Add*", "iam:Attach*", "iam:Create*", "iam:Delete*", "iam:Detach*", "iam:Put*", "iam:Remove*"),
    *("iam:Set*", "iam:Tag*", "iam:Untag*", "iam:Update*"),
)


def _github(place: Place, subject: str) -> Document:
    conditions = {
        "StringEquals": {
            f"{GITHUB}:aud": AUDIENCE,
            f"{GITHUB}:sub": f"repo:{place.repository}:{subject}",
        }
    }
    return _trust({"Federated": place.iam(f"oidc-provider/{GITHUB}")}, "sts:AssumeRoleWithWebIdentity", conditions)


def _trust(principal: Document, action: str, conditions: Document) -> Document:
    return document({"Effect": "Allow", "Principal": principal, "Action": action, "Condition": conditions})


def _with_key(place: Place, sid: str, actions: Sequence[str], region: str) -> Document:
    """Use of the state's key through its alias: a policy cannot name a key that does not exist yet."""
    by_alias = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": place.alias}}
    return statement(sid, actions, f"arn:aws:kms:{region}:{place.account}:key/*", Condition=by_alias)

"""S3 buckets: closed to the public, encrypted, versioned, logged and replicated."""

from collections.abc import Iterable, Iterator, Sequence

from policy_packs.kernel.context import Context
from policy_packs.kernel.registry import (
    Findings,
    Level,
    Levels,
    Severity,
    Stack,
    StackFindings,
    StackRule,
    rule,
    stack_rule,
)
from policy_packs.kernel.resource import Reader, Resource
from policy_packs.security.accounts import own_accounts
from policy_packs.security.aws.cloudtrail import TRAIL
from policy_packs.security.aws.lb import EVERY_LOAD_BALANCER
from policy_packs.security.denials import denies_every_administrator, refuses_plain_http
from policy_packs.security.iam_permissions import granted_actions
from policy_packs.security.property_rules import value_rule
from policy_packs.security.references import companions, source_urns
from policy_packs.security.statements import (
    NARROWING_ADVICE,
    allow_statements,
    deny_statements,
    label,
    public_findings,
)

BUCKETS = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")
PUBLIC_ACCESS_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
ACCOUNT_BLOCK = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
BUCKET_ACLS = ("aws:s3/bucketAcl:BucketAcl", "aws:s3/bucketAclV2:BucketAclV2")
PUBLIC_ACLS = frozenset({"public-read", "public-read-write", "authenticated-read"})
BLOCK_SETTINGS = {
    "blockPublicAcls": "block_public_acls",
    "blockPublicPolicy": "block_public_policy",
    "ignorePublicAcls": "ignore_public_acls",
    "restrictPublicBuckets": "restrict_public_buckets",
}
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
LOGGING = "aws:s3/bucketLogging:BucketLogging"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
OBJECT_LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
ACCESS_POINT = "aws:s3/accessPoint:AccessPoint"
DELIVERY_CHANNEL = "aws:cfg/deliveryChannel:DeliveryChannel"
KMS_ALGORITHMS = frozenset({"aws:kms", "aws:kms:dsse"})
# Groups of everyone, and of everyone with an AWS account (Amazon S3 User Guide, "Access control list overview").
PUBLIC_GRANTEES = frozenset(
    {
        "http://acs.amazonaws.com/groups/global/AllUsers",
        "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
    }
)
CHANGE_POLICY = "s3:PutBucketPolicy"


@rule(
    "s3-must-block-public-access",
    on=(PUBLIC_ACCESS_BLOCK, ACCOUNT_BLOCK),
    covers=["CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56", "CIS-AWS 2.1.4"],
    severity=Severity.CRITICAL,
)
def public_access_block(block: Resource) -> Findings:
    """A public-access block has four settings, and any one that is off leaves a way to publish data."""
    if off := [name for key, name in BLOCK_SETTINGS.items() if block.flag(key) is not True]:
        yield f"The block does not turn on {', '.join(off)}. Set all four settings to True."


@rule(
    "s3-must-not-have-public-policy",
    on=(BUCKET_POLICY, *BUCKETS),
    covers=["CKV_AWS_70"],
    severity=Severity.CRITICAL,
)
def private_policy(resource: Resource) -> Findings:
    """A bucket policy that allows access to everyone publishes the objects in the bucket."""
    yield from public_findings(allow_statements(resource, "policy"), NARROWING_ADVICE)


@rule(
    "s3-must-not-have-public-acl",
    on=(*BUCKET_ACLS, *BUCKETS),
    covers=["CKV_AWS_20", "CKV_AWS_57"],
    severity=Severity.CRITICAL,
)
def private_acl(resource: Resource) -> Findings:
    """A canned ACL can make a bucket public with a single word."""
    value = resource.text("acl")
    if value in PUBLIC_ACLS:
        yield f"`acl` is {value!r}. Remove it, and disable ACLs with object ownership BucketOwnerEnforced."


@stack_rule("s3-must-have-public-access-block", covers=["CKV2_AWS_6"], severity=Severity.CRITICAL)
def public_access_block_on_every_bucket(stack: Stack) -> StackFindings:
    """Without its own public-access block, a bucket is one account setting away from being public."""
    yield from buckets_without(stack, PUBLIC_ACCESS_BLOCK, "public-access block")


enforced_ownership = value_rule(
    "s3-must-disable-acls",
    on="aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    path="rule.objectOwnership",
    allowed=("BucketOwnerEnforced",),
    rationale="With ACLs disabled, the bucket policy alone decides who may read.",
    fix="Set rule.object_ownership to 'BucketOwnerEnforced'.",
    covers=["CKV2_AWS_65"],
)
enabled_versioning = value_rule(
    "s3-versioning-must-be-enabled",
    on=VERSIONING,
    path="versioningConfiguration.status",
    allowed=("Enabled",),
    rationale="While versioning is suspended, S3 keeps old versions, but each new write overwrites the previous one.",
    fix="Set versioning_configuration.status to 'Enabled'.",
    covers=["CKV_AWS_21"],
)


def _per_bucket_rule(
    name: str,
    *,
    resource_type: str,
    label: str,
    rationale: str,
    covers: Sequence[str],
    severity: Severity = Severity.HIGH,
) -> StackRule:
    """Return a rule that requires a resource of one type for every bucket."""

    def check(stack: Stack) -> StackFindings:
        return buckets_without(stack, resource_type, label)

    check.__doc__ = rationale
    return stack_rule(name, covers=covers, severity=severity)(check)


versioned = _per_bucket_rule(
    "s3-must-be-versioned",
    resource_type=VERSIONING,
    label="versioning",
    rationale="Versions preserve objects that are overwritten or deleted, by mistake or by ransomware.",
    covers=["CKV_AWS_21"],
)
encrypted = _per_bucket_rule(
    "s3-must-be-encrypted",
    resource_type=ENCRYPTION,
    label="encryption configuration",
    rationale=(
        "Anyone who may read a bucket may use S3's default key, so the program must state how objects are encrypted."
    ),
    covers=["CKV_AWS_19"],
)
lifecycle = _per_bucket_rule(
    "s3-must-have-lifecycle",
    resource_type=LIFECYCLE,
    label="lifecycle",
    rationale="Without a lifecycle, objects cost money for ever, and student records are kept longer than allowed.",
    covers=["CKV2_AWS_61"],
    severity=Severity.MEDIUM,
)
with_policy = _per_bucket_rule(
    "s3-must-have-policy",
    resource_type=BUCKET_POLICY,
    label="policy",
    rationale="Only a bucket policy can refuse requests that the caller's own permissions allow, such as plain HTTP.",
    covers=["CKV_AWS_379", "CIS-AWS 2.1.1"],
)


@stack_rule(
    "s3-must-log-access",
    covers=["CKV_AWS_18", "CIS-AWS 3.4", "AWSGuard s3-bucket-logging-enabled"],
    severity=Severity.MEDIUM,
)
def access_log(stack: Stack) -> StackFindings:
    """After a leak, only the bucket's access log shows who read which object."""
    # A bucket that receives logs cannot log to itself, because each log entry would cause another.
    targets = target_buckets(stack, stack.of_type(LOGGING), "targetBucket")
    for bucket, finding in buckets_without(stack, LOGGING, "access log"):
        if bucket.urn not in targets:
            yield bucket, finding


@stack_rule("s3-must-be-encrypted-with-own-key", covers=["CKV_AWS_145"])
def own_key(stack: Stack) -> StackFindings:
    """With a customer-managed key, readers of the objects need permissions on both the bucket and the key."""
    # CloudTrail names its own key whenever it writes a file.
    service_buckets = log_buckets(stack) | target_buckets(stack, stack.of_type(TRAIL), "s3BucketName")
    for config in stack.of_type(ENCRYPTION):
        buckets = config.property_dependencies.get("bucket", frozenset())
        if not buckets or not buckets <= service_buckets:
            for default in config.each("rules"):
                if default["applyServerSideEncryptionByDefault.sseAlgorithm"] not in KMS_ALGORITHMS:
                    yield config, "Objects are encrypted with a key that S3 manages. Set sse_algorithm to 'aws:kms'."


@rule("s3-encryption-must-name-key", on=ENCRYPTION, covers=["CKV_AWS_145"])
def named_key(config: Resource) -> Findings:
    """Without a key ID, S3 uses the AWS-managed key, whose policy cannot be narrowed."""
    for encryption_rule in config.each("rules"):
        default = encryption_rule.fields("applyServerSideEncryptionByDefault")
        if default["sseAlgorithm"] in KMS_ALGORITHMS and not default["kmsMasterKeyId"]:
            yield "No customer-managed key is named. Set kms_master_key_id."


@stack_rule(
    "s3-must-be-replicated",
    covers=["CKV_AWS_144"],
    level=Levels(dev=Level.DISABLED, staging=Level.DISABLED),
)
def replicated(stack: Stack) -> StackFindings:
    """Objects, such as incident evidence, must survive the loss of their region."""
    replications = stack.of_type(REPLICATION)
    # AWS Config keeps its own copy of what it delivers, in every region.
    exempt = (
        log_buckets(stack)
        | target_buckets(stack, stack.of_type(DELIVERY_CHANNEL), "s3BucketName")
        | source_urns(replications, "rules")
    )
    for bucket in stack.of_type(*BUCKETS):
        if bucket.urn not in exempt and not companions(bucket, replications, "bucket", "bucket"):
            yield bucket, f"Bucket {bucket.name} is in one region only. Add a BucketReplicationConfig for it."


@rule("s3-policy-must-refuse-plain-http", on=BUCKET_POLICY, covers=["CKV_AWS_379", "CIS-AWS 2.1.1"])
def tls_only(policy: Resource) -> Findings:
    """A plain HTTP request exposes the object and the request's signature on the network."""
    statements = deny_statements(policy, "policy")
    if not any(refuses_plain_http(statement, policy.text("bucket")) for statement in statements):
        yield (
            "Plain HTTP is not refused. Deny 's3:*' on the bucket and its objects to everyone, on the only condition "
            "that aws:SecureTransport is 'false'."
        )


@rule("s3-policy-must-not-lock-out", on=(BUCKET_POLICY, *BUCKETS), covers=["CKV_AWS_93"], severity=Severity.MEDIUM)
def no_lockout(resource: Resource, context: Context) -> Findings:
    """If nobody may change the policy any more, only the root user can repair it.

    A Deny statement with a condition counts too, unless the condition spares a principal of the account.
    """
    accounts = own_accounts(resource, context)
    for statement in deny_statements(resource, "policy"):
        if granted_actions(statement, (CHANGE_POLICY,)) and denies_every_administrator(statement, accounts):
            yield (
                f"{label(statement)} denies {CHANGE_POLICY} to everyone, including the policy's administrators. Except "
                "a role with aws:PrincipalArn, or leave the action out."
            )


@rule("s3-acl-must-not-grant-to-everybody", on=(*BUCKET_ACLS, *BUCKETS), covers=["CKV_AWS_375", "CKV2_AWS_43"])
def private_grants(resource: Resource) -> Findings:
    """AuthenticatedUsers means everyone who has any AWS account, and AllUsers means everyone."""
    for uri in _grantees(resource):
        if uri in PUBLIC_GRANTEES:
            yield (
                f"Access is granted to {uri.rpartition('/')[2]}. Remove the grant, and disable ACLs with object "
                "ownership BucketOwnerEnforced."
            )


@rule("s3-acl-must-grant-to-owner-only", on=(*BUCKET_ACLS, *BUCKETS), severity=Severity.CRITICAL)
def owner_grants(resource: Resource) -> Findings:
    """A canonical user ID and an email address do not show which account gets access, so nobody can review a grant."""
    for user in _granted_users(resource):
        if user != resource.text("accessControlPolicy.owner.id"):
            yield (
                f"Access is granted to the user {user}, whose account is unknown. Remove the grant, and name a role in "
                "the bucket policy instead."
            )


@rule(
    "s3-lifecycle-must-end-incomplete-uploads",
    on=LIFECYCLE,
    covers=["CKV_AWS_300"],
    severity=Severity.LOW,
)
def incomplete_uploads(lifecycle: Resource) -> Findings:
    """Parts of incomplete uploads are not listed with the objects, but they are kept and billed for ever."""
    for lifecycle_rule in lifecycle.each("rules"):
        if lifecycle_rule.text("status") == "Enabled" and lifecycle_rule.number(
            "abortIncompleteMultipartUpload.daysAfterInitiation"
        ):
            return
    yield "No enabled rule aborts incomplete uploads. Set abort_incomplete_multipart_upload.days_after_initiation."


@rule("s3-object-lock-must-retain", on=OBJECT_LOCK, covers=["CKV_AWS_143"])
def object_lock_retention(lock: Resource) -> Findings:
    """Without a default retention, object lock protects only objects that are locked individually."""
    retention = lock.fields("rule.defaultRetention")
    if not retention["mode"] or not (retention.number("days") or retention.number("years")):
        yield "New objects are not locked. Set rule.default_retention with a mode and days."


@rule("s3-access-point-must-block-public-access", on=ACCESS_POINT, covers=["CKV_AWS_392"], severity=Severity.CRITICAL)
def access_points(point: Resource) -> Findings:
    """An access point has its own public-access settings, which must be as strict as those of its bucket."""
    settings = point.fields("publicAccessBlockConfiguration")
    # All four are on by default.
    if off := [name for key, name in BLOCK_SETTINGS.items() if settings.flag(key) is False]:
        yield f"The access point turns off {', '.join(off)}. Leave them out, because AWS turns them on by default."


def buckets_without(stack: Stack, resource_type: str, label: str) -> Iterator[tuple[Resource, str]]:
    """Yield each bucket without a resource of one type, with a finding."""
    candidates = stack.of_type(resource_type)
    for bucket in stack.of_type(*BUCKETS):
        if not companions(bucket, candidates, "bucket", "bucket"):
            yield bucket, f"Bucket {bucket.name} has no {label}. Add a {resource_type.rpartition(':')[2]} for it."


def log_buckets(stack: Stack) -> frozenset[str]:
    """Return the URNs of buckets that receive access logs.

    The service that delivers access logs cannot use a customer-managed key.
    """
    return target_buckets(stack, stack.of_type(LOGGING), "targetBucket") | target_buckets(
        stack, stack.of_type(*EVERY_LOAD_BALANCER), "accessLogs"
    )


def target_buckets(stack: Stack, resources: Sequence[Resource], path: str) -> frozenset[str]:
    """Return the URNs of buckets that a property names.

    The property's value may come from the bucket or from its policy.
    """
    named = source_urns(resources, path)
    policies = [policy for policy in stack.of_type(BUCKET_POLICY) if policy.urn in named]
    return named | source_urns(policies, "bucket")


def _granted_users(resource: Resource) -> Iterator[str]:
    """Yield the canonical IDs and email addresses of the users that an ACL names."""
    if resource.type in BUCKETS:
        grantees: Iterable[Reader] = resource.each("grants")
    else:
        grantees = (each.fields("grantee") for each in resource.fields("accessControlPolicy").each("grants"))
    for grantee in grantees:
        for path in ("id",) if resource.type in BUCKETS else ("id", "emailAddress"):
            if user := grantee.text(path):
                yield user


def _grantees(resource: Resource) -> Iterator[str]:
    if resource.type in BUCKETS:
        for grant in resource.each("grants"):
            yield grant.text("uri") or ""
    else:
        for grant in resource.fields("accessControlPolicy").each("grants"):
            yield grant.text("grantee.uri") or ""


@rule("s3-copies-must-stay-in-the-account", on=REPLICATION, severity=Severity.CRITICAL)
def copies_in_the_account(replication: Resource, context: Context) -> Findings:
    """The owner of another account decides who reads the copies in it, and no rule sees that account."""
    accounts = own_accounts(replication, context)
    for copying in replication.each("rules"):
        account = copying.text("destination.account")
        if account is not None and account not in accounts:
            yield (
                f"Objects are copied to account {account}. Copy them to a bucket of the stack's own account: leave "
                "out `account`, or name one of the provider's allowed_account_ids."
            )

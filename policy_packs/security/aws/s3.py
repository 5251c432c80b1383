"""S3 buckets: closed to the public, encrypted, versioned, logged and replicated."""

from collections.abc import Iterator, Sequence

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
from policy_packs.kernel.resource import Fields, Resource
from policy_packs.security.aws.cloudtrail import TRAIL
from policy_packs.security.aws.lb import EVERY_LOAD_BALANCER
from policy_packs.security.property_rules import value_rule
from policy_packs.security.references import companions, source_urns
from policy_packs.security.statements import (
    NARROWING_ADVICE,
    allow_statements,
    applies_to_everyone,
    deny_statements,
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
# Groups of everybody, and of everybody with any account of AWS (Amazon S3 User Guide, "Access control list overview").
PUBLIC_GRANTEES = frozenset(
    {
        "http://acs.amazonaws.com/groups/global/AllUsers",
        "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
    }
)
# Denied to everybody without a condition, these leave the policy to the root user.
LOCKOUT_ACTIONS = frozenset({"s3:PutBucketPolicy", "s3:*BucketPolicy", "s3:Put*", "s3:*", "*"})
EVERY_ACTION = frozenset({"s3:*", "*"})


@rule(
    "s3-must-block-public-access",
    on=(PUBLIC_ACCESS_BLOCK, ACCOUNT_BLOCK),
    covers=["CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56", "CIS-AWS 2.1.4"],
    severity=Severity.CRITICAL,
)
def public_access_block(block: Resource) -> Findings:
    """A public-access block is four switches; one left off is an open door."""
    if off := [name for key, name in BLOCK_SETTINGS.items() if block.flag(key) is not True]:
        yield f"not on: {', '.join(off)}; set all four to True"


@rule(
    "s3-must-not-have-public-policy",
    on=(BUCKET_POLICY, *BUCKETS),
    covers=["CKV_AWS_70"],
    severity=Severity.CRITICAL,
)
def private_policy(resource: Resource) -> Findings:
    """A bucket policy that allows everybody something publishes it, whatever else protects the bucket."""
    yield from public_findings(allow_statements(resource, "policy"), NARROWING_ADVICE)


@rule(
    "s3-must-not-have-public-acl",
    on=(*BUCKET_ACLS, *BUCKETS),
    covers=["CKV_AWS_20", "CKV_AWS_57"],
    severity=Severity.CRITICAL,
)
def private_acl(resource: Resource) -> Findings:
    """Canned ACLs from before public-access blocks still publish a bucket in one word."""
    value = resource.text("acl")
    if value in PUBLIC_ACLS:
        yield f"acl is {value!r}; remove it, ownership is enforced by the bucket's owner"


@stack_rule("s3-must-have-public-access-block", covers=["CKV2_AWS_6"], severity=Severity.CRITICAL)
def public_access_block_on_every_bucket(stack: Stack) -> StackFindings:
    """A bucket without its own public-access block is one account setting away from being public."""
    yield from buckets_without(stack, PUBLIC_ACCESS_BLOCK, "public-access block")


enforced_ownership = value_rule(
    "s3-must-disable-acls",
    on="aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    path="rule.objectOwnership",
    right=("BucketOwnerEnforced",),
    why="With ACLs off there is one place that says who may read: the policy.",
    fix="set rule.object_ownership to 'BucketOwnerEnforced'",
    covers=["CKV2_AWS_65"],
)
enabled_versioning = value_rule(
    "s3-versioning-must-be-enabled",
    on=VERSIONING,
    path="versioningConfiguration.status",
    right=("Enabled",),
    why="Suspended versioning keeps the old versions and overwrites the new ones.",
    fix="set versioning_configuration.status to 'Enabled'",
    covers=["CKV_AWS_21"],
)


def _per_bucket_rule(
    name: str, *, kind: str, what: str, why: str, covers: Sequence[str], severity: Severity = Severity.HIGH
) -> StackRule:
    """A rule that every bucket has a resource of some type of its own."""

    def check(stack: Stack) -> StackFindings:
        return buckets_without(stack, kind, what)

    check.__doc__ = why
    return stack_rule(name, covers=covers, severity=severity)(check)


versioned = _per_bucket_rule(
    "s3-must-be-versioned",
    kind=VERSIONING,
    what="versioning",
    why="What is overwritten or deleted, by mistake or for ransom, is still there as a version.",
    covers=["CKV_AWS_21"],
)
encrypted = _per_bucket_rule(
    "s3-must-be-encrypted",
    kind=ENCRYPTION,
    what="encryption of its own",
    why="AWS encrypts every object with its own key, which is open to whoever may read; how is for a program to say.",
    covers=["CKV_AWS_19"],
)
lifecycle = _per_bucket_rule(
    "s3-must-have-lifecycle",
    kind=LIFECYCLE,
    what="lifecycle",
    why="What is kept without an end is paid without an end, and records of students are kept longer than allowed.",
    covers=["CKV2_AWS_61"],
    severity=Severity.MEDIUM,
)
with_policy = _per_bucket_rule(
    "s3-must-have-policy",
    kind=BUCKET_POLICY,
    what="policy",
    why="Only a policy can refuse what the caller's own permissions allow, such as plain HTTP.",
    covers=["CKV_AWS_379", "CIS-AWS 2.1.1"],
)


@stack_rule(
    "s3-must-log-access",
    covers=["CKV_AWS_18", "CIS-AWS 3.4", "AWSGuard s3-bucket-logging-enabled"],
    severity=Severity.MEDIUM,
)
def access_log(stack: Stack) -> StackFindings:
    """Who read which object is asked about after every leak, and answered only by the bucket's log."""
    # A bucket that logs are written to can't log into itself: each line would be another line.
    targets = _target_buckets(stack, stack.of_type(LOGGING), "targetBucket")
    for bucket, finding in buckets_without(stack, LOGGING, "log of access"):
        if bucket.urn not in targets:
            yield bucket, finding


@stack_rule("s3-must-be-encrypted-with-own-key", covers=["CKV_AWS_145"])
def own_key(stack: Stack) -> StackFindings:
    """Who may read the evidence is said twice: by the bucket's policy and by the key's."""
    # CloudTrail names its key with every file.
    written = _log_buckets(stack) | _target_buckets(stack, stack.of_type(TRAIL), "s3BucketName")
    for config in stack.of_type(ENCRYPTION):
        buckets = config.property_dependencies.get("bucket", frozenset())
        if not buckets or not buckets <= written:
            for each in config.each("rules"):
                if each["applyServerSideEncryptionByDefault.sseAlgorithm"] not in KMS_ALGORITHMS:
                    yield config, "objects are encrypted with a key of AWS; set sse_algorithm to 'aws:kms'"


@rule("s3-encryption-must-name-key", on=ENCRYPTION, covers=["CKV_AWS_145"])
def named_key(config: Resource) -> Findings:
    """KMS without a key is the key of AWS, whose policy nobody can narrow."""
    for each in config.each("rules"):
        default = each.fields("applyServerSideEncryptionByDefault")
        if default["sseAlgorithm"] in KMS_ALGORITHMS and not default["kmsMasterKeyId"]:
            yield "names no key of ours; set kms_master_key_id"


@stack_rule(
    "s3-must-be-replicated",
    covers=["CKV_AWS_144"],
    level=Levels(dev=Level.DISABLED, staging=Level.DISABLED),
)
def replicated(stack: Stack) -> StackFindings:
    """Evidence must outlive the region it is kept in."""
    replications = stack.of_type(REPLICATION)
    # What AWS Config delivers it keeps itself too, in every region.
    spared = (
        _log_buckets(stack)
        | _target_buckets(stack, stack.of_type(DELIVERY_CHANNEL), "s3BucketName")
        | source_urns(replications, "rules")
    )
    for bucket in stack.of_type(*BUCKETS):
        if bucket.urn not in spared and not companions(bucket, replications, "bucket", "bucket"):
            yield bucket, f"bucket {bucket.name} is in one region only; add a BucketReplicationConfig for it"


@rule("s3-policy-must-refuse-plain-http", on=BUCKET_POLICY, covers=["CKV_AWS_379", "CIS-AWS 2.1.1"])
def tls_only(policy: Resource) -> Findings:
    """A request over plain HTTP shows its object and its signature to everybody on the way."""
    if not any(_refuses_plain_http(statement) for statement in deny_statements(policy, "policy")):
        yield "plain HTTP is not refused; deny 's3:*' to everybody where aws:SecureTransport is 'false'"


@rule("s3-policy-must-not-lock-out", on=(BUCKET_POLICY, *BUCKETS), covers=["CKV_AWS_93"], severity=Severity.MEDIUM)
def no_lockout(resource: Resource) -> Findings:
    """A policy that nobody may change any more has to be mended by the root user, at night."""
    for statement in deny_statements(resource, "policy"):
        if applies_to_everyone(statement) and "Condition" not in statement:
            for action in statement.texts("Action"):
                if action in LOCKOUT_ACTIONS:
                    yield f"{action} is denied to everybody, those who would mend the policy included; add a condition"


@rule("s3-acl-must-not-grant-to-everybody", on=(*BUCKET_ACLS, *BUCKETS), covers=["CKV_AWS_375", "CKV2_AWS_43"])
def private_grants(resource: Resource) -> Findings:
    """The group of authenticated users is whoever has any account of AWS: that is everybody, with a form filled in."""
    for uri in _grantees(resource):
        if uri in PUBLIC_GRANTEES:
            yield f"grants rights to {uri.rpartition('/')[2]}; remove the grant, ownership is enforced by the owner"


@rule(
    "s3-lifecycle-must-end-incomplete-uploads",
    on=LIFECYCLE,
    covers=["CKV_AWS_300"],
    severity=Severity.LOW,
)
def incomplete_uploads(lifecycle: Resource) -> Findings:
    """Parts of uploads that were never finished are invisible, kept and paid for ever."""
    for each in lifecycle.each("rules"):
        if each.text("status") == "Enabled" and each.number("abortIncompleteMultipartUpload.daysAfterInitiation"):
            return
    yield "no enabled rule ends incomplete uploads; set abort_incomplete_multipart_upload.days_after_initiation"


@rule("s3-object-lock-must-retain", on=OBJECT_LOCK, covers=["CKV_AWS_143"])
def object_lock_retention(lock: Resource) -> Findings:
    """An object lock without a time locks nothing that is not locked one by one."""
    time = lock.fields("rule.defaultRetention")
    if not time["mode"] or not (time.number("days") or time.number("years")):
        yield "new objects are not locked; set rule.default_retention with a mode and days"


@rule("s3-access-point-must-block-public-access", on=ACCESS_POINT, covers=["CKV_AWS_392"], severity=Severity.CRITICAL)
def access_points(point: Resource) -> Findings:
    """An access point is another door to the same bucket, with a lock of its own."""
    switches = point.fields("publicAccessBlockConfiguration")
    # All four are on unless a program turns one off.
    if off := [name for key, name in BLOCK_SETTINGS.items() if switches.flag(key) is False]:
        yield f"turned off: {', '.join(off)}; remove them, they are on by themselves"


def buckets_without(stack: Stack, kind: str, what: str) -> Iterator[tuple[Resource, str]]:
    """Buckets that no resource of a type is for, with what to say about them."""
    others = stack.of_type(kind)
    for bucket in stack.of_type(*BUCKETS):
        if not companions(bucket, others, "bucket", "bucket"):
            yield bucket, f"bucket {bucket.name} has no {what}; add a {kind.rpartition(':')[2]} for it"


def _log_buckets(stack: Stack) -> frozenset[str]:
    """URNs of buckets that take access logs, for which the writing service can't use a key of ours."""
    return _target_buckets(stack, stack.of_type(LOGGING), "targetBucket") | _target_buckets(
        stack, stack.of_type(*EVERY_LOAD_BALANCER), "accessLogs"
    )


def _target_buckets(stack: Stack, resources: Sequence[Resource], path: str) -> frozenset[str]:
    """URNs of the buckets that a property names, also where the name is taken from the bucket's policy."""
    named = source_urns(resources, path)
    policies = [policy for policy in stack.of_type(BUCKET_POLICY) if policy.urn in named]
    return named | source_urns(policies, "bucket")


def _refuses_plain_http(statement: Fields) -> bool:
    return (
        applies_to_everyone(statement)
        and bool(EVERY_ACTION & set(statement.texts("Action")))
        and statement.fields("Condition").fields("Bool")["aws:SecureTransport"] in {"false", False}
    )


def _grantees(resource: Resource) -> Iterator[str]:
    if resource.type in BUCKETS:
        for grant in resource.each("grants"):
            yield grant.text("uri") or ""
    else:
        for grant in resource.fields("accessControlPolicy").each("grants"):
            yield grant.text("grantee.uri") or ""

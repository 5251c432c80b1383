"""What every bucket has beside it: versions, a key, a log, a policy against plain HTTP, an end for what is old."""

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
from policy_packs.security.pairs import companions, sources
from policy_packs.security.rules_firewall import BALANCERS
from policy_packs.security.rules_storage import BUCKET_ACLS, BUCKET_POLICY, BUCKETS, SWITCHES, bare
from policy_packs.security.settings import setting
from policy_packs.security.statements import denying, is_about_anybody

VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
LOGGING = "aws:s3/bucketLogging:BucketLogging"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
OBJECT_LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
ACCESS_POINT = "aws:s3/accessPoint:AccessPoint"
TRAIL = "aws:cloudtrail/trail:Trail"
CHANNEL = "aws:cfg/deliveryChannel:DeliveryChannel"
OWN_KEY_ALGORITHMS = frozenset({"aws:kms", "aws:kms:dsse"})
# Groups of everybody, and of everybody with any account of AWS (Amazon S3 User Guide, "Access control list overview").
EVERYBODY = frozenset(
    {
        "http://acs.amazonaws.com/groups/global/AllUsers",
        "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
    }
)
# Denied to everybody without a condition, these leave the policy to the root user.
LOCKING_OUT = frozenset({"s3:PutBucketPolicy", "s3:*BucketPolicy", "s3:Put*", "s3:*", "*"})
EVERY_ACTION = frozenset({"s3:*", "*"})

enforced_ownership = setting(
    "s3-must-disable-acls",
    on="aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    path="rule.objectOwnership",
    right=("BucketOwnerEnforced",),
    why="With ACLs off there is one place that says who may read: the policy.",
    fix="set rule.object_ownership to 'BucketOwnerEnforced'",
    covers=["CKV2_AWS_65"],
)
switched_on = setting(
    "s3-versioning-must-be-enabled",
    on=VERSIONING,
    path="versioningConfiguration.status",
    right=("Enabled",),
    why="Suspended versioning keeps the old versions and overwrites the new ones.",
    fix="set versioning_configuration.status to 'Enabled'",
    covers=["CKV_AWS_21"],
)


def _kept_beside(
    name: str, *, kind: str, what: str, why: str, covers: Sequence[str], severity: Severity = Severity.HIGH
) -> StackRule:
    """A rule that every bucket has a resource of some type of its own."""

    def check(stack: Stack) -> StackFindings:
        return bare(stack, kind, what)

    check.__doc__ = why
    return stack_rule(name, covers=covers, severity=severity)(check)


versioned = _kept_beside(
    "s3-must-be-versioned",
    kind=VERSIONING,
    what="versioning",
    why="What is overwritten or deleted, by mistake or for ransom, is still there as a version.",
    covers=["CKV_AWS_21"],
)
encrypted = _kept_beside(
    "s3-must-be-encrypted",
    kind=ENCRYPTION,
    what="encryption of its own",
    why="AWS encrypts every object with its own key, which is open to whoever may read; how is for a program to say.",
    covers=["CKV_AWS_19"],
)
aged = _kept_beside(
    "s3-must-have-lifecycle",
    kind=LIFECYCLE,
    what="lifecycle",
    why="What is kept without an end is paid without an end, and records of students are kept longer than allowed.",
    covers=["CKV2_AWS_61"],
    severity=Severity.MEDIUM,
)
with_policy = _kept_beside(
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
def logged(stack: Stack) -> StackFindings:
    """Who read which object is asked about after every leak, and answered only by the bucket's log."""
    # A bucket that logs are written to can't log into itself: each line would be another line.
    targets = _targets(stack, stack.of(LOGGING), "targetBucket")
    for bucket, finding in bare(stack, LOGGING, "log of access"):
        if bucket.urn not in targets:
            yield bucket, finding


@stack_rule("s3-must-be-encrypted-with-own-key", covers=["CKV_AWS_145"])
def own_key(stack: Stack) -> StackFindings:
    """Who may read the evidence is said twice: by the bucket's policy and by the key's."""
    # CloudTrail names its key with every file.
    written = _logs(stack) | _targets(stack, stack.of(TRAIL), "s3BucketName")
    for config in stack.of(ENCRYPTION):
        buckets = config.uses.get("bucket", frozenset())
        if not buckets or not buckets <= written:
            for each in config.each("rules"):
                if each["applyServerSideEncryptionByDefault.sseAlgorithm"] not in OWN_KEY_ALGORITHMS:
                    yield config, "objects are encrypted with a key of AWS; set sse_algorithm to 'aws:kms'"


@rule("s3-encryption-must-name-key", on=ENCRYPTION, covers=["CKV_AWS_145"])
def named_key(config: Resource) -> Findings:
    """KMS without a key is the key of AWS, whose policy nobody can narrow."""
    for each in config.each("rules"):
        default = each.fields("applyServerSideEncryptionByDefault")
        if default["sseAlgorithm"] in OWN_KEY_ALGORITHMS and not default["kmsMasterKeyId"]:
            yield "names no key of ours; set kms_master_key_id"


@stack_rule(
    "s3-must-be-replicated",
    covers=["CKV_AWS_144"],
    level=Levels(dev=Level.DISABLED, staging=Level.DISABLED),
)
def replicated(stack: Stack) -> StackFindings:
    """Evidence must outlive the region it is kept in."""
    replications = stack.of(REPLICATION)
    # What AWS Config delivers it keeps itself too, in every region.
    spared = _logs(stack) | _targets(stack, stack.of(CHANNEL), "s3BucketName") | sources(replications, "rules")
    for bucket in stack.of(*BUCKETS):
        if bucket.urn not in spared and not companions(bucket, replications, "bucket", "bucket"):
            yield bucket, f"bucket {bucket.name} is in one region only; add a BucketReplicationConfig for it"


@rule("s3-policy-must-refuse-plain-http", on=BUCKET_POLICY, covers=["CKV_AWS_379", "CIS-AWS 2.1.1"])
def tls_only(policy: Resource) -> Findings:
    """A request over plain HTTP shows its object and its signature to everybody on the way."""
    if not any(_refuses_plain_http(statement) for statement in denying(policy, "policy")):
        yield "plain HTTP is not refused; deny 's3:*' to everybody where aws:SecureTransport is 'false'"


@rule("s3-policy-must-not-lock-out", on=(BUCKET_POLICY, *BUCKETS), covers=["CKV_AWS_93"], severity=Severity.MEDIUM)
def no_lockout(resource: Resource) -> Findings:
    """A policy that nobody may change any more has to be mended by the root user, at night."""
    for statement in denying(resource, "policy"):
        if is_about_anybody(statement) and "Condition" not in statement:
            for action in statement.texts("Action"):
                if action in LOCKING_OUT:
                    yield f"{action} is denied to everybody, those who would mend the policy included; add a condition"


@rule("s3-acl-must-not-grant-to-everybody", on=(*BUCKET_ACLS, *BUCKETS), covers=["CKV_AWS_375", "CKV2_AWS_43"])
def grants(resource: Resource) -> Findings:
    """The group of authenticated users is whoever has any account of AWS: that is everybody, with a form filled in."""
    for uri in _grantees(resource):
        if uri in EVERYBODY:
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
def retention(lock: Resource) -> Findings:
    """An object lock without a time locks nothing that is not locked one by one."""
    time = lock.fields("rule.defaultRetention")
    if not time["mode"] or not (time.number("days") or time.number("years")):
        yield "new objects are not locked; set rule.default_retention with a mode and days"


@rule("s3-access-point-must-block-public-access", on=ACCESS_POINT, covers=["CKV_AWS_392"], severity=Severity.CRITICAL)
def access_points(point: Resource) -> Findings:
    """An access point is another door to the same bucket, with a lock of its own."""
    switches = point.fields("publicAccessBlockConfiguration")
    # All four are on unless a program turns one off.
    if off := [name for key, name in SWITCHES.items() if switches.flag(key) is False]:
        yield f"turned off: {', '.join(off)}; remove them, they are on by themselves"


def _logs(stack: Stack) -> frozenset[str]:
    """URNs of buckets that take access logs, for which the writing service can't use a key of ours."""
    return _targets(stack, stack.of(LOGGING), "targetBucket") | _targets(stack, stack.of(*BALANCERS), "accessLogs")


def _targets(stack: Stack, resources: Sequence[Resource], path: str) -> frozenset[str]:
    """URNs of the buckets that a property names, also where the name is taken from the bucket's policy."""
    named = sources(resources, path)
    policies = [policy for policy in stack.of(BUCKET_POLICY) if policy.urn in named]
    return named | sources(policies, "bucket")


def _refuses_plain_http(statement: Fields) -> bool:
    return (
        is_about_anybody(statement)
        and bool(EVERY_ACTION & set(statement.texts("Action")))
        and statement.fields("Condition").fields("Bool")["aws:SecureTransport"] in {"false", False}
    )


def _grantees(resource: Resource) -> Iterator[str]:
    if resource.kind in BUCKETS:
        for grant in resource.each("grants"):
            yield grant.text("uri") or ""
    else:
        for grant in resource.fields("accessControlPolicy").each("grants"):
            yield grant.text("grantee.uri") or ""

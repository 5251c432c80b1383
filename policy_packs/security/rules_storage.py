"""Buckets: closed to the public in three independent ways, because each of them has been forgotten somewhere."""

from collections.abc import Iterator

from policy_packs.kernel.registry import Findings, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.pairs import companions
from policy_packs.security.statements import NARROW, allowing, public

BUCKETS = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")
PUBLIC_ACCESS_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
ACCOUNT_BLOCK = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
BUCKET_ACLS = ("aws:s3/bucketAcl:BucketAcl", "aws:s3/bucketAclV2:BucketAclV2")
PUBLIC_ACLS = frozenset({"public-read", "public-read-write", "authenticated-read"})
SWITCHES = {
    "blockPublicAcls": "block_public_acls",
    "blockPublicPolicy": "block_public_policy",
    "ignorePublicAcls": "ignore_public_acls",
    "restrictPublicBuckets": "restrict_public_buckets",
}


@rule(
    "s3-must-block-public-access",
    on=(PUBLIC_ACCESS_BLOCK, ACCOUNT_BLOCK),
    covers=["CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56", "CIS-AWS 2.1.4"],
    severity=Severity.CRITICAL,
)
def switches(block: Resource) -> Findings:
    """A public-access block is four switches; one left off is an open door."""
    if off := [name for key, name in SWITCHES.items() if block.flag(key) is not True]:
        yield f"not on: {', '.join(off)}; set all four to True"


@rule(
    "s3-must-not-have-public-policy",
    on=(BUCKET_POLICY, *BUCKETS),
    covers=["CKV_AWS_70"],
    severity=Severity.CRITICAL,
)
def policy(resource: Resource) -> Findings:
    """A bucket policy that allows everybody something publishes it, whatever else protects the bucket."""
    yield from public(allowing(resource, "policy"), NARROW)


@rule(
    "s3-must-not-have-public-acl",
    on=(*BUCKET_ACLS, *BUCKETS),
    covers=["CKV_AWS_20", "CKV_AWS_57"],
    severity=Severity.CRITICAL,
)
def acl(resource: Resource) -> Findings:
    """Canned ACLs from before public-access blocks still publish a bucket in one word."""
    value = resource.text("acl")
    if value in PUBLIC_ACLS:
        yield f"acl is {value!r}; remove it, ownership is enforced by the bucket's owner"


@stack_rule("s3-must-have-public-access-block", covers=["CKV2_AWS_6"], severity=Severity.CRITICAL)
def every_bucket(stack: Stack) -> StackFindings:
    """A bucket without its own public-access block is one account setting away from being public."""
    yield from bare(stack, PUBLIC_ACCESS_BLOCK, "public-access block")


def bare(stack: Stack, kind: str, what: str) -> Iterator[tuple[Resource, str]]:
    """Buckets that no resource of a type is for, with what to say about them."""
    others = stack.of(kind)
    for bucket in stack.of(*BUCKETS):
        if not companions(bucket, others, "bucket", "bucket"):
            yield bucket, f"bucket {bucket.name} has no {what}; add a {kind.rpartition(':')[2]} for it"

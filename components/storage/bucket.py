"""Private S3 bucket; this component creates every bucket of the platform."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions
from pulumi_aws import s3

from components.base import ComponentArgs, DeploymentContext, PlatformComponent
from components.identity.documents import Statement, policy
from components.storage.plan import ABORT_UPLOAD_DAYS, LifecyclePlan, bucket_key_only, log_delivery, tls_only

OLD_VERSION_DAYS = 30


@dataclass(frozen=True, kw_only=True)
class BucketArgs(ComponentArgs):
    """Arguments of one bucket."""

    role: str
    """Role in the AWS name `campus-<env>-<role>-<account>`.

    The account is included because bucket names are global.
    """
    lifecycle: LifecyclePlan
    force_destroy: bool
    key: pulumi.Input[str] | None = None
    """ARN of the KMS key.

    None uses S3-managed encryption, which log delivery requires.
    """
    lock_years: int | None = None
    """Years of Object Lock in compliance mode; None disables Object Lock.

    Not even the root user can bypass the lock.
    """
    access_logs: pulumi.Input[str] | None = None
    """Name of the access log bucket in the same region. None if this bucket is the access log bucket."""
    grants: Callable[[pulumi.Output[str]], Sequence[Statement]] = lambda _arn: ()
    """Function that returns the statements for AWS services, given the bucket's ARN."""


def access_log_bucket_args(context: DeploymentContext, role: str, *, days: int, force_destroy: bool) -> BucketArgs:
    """Return the arguments of a bucket that keeps S3 access logs for `days` days."""
    return BucketArgs(
        context=context,
        role=role,
        lifecycle=LifecyclePlan(days),
        force_destroy=force_destroy,
        grants=lambda arn: log_delivery(arn, context.account),
    )


class PrivateBucket(PlatformComponent):
    """A versioned, encrypted bucket without public access, plain HTTP or ACLs.

    Without `force_destroy`, the engine refuses to delete the bucket, and S3 does not delete a bucket that contains
    objects.

    Outputs: name, arn; name_after_policy (resolves after the bucket policy exists); versioning (replication must depend
    on it).
    """

    def __init__(self, name: str, args: BucketArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:storage:PrivateBucket", name, args.context, opts)
        self._name = name
        self.role = args.role
        self.bucket = s3.Bucket(
            name,
            bucket=f"{args.context.resource_name(args.role)}-{args.context.account}",
            force_destroy=args.force_destroy,
            object_lock_enabled=args.lock_years is not None,
            **self.child(args.role, ResourceOptions(protect=not args.force_destroy)),
        )
        self.name = self.bucket.bucket
        self.arn = self.bucket.arn
        self.versioning = s3.BucketVersioning(
            name,
            bucket=self.name,
            versioning_configuration=s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
            **self.untagged(),
        )
        self._encrypt(args.key)
        self._restrict_access(args)
        self._set_lifecycle(args.lifecycle)
        if args.lock_years is not None:
            self._set_object_lock(args.lock_years)
        if args.access_logs is not None:
            s3.BucketLogging(
                name,
                bucket=self.name,
                target_bucket=args.access_logs,
                target_prefix=f"s3/{args.role}/",
                **self.untagged(),
            )
        self.register_outputs({"name": self.name, "arn": self.arn})

    def _encrypt(self, key: pulumi.Input[str] | None) -> None:
        rule = s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
            sse_algorithm="AES256" if key is None else "aws:kms", kms_master_key_id=key
        )
        s3.BucketServerSideEncryptionConfiguration(
            self._name,
            bucket=self.name,
            rules=[
                s3.BucketServerSideEncryptionConfigurationRuleArgs(
                    apply_server_side_encryption_by_default=rule, bucket_key_enabled=key is not None
                )
            ],
            **self.untagged(),
        )

    def _restrict_access(self, args: BucketArgs) -> None:
        """Block public access, then attach the policy; S3 rejects both at the same time."""
        block = s3.BucketPublicAccessBlock(
            self._name,
            bucket=self.name,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            **self.untagged(),
        )
        s3.BucketOwnershipControls(
            self._name,
            bucket=self.name,
            rule=s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
            **self.untagged(),
        )
        bucket_policy = s3.BucketPolicy(
            self._name,
            bucket=self.name,
            policy=policy(*tls_only(self.arn), *self._key_statements(args.key), *args.grants(self.arn)),
            **self.untagged(ResourceOptions(depends_on=[block])),
        )
        self.name_after_policy = bucket_policy.bucket

    def _key_statements(self, key: pulumi.Input[str] | None) -> Sequence[Statement]:
        return () if key is None else bucket_key_only(self.arn, key)

    def _set_lifecycle(self, plan: LifecyclePlan) -> None:
        rule = s3.BucketLifecycleConfigurationRuleArgs(
            id="age",
            status="Enabled",
            filter=s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
            transitions=[
                s3.BucketLifecycleConfigurationRuleTransitionArgs(storage_class=storage_class, days=days)
                for storage_class, days in plan.transitions()
            ],
            expiration=s3.BucketLifecycleConfigurationRuleExpirationArgs(days=plan.expire_after),
            noncurrent_version_expiration=s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                noncurrent_days=OLD_VERSION_DAYS
            ),
            abort_incomplete_multipart_upload=s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                days_after_initiation=ABORT_UPLOAD_DAYS
            ),
        )
        s3.BucketLifecycleConfiguration(
            self._name,
            bucket=self.name,
            rules=[rule],
            **self.untagged(ResourceOptions(depends_on=[self.versioning])),
        )

    def _set_object_lock(self, years: int) -> None:
        retention = s3.BucketObjectLockConfigurationRuleDefaultRetentionArgs(mode="COMPLIANCE", years=years)
        s3.BucketObjectLockConfiguration(
            self._name,
            bucket=self.name,
            object_lock_enabled="Enabled",
            rule=s3.BucketObjectLockConfigurationRuleArgs(default_retention=retention),
            **self.untagged(ResourceOptions(depends_on=[self.versioning])),
        )

"""Security defaults of a whole account or region."""

from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions
from pulumi_aws import ebs, ec2, iam, s3

from components.base import ComponentArgs, PlatformComponent

PASSWORD_LENGTH = 14
"""Minimum length of IAM users' passwords (CIS AWS Foundations Benchmark v3.0.0, 1.8)."""
REMEMBERED_PASSWORDS = 24
"""Number of previous passwords that IAM users cannot reuse (CIS AWS Foundations Benchmark v3.0.0, 1.9)."""


@dataclass(frozen=True, kw_only=True)
class AccountSecurityDefaultsArgs(ComponentArgs):
    """No arguments besides the deployment context, which names the account."""


class AccountSecurityDefaults(PlatformComponent):
    """S3 public access block and IAM password policy; one instance per account."""

    def __init__(self, name: str, args: AccountSecurityDefaultsArgs, opts: ResourceOptions | None = None) -> None:
        # The type token predates the class name, but it is part of the URN and must not change.
        super().__init__("campus:audit:AccountGuards", name, args.context, opts)
        s3.AccountPublicAccessBlock(
            name,
            account_id=args.context.account,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self.child_options(),
        )
        iam.AccountPasswordPolicy(
            name,
            minimum_password_length=PASSWORD_LENGTH,
            password_reuse_prevention=REMEMBERED_PASSWORDS,
            require_lowercase_characters=True,
            require_uppercase_characters=True,
            require_numbers=True,
            require_symbols=True,
            allow_users_to_change_password=True,
            opts=self.child_options(),
        )
        self.register_outputs({})


@dataclass(frozen=True, kw_only=True)
class RegionSecurityDefaultsArgs(ComponentArgs):
    """Arguments of the security defaults of the context's region."""

    volumes_key: pulumi.Input[str]


class RegionSecurityDefaults(PlatformComponent):
    """EBS encryption with the environment's key, no public snapshots, IMDSv2 only."""

    def __init__(self, name: str, args: RegionSecurityDefaultsArgs, opts: ResourceOptions | None = None) -> None:
        # The type token predates the class name, but it is part of the URN and must not change.
        super().__init__("campus:audit:RegionGuards", name, args.context, opts)
        key = ebs.DefaultKmsKey(name, key_arn=args.volumes_key, **self.untagged())
        ebs.EncryptionByDefault(name, enabled=True, **self.untagged(ResourceOptions(depends_on=[key])))
        ebs.SnapshotBlockPublicAccess(name, state="block-all-sharing", **self.untagged())
        ec2.InstanceMetadataDefaults(
            name, http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=1, **self.untagged()
        )
        self.register_outputs({})

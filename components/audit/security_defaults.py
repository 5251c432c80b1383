"""Guards that hold for a whole account or region, whatever a single resource says."""

from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions
from pulumi_aws import ebs, ec2, iam, s3

from components.base import ComponentArgs, PlatformComponent

PASSWORD_LENGTH = 14
"""CIS AWS Foundations Benchmark v3.0.0, 1.8."""
REMEMBERED_PASSWORDS = 24
"""The same, 1.9."""


@dataclass(frozen=True, kw_only=True)
class AccountSecurityDefaultsArgs(ComponentArgs):
    """The account is the placement's."""


class AccountSecurityDefaults(PlatformComponent):
    """No bucket is ever public; whoever still has a password has a strong one. There is one of this per account."""

    def __init__(self, name: str, args: AccountSecurityDefaultsArgs, opts: ResourceOptions | None = None) -> None:
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
    """The region is the placement's."""

    volumes_key: pulumi.Input[str]


class RegionSecurityDefaults(PlatformComponent):
    """Volumes are encrypted with the environment's key, snapshots are never public, machines speak IMDSv2 only."""

    def __init__(self, name: str, args: RegionSecurityDefaultsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:audit:RegionGuards", name, args.context, opts)
        key = ebs.DefaultKmsKey(name, key_arn=args.volumes_key, **self.untagged())
        ebs.EncryptionByDefault(name, enabled=True, **self.untagged(ResourceOptions(depends_on=[key])))
        ebs.SnapshotBlockPublicAccess(name, state="block-all-sharing", **self.untagged())
        ec2.InstanceMetadataDefaults(
            name, http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=1, **self.untagged()
        )
        self.register_outputs({})

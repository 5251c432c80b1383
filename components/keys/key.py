"""Customer-managed KMS key."""

from dataclasses import dataclass

from pulumi import ResourceOptions
from pulumi_aws import kms

from components.base import ComponentArgs, PlatformComponent
from components.identity.documents import policy
from components.keys.plan import KeyScope, Purpose, key_statements

DELETION_WINDOW_DAYS = 30
"""Days between the request to delete a key and its deletion. Until then, the deletion can be cancelled.

The value is AWS's maximum, because data cannot be decrypted after its key is deleted.
"""


@dataclass(frozen=True, kw_only=True)
class EncryptionKeyArgs(ComponentArgs):
    """Purpose of the key."""

    purpose: Purpose


class EncryptionKey(PlatformComponent):
    """A key with yearly rotation, an alias and an explicit policy. Outputs: arn."""

    def __init__(self, name: str, args: EncryptionKeyArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:keys:EncryptionKey", name, args.context, opts)
        scope = KeyScope(args.context.account, args.context.region)
        self.key = kms.Key(
            name,
            description=f"{args.purpose} of {args.context.environment} in {args.context.region}",
            enable_key_rotation=True,
            deletion_window_in_days=DELETION_WINDOW_DAYS,
            policy=policy(*key_statements(args.purpose, scope)),
            **self.child(f"{args.purpose}-key"),
        )
        kms.Alias(
            name,
            name=f"alias/{args.context.resource_name(args.purpose)}",
            target_key_id=self.key.key_id,
            **self.untagged(),
        )
        self.arn = self.key.arn
        self.register_outputs({"arn": self.arn})

"""Next steps for resources that `ops bootstrap` cannot change as desired.

Source of the limits: the API references of KMS (UpdatePrimaryRegion, "Multi-Region keys"), S3 and DynamoDB.
"""

from collections.abc import Callable, Mapping

from operations.bootstrap.context import AccountContext
from operations.bootstrap.plan import Action, ResourceKind

PAGE = "docs/how-to/bootstrap-an-account.md"


def remedy(context: AccountContext, action: Action) -> str:
    """Return the steps of an administrator after which the next run succeeds."""
    again = f"Then run `ops bootstrap {context.environment} --execute`."
    return f"{_REMEDIES[action.resource.kind](context, action)} {again}"


def _key(_context: AccountContext, action: Action) -> str:
    return (
        "AWS cannot change this. Remove the key's alias, so that a multi-Region key can have it: "
        f"`{_delete_alias(action)}`. Do not delete the old key while state or secrets are encrypted with it ({PAGE})."
    )


def _key_copy(_context: AccountContext, action: Action) -> str:
    resource, primary = action.resource, action.present.get("primary region")
    if primary != resource.region:
        return (
            "AWS cannot change this. Remove the alias from the key in "
            f"{resource.region}, so that the replica can have it: `{_delete_alias(action)}`."
        )
    key = f"aws kms describe-key --region {primary} --key-id {resource.name} --query KeyMetadata.KeyId --output text"
    return (
        "`ops bootstrap` does not move a primary key. Move it back: "
        f"`aws kms update-primary-region --region {primary} --key-id $({key}) "
        f"--primary-region {resource.attributes['primary region']}`."
    )


def _bucket(context: AccountContext, action: Action) -> str:
    present, name = action.present.get("region"), action.resource.name
    return (
        f"AWS cannot change this. If {present} is right, correct the region in Pulumi.{context.environment}.yaml. "
        f"Otherwise export all stacks, empty the bucket ({PAGE}), and delete it: "
        f"`aws s3api delete-bucket --region {present} --bucket {name}`."
    )


def _table(_context: AccountContext, action: Action) -> str:
    table = f"--region {action.resource.region} --table-name {action.resource.name}"
    return (
        "AWS cannot change this. The table holds only leases. While no pipeline runs, delete it: "
        f"`aws dynamodb update-table {table} --no-deletion-protection-enabled` and "
        f"`aws dynamodb delete-table {table}`."
    )


def _delete_alias(action: Action) -> str:
    return f"aws kms delete-alias --region {action.resource.region} --alias-name {action.resource.name}"


_REMEDIES: Mapping[ResourceKind, Callable[[AccountContext, Action], str]] = {
    ResourceKind.KEY: _key,
    ResourceKind.KEY_COPY: _key_copy,
    ResourceKind.BUCKET: _bucket,
    ResourceKind.TABLE: _table,
}
"""Remedy by kind. The kinds are those of `plan.FIXED`."""

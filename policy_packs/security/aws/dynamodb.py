"""DynamoDB tables."""

from policy_packs.security.property_rules import value_rule

encrypted_tables = value_rule(
    "dynamodb-must-be-encrypted-with-kms",
    on="aws:dynamodb/table:Table",
    path="serverSideEncryption.enabled",
    right=(True,),
    why="A table's key is one whose use is logged and can be ended.",
    fix="set server_side_encryption.enabled=True and kms_key_arn",
    covers=["AWSGuard dynamodb-table-encryption-enabled"],
)

"""DynamoDB tables."""

from policy_packs.security.property_rules import value_rule

encrypted_tables = value_rule(
    "dynamodb-must-be-encrypted-with-kms",
    on="aws:dynamodb/table:Table",
    path="serverSideEncryption.enabled",
    allowed=(True,),
    rationale="The use of a table's KMS key is logged and can be revoked.",
    fix="Set server_side_encryption.enabled=True and kms_key_arn.",
    covers=["AWSGuard dynamodb-table-encryption-enabled"],
)

"""DynamoDB tables."""

from policy_packs.security.property_rules import value_rule

encrypted_tables = value_rule(
    "dynamodb-must-be-encrypted-with-kms",
    on="aws:dynamodb/table:Table",
    path="serverSideEncryption.enabled",
    allowed=(True,),
    rationale="With a KMS key, each use of the table's encryption key is logged, and access to it can be revoked.",
    fix="Set server_side_encryption.enabled=True and kms_key_arn.",
    covers=["AWSGuard dynamodb-table-encryption-enabled"],
)

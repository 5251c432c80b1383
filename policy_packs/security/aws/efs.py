"""EFS file systems."""

from policy_packs.security.property_rules import value_rule

encrypted_file_systems = value_rule(
    "efs-must-be-encrypted",
    on="aws:efs/fileSystem:FileSystem",
    path="encrypted",
    allowed=(True,),
    rationale="A file system needs encryption like any volume, and encryption cannot be turned on later.",
    fix="Set encrypted=True and kms_key_id.",
    covers=["CIS-AWS 2.3.1", "AWSGuard efs-encrypted"],
)

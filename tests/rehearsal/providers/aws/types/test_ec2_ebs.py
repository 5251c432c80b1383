"""EBS encryption by default, and the default KMS key."""

from typing import Any

from tests.rehearsal.providers.aws.lifecycle import LifecycleCase

CASES = [
    LifecycleCase(
        "aws:ebs/encryptionByDefault:EncryptionByDefault",
        lambda _deps: {"enabled": True},
        lambda _deps: {"enabled": False},
        remains=True,
    ),
    LifecycleCase(
        "aws:ebs/defaultKmsKey:DefaultKmsKey",
        lambda deps: {"keyArn": deps.key},
        replacing=lambda deps: {"keyArn": deps.other_key},
        delete_first=True,
        remains=True,
    ),
]


def test_encryption_is_restored_after_drift_and_disabled_on_delete(engine: Any, client: Any) -> None:
    created = engine.create("aws:ebs/encryptionByDefault:EncryptionByDefault", enabled=True)
    assert engine.drift(created) == []
    client("ec2").disable_ebs_encryption_by_default()
    assert engine.drift(created) == ["enabled"]
    engine.update(engine.refresh(created), enabled=True)
    assert client("ec2").get_ebs_encryption_by_default()["EbsEncryptionByDefault"] is True
    engine.delete(created)
    assert client("ec2").get_ebs_encryption_by_default()["EbsEncryptionByDefault"] is False


def test_deleting_the_default_key_resets_it_to_the_aws_managed_key(engine: Any, deps: Any, client: Any) -> None:
    created = engine.create("aws:ebs/defaultKmsKey:DefaultKmsKey", keyArn=deps.key)
    assert engine.drift(created) == []
    assert engine.diff(created, keyArn=deps.other_key).changes[0].replace
    engine.delete(created)
    assert client("ec2").get_ebs_default_kms_key_id()["KmsKeyId"] != deps.key

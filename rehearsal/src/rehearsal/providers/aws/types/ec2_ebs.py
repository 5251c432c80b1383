"""EC2 EBS: encryption by default and the default KMS key, both per region."""

from rehearsal.providers.aws.context import OperationContext, no_args
from rehearsal.providers.aws.table import ApiCall, CustomUpdate, EmulatedType, from_context


def _set_encryption(context: OperationContext) -> None:
    enabled = context.inputs.get("enabled", True)
    context.call("enable_ebs_encryption_by_default" if enabled else "disable_ebs_encryption_by_default", {})


TYPES = (
    EmulatedType(
        tokens=("aws:ebs/encryptionByDefault:EncryptionByDefault",),
        service="ec2",
        id=from_context(lambda context: f"ebs-encryption-{context.region}"),
        create=ApiCall("get_ebs_encryption_by_default", args=no_args),
        read=ApiCall("get_ebs_encryption_by_default", args=no_args),
        item="@",
        update=[CustomUpdate(inputs=("enabled",), run=_set_encryption, always_on_create=True)],
        delete=ApiCall("disable_ebs_encryption_by_default", args=no_args),
        defaults={"enabled": True},
        outputs={"enabled": "EbsEncryptionByDefault"},
    ),
    EmulatedType(
        tokens=("aws:ebs/defaultKmsKey:DefaultKmsKey",),
        service="ec2",
        id="KmsKeyId",
        create=ApiCall(
            "modify_ebs_default_kms_key_id",
            args=lambda context: {"KmsKeyId": context.inputs["keyArn"]},
            covers_inputs=("keyArn",),
        ),
        read=ApiCall("get_ebs_default_kms_key_id", args=no_args),
        item="@",
        delete=ApiCall("reset_ebs_default_kms_key_id", args=no_args),
        outputs={"keyArn": "KmsKeyId"},
    ),
)

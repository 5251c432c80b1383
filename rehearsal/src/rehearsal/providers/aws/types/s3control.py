"""S3 Control: the public access block of an account."""

from rehearsal.providers.aws.table import ApiCall, EmulatedType, from_context, resource_id

_SETTINGS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
TYPES = (
    EmulatedType(
        tokens=("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",),
        service="s3control",
        id=from_context(lambda context: str(context.inputs.get("accountId") or context.account)),
        id_argument="AccountId",
        create=ApiCall(
            "put_public_access_block",
            nested_in="PublicAccessBlockConfiguration",
            extra_args=lambda context: {"AccountId": context.inputs.get("accountId") or context.account},
            covers_inputs=("accountId",),
        ),
        read=ApiCall("get_public_access_block"),
        item="PublicAccessBlockConfiguration",
        update=[ApiCall("put_public_access_block", nested_in="PublicAccessBlockConfiguration", full_replace=True)],
        delete=ApiCall("delete_public_access_block"),
        defaults=dict.fromkeys(_SETTINGS, False),
        outputs={"accountId": resource_id},
        import_inputs=lambda account: {"accountId": account},
    ),
)

"""The public access block of an account."""

from tests.rehearsal.providers.aws.lifecycle import LifecycleCase

BLOCK = {"blockPublicAcls": True, "blockPublicPolicy": True, "ignorePublicAcls": True, "restrictPublicBuckets": True}


CASES = [
    LifecycleCase(
        "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
        lambda _deps: {"accountId": "123456789012", **BLOCK},
        lambda _deps: {"accountId": "123456789012", **BLOCK, "blockPublicAcls": False},
    ),
]

"""The public access block of an account."""

import pytest

from tests.rehearsal.providers.aws.lifecycle import CheckLifecycle, LifecycleCase

BLOCK = {"blockPublicAcls": True, "blockPublicPolicy": True, "ignorePublicAcls": True, "restrictPublicBuckets": True}


CASES = [
    LifecycleCase(
        "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
        lambda _deps: {"accountId": "123456789012", **BLOCK},
        lambda _deps: {"accountId": "123456789012", **BLOCK, "blockPublicAcls": False},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_lifecycle(case: LifecycleCase, check_lifecycle: CheckLifecycle) -> None:
    check_lifecycle(case)

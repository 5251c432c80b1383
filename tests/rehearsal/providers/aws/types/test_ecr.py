"""Container repositories."""

from typing import Any

import pytest

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, CheckLifecycle, LifecycleCase


def repository(deps: Any, *, scan: bool, mutability: str) -> dict[str, Any]:
    return {
        "imageScanningConfiguration": {"scanOnPush": scan},
        "imageTagMutability": mutability,
        "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": deps.key}],
    }


CASES = [
    LifecycleCase(
        "aws:ecr/repository:Repository",
        lambda deps: {**repository(deps, scan=False, mutability="MUTABLE"), "tags": OLD},
        lambda deps: {**repository(deps, scan=True, mutability="IMMUTABLE"), "tags": NEW},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_lifecycle(case: LifecycleCase, check_lifecycle: CheckLifecycle) -> None:
    check_lifecycle(case)

"""Secrets and their versions."""

import pytest

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, CheckLifecycle, LifecycleCase

CASES = [
    LifecycleCase(
        "aws:secretsmanager/secret:Secret",
        lambda _deps: {"description": "old", "recoveryWindowInDays": 0, "tags": OLD},
        lambda deps: {"description": "new", "kmsKeyId": deps.key, "recoveryWindowInDays": 0, "tags": NEW},
    ),
    LifecycleCase(
        "aws:secretsmanager/secretVersion:SecretVersion",
        lambda deps: {"secretId": deps.secret, "secretString": "hunter22"},
        None,
        remains=True,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_lifecycle(case: LifecycleCase, check_lifecycle: CheckLifecycle) -> None:
    check_lifecycle(case)

"""Queues."""

import pytest

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, CheckLifecycle, LifecycleCase

CASES = [
    LifecycleCase(
        "aws:sqs/queue:Queue",
        lambda _deps: {"visibilityTimeoutSeconds": 60, "tags": OLD},
        lambda _deps: {"visibilityTimeoutSeconds": 90, "tags": NEW},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_lifecycle(case: LifecycleCase, check_lifecycle: CheckLifecycle) -> None:
    check_lifecycle(case)

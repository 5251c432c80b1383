"""SSM parameters."""

from typing import Any

import pytest

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, CheckLifecycle, LifecycleCase


def secure(deps: Any, value: str) -> dict[str, Any]:
    return {"type": "SecureString", "value": value, "keyId": deps.key}


CASES = [
    LifecycleCase(
        "aws:ssm/parameter:Parameter",
        lambda deps: {**secure(deps, "a"), "description": "old", "tags": OLD},
        lambda deps: {**secure(deps, "b"), "description": "new", "tags": NEW},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_lifecycle(case: LifecycleCase, check_lifecycle: CheckLifecycle) -> None:
    check_lifecycle(case)

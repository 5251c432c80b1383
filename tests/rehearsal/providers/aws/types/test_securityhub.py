"""Security Hub in an account."""

import pytest

from tests.rehearsal.providers.aws.lifecycle import CheckLifecycle, LifecycleCase

CASES = [
    LifecycleCase(
        "aws:securityhub/account:Account",
        lambda _deps: {"enableDefaultStandards": False, "controlFindingGenerator": "SECURITY_CONTROL"},
        lambda _deps: {
            "enableDefaultStandards": False,
            "autoEnableControls": False,
            "controlFindingGenerator": "STANDARD_CONTROL",
        },
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_lifecycle(case: LifecycleCase, check_lifecycle: CheckLifecycle) -> None:
    check_lifecycle(case)

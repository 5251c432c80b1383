"""Security Hub in an account."""

from tests.rehearsal.providers.aws.lifecycle import LifecycleCase

CASES = [
    LifecycleCase(
        "aws:securityhub/account:Account",
        lambda _deps: {"enableDefaultStandards": False, "controlFindingGenerator": "SECURITY_CONTROL"},
        lambda _deps: {
            "enableDefaultStandards": False,
            "autoEnableControls": False,
            "controlFindingGenerator": "STANDARD_CONTROL",
        },
        delete_first=True,
    ),
]

"""SSM parameters."""

from typing import Any

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, LifecycleCase


def secure(deps: Any, value: str) -> dict[str, Any]:
    return {"type": "SecureString", "value": value, "keyId": deps.key}


CASES = [
    LifecycleCase(
        "aws:ssm/parameter:Parameter",
        lambda deps: {**secure(deps, "a"), "description": "old", "tags": OLD},
        lambda deps: {**secure(deps, "b"), "description": "new", "tags": NEW},
    ),
    LifecycleCase(
        "aws:ssm/parameter:Parameter",
        lambda _deps: {"type": "String", "insecureValue": "a"},
        drifts=lambda _deps: {"insecureValue": ("a", "b")},
    ),
]

"""Secrets and their versions."""

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, LifecycleCase

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

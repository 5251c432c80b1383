"""Queues."""

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, LifecycleCase

CASES = [
    LifecycleCase(
        "aws:sqs/queue:Queue",
        lambda _deps: {"visibilityTimeoutSeconds": 60, "tags": OLD},
        lambda _deps: {"visibilityTimeoutSeconds": 90, "tags": NEW},
    ),
    LifecycleCase(
        "aws:sqs/queue:Queue",
        lambda _deps: {"fifoQueue": True},
        drifts=lambda _deps: {
            "contentBasedDeduplication": (True, False),
            "deduplicationScope": ("messageGroup", "queue"),
            "fifoThroughputLimit": ("perMessageGroupId", "perQueue"),
        },
    ),
    LifecycleCase(
        "aws:sqs/queue:Queue",
        lambda _deps: {"sqsManagedSseEnabled": True},
        drifts=lambda _deps: {"sqsManagedSseEnabled": (True, False)},
    ),
]

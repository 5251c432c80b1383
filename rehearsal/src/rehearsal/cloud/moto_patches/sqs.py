"""SQS: changes of single attributes."""

from typing import Any, ClassVar

from moto.sqs import models
from typing_extensions import override

from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.patches import Patches


class Queue(models.Queue):
    """Queue that keeps its policy when other attributes change."""

    original: ClassVar[type[models.Queue]]

    @override
    def _set_attributes(self, attributes: dict[str, Any], now: float | None = None) -> None:
        policy = self.policy if hasattr(self, "_policy_json") else None
        kept = {"Policy": policy} if policy and "Policy" not in attributes else {}
        Queue.original._set_attributes(self, {**attributes, **kept}, now)  # noqa: SLF001  # the patched method


def install(patches: Patches) -> None:
    """Patch moto's SQS."""
    patches.install(Queue)


MOTO_PATCHES = (
    MotoPatch(
        name="sqs-kept-policy",
        moto="removes the policy of a queue when SetQueueAttributes changes another attribute",
        aws="changes only the attributes of the request",
        source="SQS SetQueueAttributes",
        upstream="to file: SQS: Keep the policy in SetQueueAttributes",
    ),
)

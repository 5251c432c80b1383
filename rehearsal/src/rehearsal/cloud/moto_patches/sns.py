"""SNS: attributes of topics."""

from typing import ClassVar, cast

from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores
from moto.sns import responses
from typing_extensions import override

from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.patches import Patches

PROTOCOLS = ("Application", "Firehose", "HTTP", "Lambda", "SQS")
STORED_ATTRIBUTES = (
    "ArchivePolicy",
    "FifoThroughputScope",
    "SignatureVersion",
    "TracingConfig",
    *(
        f"{protocol}{suffix}"
        for protocol in PROTOCOLS
        for suffix in ("FailureFeedbackRoleArn", "SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate")
    ),
)
"""Attributes that moto stores and does not return."""


class SNSResponse(responses.SNSResponse):
    """GetTopicAttributes with all attributes that the topic has."""

    original: ClassVar[type[responses.SNSResponse]]

    @override
    def get_topic_attributes(self) -> ActionResult:
        answer = SNSResponse.original.get_topic_attributes(self)
        attributes = cast("dict[str, dict[str, object]]", answer.result)["Attributes"]
        topic = self.backend.get_topic(self._get_param("TopicArn"))
        for name in STORED_ATTRIBUTES:
            value = getattr(topic, camelcase_to_underscores(name), None)
            if value:
                attributes[name] = value
        return answer


def install(patches: Patches) -> None:
    """Patch moto's SNS."""
    patches.install(SNSResponse)


MOTO_PATCHES = (
    MotoPatch(
        name="sns-topic-attributes",
        moto="does not return delivery feedback, tracing, signature version and FIFO scope of a topic",
        aws="returns the attributes that are set",
        source="SNS GetTopicAttributes",
        upstream="to file: SNS: Return all attributes in GetTopicAttributes",
    ),
)

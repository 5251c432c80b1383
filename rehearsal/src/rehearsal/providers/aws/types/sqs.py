"""SQS: queues."""

from rehearsal.providers.aws.attributes import changed_attributes, set_attributes, upper_first
from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.context import OperationContext, by_id
from rehearsal.providers.aws.table import ApiCall, AutoName, CustomUpdate, EmulatedType, from_context, resource_id
from rehearsal.providers.aws.tags import TagOperations

_QUEUE_ATTRIBUTES = {
    name: upper_first(name)
    for name in (
        "contentBasedDeduplication",
        "deduplicationScope",
        "delaySeconds",
        "fifoThroughputLimit",
        "kmsDataKeyReusePeriodSeconds",
        "kmsMasterKeyId",
        "policy",
        "redriveAllowPolicy",
        "redrivePolicy",
    )
} | {
    "maxMessageSize": "MaximumMessageSize",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
    "sqsManagedSseEnabled": "SqsManagedSseEnabled",
    "visibilityTimeoutSeconds": "VisibilityTimeout",
}


def _create_queue_args(context: OperationContext) -> Args:
    fifo = {"FifoQueue": "true"} if context.inputs.get("fifoQueue") else {}
    return {"QueueName": context.inputs["name"], "Attributes": {**fifo, **set_attributes(context, _QUEUE_ATTRIBUTES)}}


def _change_queue(context: OperationContext) -> None:
    context.call(
        "set_queue_attributes",
        {"QueueUrl": context.id, "Attributes": dict(changed_attributes(context, _QUEUE_ATTRIBUTES))},
    )


TYPES = (
    EmulatedType(
        tokens=("aws:sqs/queue:Queue",),
        service="sqs",
        id="QueueUrl",
        create=ApiCall(
            "create_queue", args=_create_queue_args, covers_inputs=("name", "fifoQueue", *_QUEUE_ATTRIBUTES)
        ),
        read=ApiCall("get_queue_attributes", args=lambda context: {"QueueUrl": context.id, "AttributeNames": ["All"]}),
        item="Attributes",
        update=[CustomUpdate(inputs=tuple(_QUEUE_ATTRIBUTES), run=_change_queue, on_create=False)],
        delete=ApiCall("delete_queue"),
        names={**_QUEUE_ATTRIBUTES, "arn": "QueueArn"},
        autoname=AutoName(max_length=80, fifo_input="fifoQueue"),
        defaults={
            "contentBasedDeduplication": False,
            "delaySeconds": 0,
            "fifoQueue": False,
            "maxMessageSize": 262144,
            "messageRetentionSeconds": 345600,
            "receiveWaitTimeSeconds": 0,
            "visibilityTimeoutSeconds": 30,
        },
        outputs={
            "url": resource_id,
            "name": from_context(lambda context: context.id.rsplit("/", 1)[-1]),
        },
        tagging=TagOperations("tag_queue", "untag_queue", by_id("QueueUrl"), list="list_queue_tags"),
    ),
)

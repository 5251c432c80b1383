"""SNS topics and SQS queues, whose settings AWS keeps as attributes: text by name."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.compare import same
from rehearsal.providers.aws.table import Auto, ResourceType, Step, of_work, op
from rehearsal.providers.aws.tags import TagCalls
from rehearsal.providers.aws.work import Work


def capital(name: str) -> str:
    """The attribute of an input that only differs by its first letter."""
    return name[0].upper() + name[1:]


def text(value: Any) -> str:
    """An attribute's value: AWS takes only text."""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def given(work: Work, attributes: Mapping[str, str]) -> dict[str, str]:
    """Attributes that the program sets, by AWS's names."""
    return {
        attribute: text(work.new[name])
        for name, attribute in attributes.items()
        if work.new.get(name) not in (None, "", False)
    }


def changed(work: Work, attributes: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Attributes that differ from the last update; one that was taken out is set to nothing."""
    for name, attribute in attributes.items():
        if not same(work.old.get(name), work.new.get(name)):
            yield attribute, text(work.new.get(name, ""))


_FEEDBACK = {"application": "Application", "firehose": "Firehose", "http": "HTTP", "lambda": "Lambda", "sqs": "SQS"}
_TOPIC = {
    name: capital(name)
    for name in (
        "archivePolicy",
        "contentBasedDeduplication",
        "deliveryPolicy",
        "displayName",
        "fifoThroughputScope",
        "kmsMasterKeyId",
        "policy",
        "signatureVersion",
        "tracingConfig",
    )
} | {
    f"{kind}{rest}": f"{attribute}{rest}"
    for kind, attribute in _FEEDBACK.items()
    for rest in ("FailureFeedbackRoleArn", "SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate")
}


def _create_topic(work: Work) -> Args:
    fifo = {"FifoTopic": "true"} if work.new.get("fifoTopic") else {}
    return {"Name": work.new["name"], "Attributes": {**fifo, **given(work, _TOPIC)}}


def _set_topic(work: Work) -> None:
    for attribute, value in changed(work, _TOPIC):
        work.call("set_topic_attributes", {"TopicArn": work.id, "AttributeName": attribute, "AttributeValue": value})


def _default_topic_policy(work: Work) -> str:
    actions = "AddPermission DeleteTopic GetTopicAttributes ListSubscriptionsByTopic Publish RemovePermission "
    actions += "SetTopicAttributes Subscribe"
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [f"SNS:{action}" for action in actions.split()],
        "Resource": work.id,
        "Condition": {"StringEquals": {"AWS:SourceOwner": work.account}},
    }
    return json.dumps({"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]})


def _topic_policy(work: Work, policy: str) -> Args:
    return {"TopicArn": work.id or work.get("arn"), "AttributeName": "Policy", "AttributeValue": policy}


_SUBSCRIPTION = {
    name: capital(name)
    for name in (
        "deliveryPolicy",
        "filterPolicy",
        "filterPolicyScope",
        "rawMessageDelivery",
        "redrivePolicy",
        "replayPolicy",
        "subscriptionRoleArn",
    )
}


def _subscribe(work: Work) -> Args:
    return {
        "TopicArn": work.new["topic"],
        "Protocol": work.new["protocol"],
        "Endpoint": work.new["endpoint"],
        "Attributes": given(work, _SUBSCRIPTION),
        "ReturnSubscriptionArn": True,
    }


def _set_subscription(work: Work) -> None:
    for attribute, value in changed(work, _SUBSCRIPTION):
        wanted = {"SubscriptionArn": work.id, "AttributeName": attribute, "AttributeValue": value}
        work.call("set_subscription_attributes", wanted)


_QUEUE = {
    name: capital(name)
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


def _create_queue(work: Work) -> Args:
    fifo = {"FifoQueue": "true"} if work.new.get("fifoQueue") else {}
    return {"QueueName": work.new["name"], "Attributes": {**fifo, **given(work, _QUEUE)}}


def _set_queue(work: Work) -> None:
    work.call("set_queue_attributes", {"QueueUrl": work.id, "Attributes": dict(changed(work, _QUEUE))})


TYPES = (
    ResourceType(
        tokens=("aws:sns/topic:Topic",),
        service="sns",
        id="TopicArn",
        create=op("create_topic", _create_topic, inputs=("name", "fifoTopic", *_TOPIC)),
        read=op("get_topic_attributes"),
        item="Attributes",
        update=[Step(inputs=tuple(_TOPIC), run=_set_topic, on_create=False)],
        delete=op("delete_topic"),
        auto=Auto(limit=256),
        defaults={"contentBasedDeduplication": False, "fifoTopic": False},
        arn="{id}",
        outputs={"name": of_work(lambda work: work.id.rsplit(":", 1)[-1])},
        tagging=TagCalls(
            "tag_resource", "untag_resource", lambda work: {"ResourceArn": work.id}, list="list_tags_for_resource"
        ),
    ),
    ResourceType(
        tokens=("aws:sns/topicPolicy:TopicPolicy",),
        service="sns",
        id="{arn}",
        create=op(
            "set_topic_attributes", lambda work: _topic_policy(work, work.new["policy"]), inputs=("arn", "policy")
        ),
        read=op("get_topic_attributes", lambda work: {"TopicArn": work.id}),
        item="Attributes",
        update=[
            op("set_topic_attributes", lambda work: _topic_policy(work, work.new["policy"]), inputs=("policy",)),
        ],
        delete=op("set_topic_attributes", lambda work: _topic_policy(work, _default_topic_policy(work))),
        outputs={"arn": of_work(lambda work: work.id)},
    ),
    ResourceType(
        tokens=("aws:sns/topicSubscription:TopicSubscription",),
        service="sns",
        id="SubscriptionArn",
        create=op("subscribe", _subscribe, inputs=("topic", "protocol", "endpoint", *_SUBSCRIPTION)),
        read=op("get_subscription_attributes"),
        item="Attributes",
        update=[Step(inputs=tuple(_SUBSCRIPTION), run=_set_subscription, on_create=False)],
        delete=op("unsubscribe"),
        names={"topic": "TopicArn", "ownerId": "Owner"},
        defaults={"confirmationTimeoutInMinutes": 1, "endpointAutoConfirms": False, "rawMessageDelivery": False},
        local=("confirmationTimeoutInMinutes", "endpointAutoConfirms"),
        arn="{id}",
    ),
    ResourceType(
        tokens=("aws:sqs/queue:Queue",),
        service="sqs",
        id="QueueUrl",
        create=op("create_queue", _create_queue, inputs=("name", "fifoQueue", *_QUEUE)),
        read=op("get_queue_attributes", lambda work: {"QueueUrl": work.id, "AttributeNames": ["All"]}),
        item="Attributes",
        update=[Step(inputs=tuple(_QUEUE), run=_set_queue, on_create=False)],
        delete=op("delete_queue"),
        names={**_QUEUE, "arn": "QueueArn"},
        auto=Auto(limit=80),
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
            "url": of_work(lambda work: work.id),
            "name": of_work(lambda work: work.id.rsplit("/", 1)[-1]),
        },
        tagging=TagCalls("tag_queue", "untag_queue", lambda work: {"QueueUrl": work.id}, list="list_queue_tags"),
    ),
)

"""SNS: topics, topic policies and subscriptions."""

import json

from rehearsal.providers.aws.attributes import changed_attributes, set_attributes, upper_first
from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.context import OperationContext, by_id
from rehearsal.providers.aws.table import ApiCall, AutoName, CustomUpdate, EmulatedType, from_context, resource_id
from rehearsal.providers.aws.tags import TagOperations

_FEEDBACK_PROTOCOLS = {
    "application": "Application",
    "firehose": "Firehose",
    "http": "HTTP",
    "lambda": "Lambda",
    "sqs": "SQS",
}
_TOPIC_ATTRIBUTES = {
    name: upper_first(name)
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
    f"{protocol}{suffix}": f"{attribute}{suffix}"
    for protocol, attribute in _FEEDBACK_PROTOCOLS.items()
    for suffix in ("FailureFeedbackRoleArn", "SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate")
}


def _create_topic_args(context: OperationContext) -> Args:
    fifo = {"FifoTopic": "true"} if context.inputs.get("fifoTopic") else {}
    return {"Name": context.inputs["name"], "Attributes": {**fifo, **set_attributes(context, _TOPIC_ATTRIBUTES)}}


def _change_topic(context: OperationContext) -> None:
    for attribute, value in changed_attributes(context, _TOPIC_ATTRIBUTES):
        context.call(
            "set_topic_attributes", {"TopicArn": context.id, "AttributeName": attribute, "AttributeValue": value}
        )


def _default_topic_policy(context: OperationContext) -> str:
    actions = "AddPermission DeleteTopic GetTopicAttributes ListSubscriptionsByTopic Publish RemovePermission "
    actions += "SetTopicAttributes Subscribe"
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [f"SNS:{action}" for action in actions.split()],
        "Resource": context.id,
        "Condition": {"StringEquals": {"AWS:SourceOwner": context.account}},
    }
    return json.dumps({"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]})


def _topic_policy_args(context: OperationContext, policy: str) -> Args:
    return {"TopicArn": context.id or context.get("arn"), "AttributeName": "Policy", "AttributeValue": policy}


_SUBSCRIPTION_ATTRIBUTES = {
    name: upper_first(name)
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


def _subscribe_args(context: OperationContext) -> Args:
    return {
        "TopicArn": context.inputs["topic"],
        "Protocol": context.inputs["protocol"],
        "Endpoint": context.inputs["endpoint"],
        "Attributes": set_attributes(context, _SUBSCRIPTION_ATTRIBUTES),
        "ReturnSubscriptionArn": True,
    }


def _change_subscription(context: OperationContext) -> None:
    for attribute, value in changed_attributes(context, _SUBSCRIPTION_ATTRIBUTES):
        args = {"SubscriptionArn": context.id, "AttributeName": attribute, "AttributeValue": value}
        context.call("set_subscription_attributes", args)


TYPES = (
    EmulatedType(
        tokens=("aws:sns/topic:Topic",),
        service="sns",
        id="TopicArn",
        create=ApiCall(
            "create_topic", args=_create_topic_args, covers_inputs=("name", "fifoTopic", *_TOPIC_ATTRIBUTES)
        ),
        read=ApiCall("get_topic_attributes"),
        item="Attributes",
        update=[CustomUpdate(inputs=tuple(_TOPIC_ATTRIBUTES), run=_change_topic, on_create=False)],
        delete=ApiCall("delete_topic"),
        autoname=AutoName(max_length=256, fifo_input="fifoTopic"),
        defaults={"contentBasedDeduplication": False, "fifoTopic": False},
        arn="{id}",
        outputs={"name": from_context(lambda context: context.id.rsplit(":", 1)[-1])},
        tagging=TagOperations("tag_resource", "untag_resource", by_id("ResourceArn"), list="list_tags_for_resource"),
    ),
    EmulatedType(
        tokens=("aws:sns/topicPolicy:TopicPolicy",),
        service="sns",
        id="{arn}",
        create=ApiCall(
            "set_topic_attributes",
            args=lambda context: _topic_policy_args(context, context.inputs["policy"]),
            covers_inputs=("arn", "policy"),
        ),
        read=ApiCall("get_topic_attributes", args=by_id("TopicArn")),
        item="Attributes",
        update=[
            ApiCall(
                "set_topic_attributes",
                args=lambda context: _topic_policy_args(context, context.inputs["policy"]),
                covers_inputs=("policy",),
            ),
        ],
        delete=ApiCall(
            "set_topic_attributes", args=lambda context: _topic_policy_args(context, _default_topic_policy(context))
        ),
        outputs={"arn": resource_id},
    ),
    EmulatedType(
        tokens=("aws:sns/topicSubscription:TopicSubscription",),
        service="sns",
        id="SubscriptionArn",
        create=ApiCall(
            "subscribe",
            args=_subscribe_args,
            covers_inputs=("topic", "protocol", "endpoint", *_SUBSCRIPTION_ATTRIBUTES),
        ),
        read=ApiCall("get_subscription_attributes"),
        item="Attributes",
        update=[CustomUpdate(inputs=tuple(_SUBSCRIPTION_ATTRIBUTES), run=_change_subscription, on_create=False)],
        delete=ApiCall("unsubscribe"),
        names={"topic": "TopicArn", "ownerId": "Owner"},
        defaults={"confirmationTimeoutInMinutes": 1, "endpointAutoConfirms": False, "rawMessageDelivery": False},
        state_only=("confirmationTimeoutInMinutes", "endpointAutoConfirms"),
        arn="{id}",
    ),
)

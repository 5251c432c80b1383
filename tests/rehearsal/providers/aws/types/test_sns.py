"""Topics, topic policies and subscriptions."""

from typing import Any

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, LifecycleCase

CASES = [
    LifecycleCase(
        "aws:sns/topic:Topic",
        lambda _deps: {"displayName": "old", "tags": OLD},
        lambda deps: {"displayName": "new", "kmsMasterKeyId": deps.key, "tags": NEW},
    ),
    LifecycleCase(
        "aws:sns/topic:Topic",
        lambda _deps: {"fifoTopic": True},
        drifts=lambda _deps: {
            "contentBasedDeduplication": (True, False),
            "fifoThroughputScope": ("Topic", "MessageGroup"),
        },
    ),
    LifecycleCase(
        "aws:sns/topicSubscription:TopicSubscription",
        lambda deps: {"topic": deps.topic, "protocol": "email", "endpoint": "ops@campus.example"},
        lambda deps: {
            "topic": deps.topic,
            "protocol": "email",
            "endpoint": "ops@campus.example",
            "filterPolicy": '{"severity":["high"]}',
        },
    ),
    LifecycleCase(
        "aws:sns/topicPolicy:TopicPolicy",
        lambda deps: {"arn": deps.topics[0], "policy": deps.policy("budgets", "SNS:Publish")},
        lambda deps: {"arn": deps.topics[0], "policy": deps.policy("rds", "SNS:Publish")},
        replacing=lambda deps: {"arn": deps.topics[1]},
        remains=True,
    ),
]


def test_deleting_a_topic_policy_restores_the_default(engine: Any, deps: Any) -> None:
    policy = deps.policy("budgets", "SNS:Publish")
    created = engine.create("aws:sns/topicPolicy:TopicPolicy", arn=deps.topic, policy=policy)
    assert engine.drift(created) == []
    engine.delete(created)
    assert "__default_policy_ID" in engine.read(created).outputs["policy"]

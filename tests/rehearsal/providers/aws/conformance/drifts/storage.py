"""Values of mutable inputs of databases, buckets, queues and topics."""

import json
from collections.abc import Callable
from typing import Any

from tests.rehearsal.providers.aws.conformance.drifts.flags import switched_off, switched_on
from tests.rehearsal.providers.aws.lifecycle import Values


def table(deps: Any) -> Values:
    return {
        "billingMode": ("PAY_PER_REQUEST", "PROVISIONED"),
        "pointInTimeRecovery": ({"enabled": True}, {"enabled": False}),
        "serverSideEncryption": tuple({"enabled": True, "kmsKeyArn": key} for key in (deps.key, deps.other_key)),
        "ttl": ({"enabled": True, "attributeName": "expires"}, {"enabled": True, "attributeName": "until"}),
        **switched_on("deletionProtectionEnabled"),
    }


def database(deps: Any) -> Values:
    return {
        "allocatedStorage": (20, 40),
        "backupWindow": ("03:00-04:00", "01:00-02:00"),
        "caCertIdentifier": ("rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1"),
        "databaseInsightsMode": ("standard", "advanced"),
        "dbSubnetGroupName": tuple(deps.database_subnet_groups),
        "iops": (3000, 4000),
        "licenseModel": ("postgresql-license", "license-included"),
        "maintenanceWindow": ("sun:05:00-sun:06:00", "mon:05:00-mon:06:00"),
        "maxAllocatedStorage": (100, 200),
        "monitoringInterval": (60, 30),
        "monitoringRoleArn": (deps.role.outputs["arn"], deps.other_role.outputs["arn"]),
        "networkType": ("IPV4", "DUAL"),
        "parameterGroupName": tuple(deps.database_parameter_groups),
        "performanceInsightsKmsKeyId": (deps.key, deps.other_key),
        "performanceInsightsRetentionPeriod": (7, 31),
        "port": (5432, 5433),
        "storageThroughput": (125, 250),
        "storageType": ("gp3", "io1"),
        "vpcSecurityGroupIds": (deps.security_groups[:1], deps.security_groups[1:]),
        **switched_off("autoMinorVersionUpgrade", "copyTagsToSnapshot", "iamDatabaseAuthenticationEnabled"),
        **switched_off("multiAz", "performanceInsightsEnabled"),
        **switched_on("deletionProtection", "publiclyAccessible"),
    }


def replication_group(deps: Any) -> Values:
    return {
        "notificationTopicArn": tuple(deps.topics),
        "parameterGroupName": tuple(deps.cache_parameter_groups),
        "securityGroupIds": (deps.security_groups[:1], deps.security_groups[1:]),
        "transitEncryptionMode": ("required", "preferred"),
        "userGroupIds": (deps.cache_user_groups[:1], deps.cache_user_groups[1:]),
        "description": ("sessions", "outside"),
        "maintenanceWindow": ("sun:08:30-sun:09:30", "mon:08:30-mon:09:30"),
        **switched_off("autoMinorVersionUpgrade", "automaticFailoverEnabled", "multiAzEnabled"),
    }


def bucket_logging(deps: Any) -> Values:
    def prefixed(source: str) -> dict[str, Any]:
        return {"partitionedPrefix": {"partitionDateSource": source}}

    return {
        "targetBucket": (deps.log_bucket, deps.other_log_bucket),
        "targetObjectKeyFormat": (prefixed("EventTime"), prefixed("DeliveryTime")),
    }


def notification(deps: Any) -> Values:
    def queue(arn: str) -> list[dict[str, Any]]:
        return [{"id": "queue", "queueArn": arn, "events": ["s3:ObjectCreated:*"]}]

    return {"queues": tuple(queue(arn) for arn in deps.queues)}


def secret(deps: Any) -> Values:
    def allow(action: str) -> str:
        return json.dumps(json.loads(deps.policy("backup", action)))

    return {
        "kmsKeyId": (deps.key, deps.other_key),
        "policy": (allow("secretsmanager:GetSecretValue"), allow("secretsmanager:*")),
        "replicas": ([{"region": "us-west-2"}], [{"region": "us-east-2"}]),
    }


def topic(deps: Any) -> Values:
    roles = (deps.role.outputs["arn"], deps.other_role.outputs["arn"])
    protocols = ("application", "firehose", "http", "lambda", "sqs")
    retries = {"minDelayTarget": 20, "maxDelayTarget": 20, "numRetries": 3}
    delivery = [
        json.dumps({"http": {"defaultHealthyRetryPolicy": {**retries, "maxDelayTarget": delay}}}) for delay in (20, 30)
    ]
    return {
        "deliveryPolicy": tuple(delivery),
        "kmsMasterKeyId": (deps.key, deps.other_key),
        "policy": (deps.policy("budgets", "SNS:Publish"), deps.policy("rds", "SNS:Publish")),
        "signatureVersion": (2, 1),
        "tracingConfig": ("Active", "PassThrough"),
        **{f"{protocol}FailureFeedbackRoleArn": roles for protocol in protocols},
        **{f"{protocol}SuccessFeedbackRoleArn": roles for protocol in protocols},
        **{f"{protocol}SuccessFeedbackSampleRate": (100, 50) for protocol in protocols},
    }


def subscription(deps: Any) -> Values:
    retries = {"minDelayTarget": 20, "maxDelayTarget": 20, "numRetries": 3}
    return {
        "deliveryPolicy": tuple(json.dumps({"healthyRetryPolicy": {**retries, "numRetries": n}}) for n in (3, 5)),
        "filterPolicy": ('{"severity": ["high"]}', '{"severity": ["low"]}'),
        "filterPolicyScope": ("MessageAttributes", "MessageBody"),
        "redrivePolicy": tuple(json.dumps({"deadLetterTargetArn": arn}) for arn in deps.queues),
        **switched_off("rawMessageDelivery"),
    }


def queue(deps: Any) -> Values:
    def redrive(count: int) -> str:
        return json.dumps({"deadLetterTargetArn": deps.queues[0], "maxReceiveCount": count})

    return {
        "delaySeconds": (10, 20),
        "kmsDataKeyReusePeriodSeconds": (300, 600),
        "kmsMasterKeyId": (deps.key, deps.other_key),
        "maxMessageSize": (2048, 4096),
        "messageRetentionSeconds": (60, 120),
        "policy": (deps.policy("sns", "sqs:SendMessage"), deps.policy("sns", "sqs:*")),
        "receiveWaitTimeSeconds": (10, 20),
        "redrivePolicy": (redrive(4), redrive(5)),
    }


def parameter(deps: Any) -> Values:
    return {
        "allowedPattern": ("[a-z]", "[a-y]"),
        "keyId": (deps.key, deps.other_key),
        "tier": ("Standard", "Advanced"),
    }


def cache_user(_deps: Any) -> Values:
    return {"authenticationMode": ({"type": "iam"}, {"type": "no-password-required"})}


DRIFTS: dict[str, Callable[[Any], Values]] = {
    "aws:dynamodb/table:Table": table,
    "aws:elasticache/replicationGroup:ReplicationGroup": replication_group,
    "aws:elasticache/user:User": cache_user,
    "aws:rds/instance:Instance": database,
    "aws:rds/subnetGroup:SubnetGroup": lambda deps: {
        "description": ("program", "outside"),
        "subnetIds": (deps.subnets[:2], deps.subnets),
    },
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": lambda _deps: {
        "transitionDefaultMinimumObjectSize": ("all_storage_classes_128K", "varies_by_storage_class")
    },
    "aws:s3/bucketLogging:BucketLogging": bucket_logging,
    "aws:s3/bucketNotification:BucketNotification": notification,
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": lambda deps: {
        "role": (deps.role.outputs["arn"], deps.other_role.outputs["arn"])
    },
    "aws:secretsmanager/secret:Secret": secret,
    "aws:sns/topic:Topic": topic,
    "aws:sns/topicSubscription:TopicSubscription": subscription,
    "aws:sqs/queue:Queue": queue,
    "aws:ssm/parameter:Parameter": parameter,
}

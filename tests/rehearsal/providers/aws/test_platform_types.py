"""Clusters, databases, roles, alarms, budgets, queues and the like live through create, change and delete."""

from typing import Any

import pytest

from rehearsal.providers.protocol import ProviderError

OLD, NEW = {"Name": "old", "owner": "ops"}, {"Name": "new"}
ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
ISSUER = "https://oidc.eks.us-east-1.amazonaws.com/id/ABC"


def cluster(g: Any, *, public: bool, logs: list[str]) -> dict[str, Any]:
    return {
        "name": "campus",
        "roleArn": g.role.outputs["arn"],
        "version": "1.33",
        "vpcConfig": {"subnetIds": g.subnets, "endpointPrivateAccess": True, "endpointPublicAccess": public},
        "enabledClusterLogTypes": logs,
        "accessConfig": {"authenticationMode": "API"},
        "encryptionConfig": {"provider": {"keyArn": g.key}, "resources": ["secrets"]},
    }


def nodes(g: Any, size: int, labels: dict[str, str]) -> dict[str, Any]:
    return {
        "clusterName": g.cluster,
        "nodeRoleArn": g.role.outputs["arn"],
        "subnetIds": g.subnets[:1],
        "scalingConfig": {"desiredSize": size, "maxSize": 4, "minSize": 1},
        "instanceTypes": ["m6g.large"],
        "labels": labels,
        "taints": [{"key": "only", "value": "batch", "effect": "NO_SCHEDULE"}],
    }


def database(g: Any, days: int, logs: list[str], size: str = "db.t4g.medium") -> dict[str, Any]:
    return {
        "engine": "postgres",
        "engineVersion": "17",
        "instanceClass": size,
        "allocatedStorage": 20,
        "storageEncrypted": True,
        "kmsKeyId": g.key,
        "username": "campus",
        "password": "hunter22",
        "dbName": "records",
        "vpcSecurityGroupIds": g.groups[:1],
        "multiAz": True,
        "backupRetentionPeriod": days,
        "backupWindow": "03:00-04:00",
        "maintenanceWindow": "sun:05:00-sun:06:00",
        "iamDatabaseAuthenticationEnabled": True,
        "performanceInsightsEnabled": True,
        "enabledCloudwatchLogsExports": logs,
        "skipFinalSnapshot": True,
    }


def replica(g: Any, **more: Any) -> dict[str, Any]:
    return {
        "region": "us-west-2",
        "replicateSourceDb": g.database.outputs["arn"],
        "instanceClass": "db.t4g.medium",
        "kmsKeyId": g.western_key,
        "storageEncrypted": True,
        "skipFinalSnapshot": True,
        **more,
    }


def budget(g: Any, amount: str, threshold: int) -> dict[str, Any]:
    notification = {
        "comparisonOperator": "GREATER_THAN",
        "notificationType": "ACTUAL",
        "threshold": threshold,
        "thresholdType": "PERCENTAGE",
        "subscriberEmailAddresses": ["ops@campus.example"],
        "subscriberSnsTopicArns": [g.topic],
    }
    return {
        "budgetType": "COST",
        "timeUnit": "MONTHLY",
        "limitAmount": amount,
        "limitUnit": "USD",
        "timePeriodStart": "2026-01-01_00:00",
        "costFilters": [{"name": "TagKeyValue", "values": ["user:environment$dev"]}],
        "notifications": [notification],
    }


def alarm(threshold: float) -> dict[str, Any]:
    return {
        "comparisonOperator": "GreaterThanThreshold",
        "evaluationPeriods": 2,
        "metricName": "CPUUtilization",
        "namespace": "AWS/RDS",
        "period": 60,
        "statistic": "Average",
        "threshold": threshold,
        "dimensions": {"DBInstanceIdentifier": "records"},
    }


def lag(threshold: float) -> dict[str, Any]:
    metric = {"metricName": "Lag", "namespace": "AWS/RDS", "period": 60, "stat": "Maximum", "dimensions": {"A": "b"}}
    queries = [{"id": "e", "expression": "m * 2", "returnData": True}, {"id": "m", "metric": metric}]
    common = {"comparisonOperator": "GreaterThanThreshold", "evaluationPeriods": 1, "threshold": threshold}
    return {**common, "metricQueries": queries}


def targets(g: Any, path: str, delay: int) -> dict[str, Any]:
    return {
        "port": 8080,
        "protocol": "HTTP",
        "vpcId": g.vpc,
        "targetType": "ip",
        "healthCheck": {"path": path, "interval": 15, "matcher": "200-299"},
        "deregistrationDelay": delay,
        "stickiness": {"type": "lb_cookie", "enabled": True, "cookieDuration": 100},
    }


def listener(g: Any, action: dict[str, Any]) -> dict[str, Any]:
    return {"loadBalancerArn": g.balancer, "port": 80, "protocol": "HTTP", "defaultActions": [action]}


def weighted(g: Any, weight: int) -> dict[str, Any]:
    groups = [{"arn": g.targets[0], "weight": 100 - weight}, {"arn": g.targets[1], "weight": weight}]
    forward = {"targetGroups": groups, "stickiness": {"enabled": True, "duration": 60}}
    return listener(g, {"type": "forward", "forward": forward})


def record(g: Any, **more: Any) -> dict[str, Any]:
    return {"zoneId": g.zone, "name": "www", "type": "A", **more}


def association(g: Any, scope: dict[str, Any]) -> dict[str, Any]:
    principal = g.access
    return {"clusterName": g.cluster, "principalArn": principal, "policyArn": ADMIN, "accessScope": scope}


def parameters(value: str) -> dict[str, Any]:
    return {"family": "postgres17", "parameters": [{"name": "log_min_duration_statement", "value": value}]}


def repository(g: Any, *, scan: bool, mutability: str) -> dict[str, Any]:
    return {
        "imageScanningConfiguration": {"scanOnPush": scan},
        "imageTagMutability": mutability,
        "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": g.key}],
    }


CASES = [
    (
        "aws:eks/cluster:Cluster",
        lambda g: {**cluster(g, public=False, logs=["api", "audit"]), "tags": OLD},
        lambda g: {**cluster(g, public=True, logs=["api"]), "version": "1.34", "tags": NEW},
    ),
    (
        "aws:eks/nodeGroup:NodeGroup",
        lambda g: {**nodes(g, 2, {"tier": "a"}), "tags": OLD},
        lambda g: {**nodes(g, 3, {"zone": "b"}), "tags": NEW},
    ),
    (
        "aws:eks/addon:Addon",
        lambda g: {"clusterName": g.cluster, "addonName": "vpc-cni", "tags": OLD},
        lambda g: {"clusterName": g.cluster, "addonName": "vpc-cni", "configurationValues": "{}", "tags": NEW},
    ),
    (
        "aws:eks/accessEntry:AccessEntry",
        lambda g: {"clusterName": g.cluster, "principalArn": g.role.outputs["arn"], "tags": OLD},
        lambda g: {
            "clusterName": g.cluster,
            "principalArn": g.role.outputs["arn"],
            "kubernetesGroups": ["viewers"],
            "tags": NEW,
        },
    ),
    (
        "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
        lambda g: association(g, {"type": "cluster"}),
        lambda g: association(g, {"type": "namespace", "namespaces": ["web"]}),
    ),
    (
        "aws:eks/podIdentityAssociation:PodIdentityAssociation",
        lambda g: {
            "clusterName": g.cluster,
            "namespace": "web",
            "serviceAccount": "api",
            "roleArn": g.role.outputs["arn"],
        },
        lambda g: {
            "clusterName": g.cluster,
            "namespace": "web",
            "serviceAccount": "api",
            "roleArn": g.other_role.outputs["arn"],
        },
    ),
    (
        "aws:rds/subnetGroup:SubnetGroup",
        lambda g: {"subnetIds": g.subnets[:2], "tags": OLD},
        lambda g: {"subnetIds": g.subnets[:2], "tags": NEW},
    ),
    (
        "aws:rds/parameterGroup:ParameterGroup",
        lambda _g: {**parameters("500"), "tags": OLD},
        lambda _g: {**parameters("600"), "tags": NEW},
    ),
    (
        "aws:rds/instance:Instance",
        lambda g: {**database(g, 7, ["postgresql"]), "tags": OLD},
        lambda g: {**database(g, 14, ["postgresql", "upgrade"], "db.m6g.large"), "tags": NEW},
    ),
    ("aws:rds/instance:Instance", replica, lambda g: replica(g, monitoringInterval=0, multiAz=True)),
    (
        "aws:iam/role:Role",
        lambda g: {"assumeRolePolicy": g.policy("ec2"), "description": "old", "tags": OLD},
        lambda g: {
            "assumeRolePolicy": g.policy("eks"),
            "description": "new",
            "maxSessionDuration": 7200,
            "inlinePolicies": [{"name": "read", "policy": g.allow("s3:Get*")}],
            "managedPolicyArns": [g.managed],
            "permissionsBoundary": g.managed,
            "tags": NEW,
        },
    ),
    (
        "aws:iam/policy:Policy",
        lambda g: {"policy": g.allow("s3:*"), "tags": OLD},
        lambda g: {"policy": g.allow("ec2:*"), "tags": NEW},
    ),
    (
        "aws:iam/rolePolicy:RolePolicy",
        lambda g: {"role": g.role.id, "policy": g.allow("s3:*")},
        lambda g: {"role": g.role.id, "policy": g.allow("ec2:*")},
    ),
    ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", lambda g: {"role": g.role.id, "policyArn": g.managed}, None),
    (
        "aws:iam/instanceProfile:InstanceProfile",
        lambda g: {"role": g.role.id, "tags": OLD},
        lambda g: {"role": g.other_role.id, "tags": NEW},
    ),
    (
        "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        lambda _g: {"url": ISSUER, "clientIdLists": ["sts"], "thumbprintLists": ["a" * 40], "tags": OLD},
        lambda _g: {"url": ISSUER, "clientIdLists": ["sts"], "thumbprintLists": ["b" * 40], "tags": NEW},
    ),
    (
        "aws:cloudwatch/logGroup:LogGroup",
        lambda g: {"name": "/campus/web", "retentionInDays": 30, "kmsKeyId": g.key, "tags": OLD},
        lambda g: {"name": "/campus/web", "retentionInDays": 90, "kmsKeyId": g.key, "tags": NEW},
    ),
    (
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        lambda _g: {**alarm(80), "tags": OLD},
        lambda _g: {**alarm(90.5), "tags": NEW},
    ),
    ("aws:cloudwatch/metricAlarm:MetricAlarm", lambda _g: lag(1), lambda _g: lag(2)),
    (
        "aws:budgets/budget:Budget",
        lambda g: {**budget(g, "100", 80), "tags": OLD},
        lambda g: {**budget(g, "200.50", 90), "tags": NEW},
    ),
    (
        "aws:sns/topic:Topic",
        lambda _g: {"displayName": "old", "tags": OLD},
        lambda g: {"displayName": "new", "kmsMasterKeyId": g.key, "tags": NEW},
    ),
    (
        "aws:sns/topicSubscription:TopicSubscription",
        lambda g: {"topic": g.topic, "protocol": "email", "endpoint": "ops@campus.example"},
        lambda g: {
            "topic": g.topic,
            "protocol": "email",
            "endpoint": "ops@campus.example",
            "filterPolicy": '{"severity":["high"]}',
        },
    ),
    (
        "aws:sqs/queue:Queue",
        lambda _g: {"visibilityTimeoutSeconds": 60, "tags": OLD},
        lambda _g: {"visibilityTimeoutSeconds": 90, "tags": NEW},
    ),
    (
        "aws:lb/loadBalancer:LoadBalancer",
        lambda g: {"internal": True, "subnets": g.subnets[:2], "securityGroups": g.groups[:1], "tags": OLD},
        lambda g: {
            "internal": True,
            "subnets": g.subnets[1:],
            "securityGroups": g.groups[1:],
            "idleTimeout": 90,
            "dropInvalidHeaderFields": True,
            "tags": NEW,
        },
    ),
    (
        "aws:lb/targetGroup:TargetGroup",
        lambda g: {**targets(g, "/old", 30), "tags": OLD},
        lambda g: {**targets(g, "/new", 60), "tags": NEW},
    ),
    ("aws:lb/listener:Listener", lambda g: weighted(g, 10), lambda g: weighted(g, 50)),
    (
        "aws:lb/listener:Listener",
        lambda g: listener(g, {"type": "redirect", "redirect": {"port": "443", "statusCode": "HTTP_301"}}),
        lambda g: listener(g, {"type": "forward", "targetGroupArn": g.targets[0]}),
    ),
    (
        "aws:route53/zone:Zone",
        lambda _g: {"name": "campus.example", "tags": OLD},
        lambda _g: {"name": "campus.example", "comment": "new", "tags": NEW},
    ),
    ("aws:route53/zone:Zone", lambda g: {"name": "internal.campus.example", "vpcs": [{"vpcId": g.vpc}]}, None),
    (
        "aws:route53/record:Record",
        lambda g: record(g, ttl=60, records=["192.0.2.1"]),
        lambda g: record(g, ttl=30, records=["192.0.2.2"]),
    ),
    (
        "aws:route53/record:Record",
        lambda g: record(g, aliases=[{"name": "Lb.example", "zoneId": "Z35SXDOTRQ7X7K", "evaluateTargetHealth": True}]),
        None,
    ),
    (
        "aws:route53/record:Record",
        lambda g: record(
            g, ttl=5, records=["192.0.2.1"], setIdentifier="first", failoverRoutingPolicies=[{"type": "PRIMARY"}]
        ),
        None,
    ),
    (
        "aws:route53/healthCheck:HealthCheck",
        lambda _g: {"type": "HTTPS", "fqdn": "campus.example", "port": 443, "resourcePath": "/old", "tags": OLD},
        lambda _g: {"type": "HTTPS", "fqdn": "campus.example", "port": 443, "resourcePath": "/new", "tags": NEW},
    ),
    (
        "aws:acm/certificate:Certificate",
        lambda _g: {"domainName": "campus.example", "validationMethod": "DNS", "tags": OLD},
        lambda _g: {"domainName": "campus.example", "validationMethod": "DNS", "tags": NEW},
    ),
    (
        "aws:ecr/repository:Repository",
        lambda g: {**repository(g, scan=False, mutability="MUTABLE"), "tags": OLD},
        lambda g: {**repository(g, scan=True, mutability="IMMUTABLE"), "tags": NEW},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case[0].split(":")[2] for case in CASES])
def test_a_platform_resource_lives_and_goes(case: Any, ground: Any, live_through: Any, world: Any) -> None:
    token, first, second = case
    assert world.read(live_through(token, first(ground), second and second(ground))) is None


def test_a_topic_policy_goes_back_to_the_default(world: Any, ground: Any) -> None:
    policy = ground.policy("budgets", "SNS:Publish")
    made = world.make("aws:sns/topicPolicy:TopicPolicy", arn=ground.topic, policy=policy)
    assert world.drift(made) == []
    world.delete(made)
    assert "__default_policy_ID" in world.read(made).outputs["policy"]


def test_leaving_the_source_out_promotes_a_replica(world: Any, ground: Any) -> None:
    made = world.make("aws:rds/instance:Instance", **replica(ground, identifier="records-dr"))
    alone = {name: value for name, value in replica(ground, identifier="records-dr").items() if "Source" not in name}
    difference = world.diff(made, engine="postgres", username="campus", allocatedStorage=20, **alone)
    assert not any(change.replace for change in difference.changes if change.path == "replicateSourceDb")
    promoted = world.update(made, engine="postgres", username="campus", allocatedStorage=20, **alone)
    assert promoted.outputs.get("replicateSourceDb") is None


def test_a_database_goes_only_with_a_final_snapshot_or_without_regret(world: Any, ground: Any) -> None:
    wanted = {**database(ground, 7, []), "identifier": "careful", "skipFinalSnapshot": False}
    careful = world.make("aws:rds/instance:Instance", **wanted)
    with pytest.raises(ProviderError, match="set finalSnapshotIdentifier, or skipFinalSnapshot"):
        world.delete(careful)


def test_a_certificate_is_valid_once_its_records_are_there(world: Any, ground: Any) -> None:
    certificate = world.make("aws:acm/certificate:Certificate", domainName="campus.example", validationMethod="DNS")
    for option in certificate.outputs["domainValidationOptions"]:
        world.make(
            "aws:route53/record:Record",
            zoneId=ground.zone,
            name=option["resourceRecordName"],
            type=option["resourceRecordType"],
            ttl=60,
            records=[option["resourceRecordValue"]],
        )
    kind = "aws:acm/certificateValidation:CertificateValidation"
    assert world.drift(world.make(kind, certificateArn=certificate.id)) == []

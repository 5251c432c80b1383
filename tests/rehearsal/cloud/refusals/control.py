"""Scenarios of IAM, EKS, Route 53, and of audit and monitoring services."""

import json
from functools import partial
from typing import Any

from tests.rehearsal.cloud.clients import ACCOUNT, aws, cluster, nodegroup, role, trust
from tests.rehearsal.cloud.refusals.registry import Call, scenario, twice

POLICY = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}]}
)
EC2_TRUST = trust(Service="ec2.amazonaws.com")


def policy() -> str:
    return str(aws("iam").create_policy(PolicyName="read", PolicyDocument=POLICY)["Policy"]["Arn"])


def instance_profile() -> None:
    role("ec2", "nodes")
    aws("iam").create_instance_profile(InstanceProfileName="nodes")
    aws("iam").add_role_to_instance_profile(InstanceProfileName="nodes", RoleName="nodes")


def attached_policy_arn() -> str:
    role("ec2", "nodes")
    arn = policy()
    aws("iam").attach_role_policy(RoleName="nodes", PolicyArn=arn)
    return arn


@scenario
def role_with_an_attached_policy() -> Call:
    attached_policy_arn()
    return partial(aws("iam").delete_role, RoleName="nodes")


@scenario
def role_with_an_inline_policy() -> Call:
    role("ec2", "nodes")
    aws("iam").put_role_policy(RoleName="nodes", PolicyName="read", PolicyDocument=POLICY)
    return partial(aws("iam").delete_role, RoleName="nodes")


@scenario
def role_in_an_instance_profile() -> Call:
    instance_profile()
    return partial(aws("iam").delete_role, RoleName="nodes")


@scenario
def instance_profile_with_a_role() -> Call:
    instance_profile()
    return partial(aws("iam").delete_instance_profile, InstanceProfileName="nodes")


@scenario
def attached_policy() -> Call:
    return partial(aws("iam").delete_policy, PolicyArn=attached_policy_arn())


@scenario
def policy_with_versions() -> Call:
    arn = policy()
    aws("iam").create_policy_version(PolicyArn=arn, PolicyDocument=POLICY, SetAsDefault=True)
    return partial(aws("iam").delete_policy, PolicyArn=arn)


@scenario
def second_role() -> Call:
    return twice(partial(aws("iam").create_role, RoleName="nodes", AssumeRolePolicyDocument=EC2_TRUST))


@scenario
def second_policy() -> Call:
    return twice(policy)


@scenario
def second_service_linked_role() -> Call:
    return twice(partial(aws("iam").create_service_linked_role, AWSServiceName="config.amazonaws.com"))


def zone() -> str:
    return str(aws("route53").create_hosted_zone(Name="campus.example", CallerReference="one")["HostedZone"]["Id"])


def change(zone_id: str) -> Call:
    record = {"Name": "www.campus.example", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}
    batch = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    return partial(aws("route53").change_resource_record_sets, HostedZoneId=zone_id, ChangeBatch=batch)


@scenario
def zone_with_records() -> Call:
    identifier = zone()
    change(identifier)()
    return partial(aws("route53").delete_hosted_zone, Id=identifier)


@scenario
def second_record() -> Call:
    return twice(change(zone()))


@scenario
def second_query_log() -> Call:
    logs = aws("logs")
    logs.create_log_group(logGroupName="/dns")
    group = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/dns:*"
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "route53.amazonaws.com"},
        "Action": "logs:PutLogEvents",
        "Resource": group,
    }
    logs.put_resource_policy(policyName="dns", policyDocument=json.dumps({"Statement": [statement]}))
    settings = {"HostedZoneId": zone().rpartition("/")[2], "CloudWatchLogsLogGroupArn": group}
    return twice(partial(aws("route53").create_query_logging_config, **settings))


@scenario
def cluster_with_node_groups() -> Call:
    cluster()
    nodegroup()
    return partial(aws("eks").delete_cluster, name="main")


@scenario
def protected_cluster() -> Call:
    cluster(deletionProtection=True)
    return partial(aws("eks").delete_cluster, name="main")


@scenario
def second_access_entry() -> Call:
    cluster(accessConfig={"authenticationMode": "API"})
    return twice(partial(aws("eks").create_access_entry, clusterName="main", principalArn=role("ec2", "people")))


@scenario
def second_addon() -> Call:
    cluster()
    return twice(partial(aws("eks").create_addon, clusterName="main", addonName="vpc-cni"))


@scenario
def second_detector() -> Call:
    return twice(partial(aws("guardduty").create_detector, Enable=True))


def recorder(name: str) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:role/config"
    aws("config").put_configuration_recorder(ConfigurationRecorder={"name": name, "roleARN": arn})


def log_bucket() -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": ["config.amazonaws.com", "cloudtrail.amazonaws.com"]},
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::evidence/*",
    }
    aws("s3").create_bucket(Bucket="evidence")
    aws("s3").put_bucket_policy(Bucket="evidence", Policy=json.dumps({"Statement": [statement]}))
    return "evidence"


def channel(name: str, bucket: str) -> None:
    aws("config").put_delivery_channel(DeliveryChannel={"name": name, "s3BucketName": bucket})


@scenario
def second_recorder() -> Call:
    recorder("one")
    return partial(recorder, "two")


@scenario
def second_delivery_channel() -> Call:
    recorder("one")
    bucket = log_bucket()
    channel("one", bucket)
    return partial(channel, "two", bucket)


@scenario
def delivery_channel_of_a_recorder() -> Call:
    recorder("one")
    channel("one", log_bucket())
    aws("config").start_configuration_recorder(ConfigurationRecorderName="one")
    return partial(aws("config").delete_delivery_channel, DeliveryChannelName="one")


@scenario
def second_hub() -> Call:
    return twice(aws("securityhub").enable_security_hub)


@scenario
def second_monitor_of_services() -> Call:
    monitor = {"MonitorName": "services", "MonitorType": "DIMENSIONAL", "MonitorDimension": "SERVICE"}
    return twice(partial(aws("ce").create_anomaly_monitor, AnomalyMonitor=monitor))


@scenario
def second_trail() -> Call:
    return twice(partial(aws("cloudtrail").create_trail, Name="audit", S3BucketName=log_bucket()))


@scenario
def second_log_group() -> Call:
    return twice(partial(aws("logs").create_log_group, logGroupName="/campus"))


@scenario
def second_budget() -> Call:
    budget: dict[str, Any] = {"BudgetName": "monthly", "BudgetType": "COST", "TimeUnit": "MONTHLY"}
    budget["BudgetLimit"] = {"Amount": "100", "Unit": "USD"}
    return twice(partial(aws("budgets").create_budget, AccountId=ACCOUNT, Budget=budget))

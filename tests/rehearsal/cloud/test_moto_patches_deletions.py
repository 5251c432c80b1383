"""Parts of deleted resources and dropped attributes, with and without patches."""

import json
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from tests.rehearsal.cloud.clients import aws, cloud, network


def acls_after_deletions() -> tuple[list[Any], list[Any]]:
    """Delete a subnet and a VPC.

    Returns the ACL associations in the deleted subnet's VPC, and the ACLs of the deleted VPC.
    """
    ec2 = aws("ec2")
    first, subnets = network(zones="a")
    ec2.delete_subnet(SubnetId=subnets[0])
    second = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    ec2.delete_vpc(VpcId=second)

    def acls(vpc: str) -> list[Any]:
        return list(ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["NetworkAcls"])

    return acls(first)[0]["Associations"], acls(second)


def test_ec2_default_network_acl() -> None:
    with cloud(patched=False):
        associations, acls = acls_after_deletions()
        assert len(associations) == 1
        assert len(acls) == 1
    with cloud(patched=True):
        assert acls_after_deletions() == ([], [])


def changed_sources() -> list[bool]:
    """Change the sources of three rules.

    Returns for each rule whether AWS describes the new source.
    """
    ec2, vpc = aws("ec2"), network(zones="a")[0]
    groups = [ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"] for name in "abc"]
    lists = [
        ec2.create_managed_prefix_list(PrefixListName=name, MaxEntries=1, AddressFamily="IPv4")["PrefixList"]
        for name in "ab"
    ]
    sources = [
        ({"Ipv6Ranges": [{"CidrIpv6": "2001:db8::/32"}]}, {"CidrIpv6": "2001:db9::/32"}),
        ({"PrefixListIds": [{"PrefixListId": lists[0]["PrefixListId"]}]}, {"PrefixListId": lists[1]["PrefixListId"]}),
        ({"UserIdGroupPairs": [{"GroupId": groups[1]}]}, {"ReferencedGroupId": groups[2]}),
    ]
    port: dict[str, Any] = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    changed = []
    for before, after in sources:
        created = ec2.authorize_security_group_ingress(GroupId=groups[0], IpPermissions=[{**port, **before}])
        rule = created["SecurityGroupRules"][0]["SecurityGroupRuleId"]
        change = {"SecurityGroupRuleId": rule, "SecurityGroupRule": {**port, **after}}
        ec2.modify_security_group_rules(GroupId=groups[0], SecurityGroupRules=[change])
        (live,) = ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule])["SecurityGroupRules"]
        group = live.get("ReferencedGroupInfo", {}).get("GroupId")
        changed.append({live.get("CidrIpv6"), live.get("PrefixListId"), group} >= set(after.values()))
    return changed


def test_ec2_rule_sources() -> None:
    with cloud(patched=False):
        assert changed_sources() == [False] * 3
    with cloud(patched=True):
        assert changed_sources() == [True] * 3


def changed_subnet() -> Any:
    ec2 = aws("ec2")
    subnet = network(zones="a")[1][0]
    ec2.modify_subnet_attribute(SubnetId=subnet, EnableDns64={"Value": True})
    ec2.modify_subnet_attribute(SubnetId=subnet, MapCustomerOwnedIpOnLaunch={"Value": True})
    ec2.modify_subnet_attribute(SubnetId=subnet, PrivateDnsHostnameTypeOnLaunch="resource-name")
    ec2.modify_subnet_attribute(SubnetId=subnet, EnableResourceNameDnsAAAARecordOnLaunch={"Value": True})
    ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
    return ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]


def test_ec2_subnet_attributes() -> None:
    with cloud(patched=False):
        subnet = changed_subnet()
        assert not subnet.get("EnableDns64")
        assert subnet["PrivateDnsNameOptionsOnLaunch"]["HostnameType"] == "ip-name"
    with cloud(patched=True):
        subnet = changed_subnet()
        assert (subnet["EnableDns64"], subnet["MapCustomerOwnedIpOnLaunch"], subnet["MapPublicIpOnLaunch"]) == (
            True,
        ) * 3
        options = subnet["PrivateDnsNameOptionsOnLaunch"]
        assert (options["HostnameType"], options["EnableResourceNameDnsAAAARecord"]) == ("resource-name", True)


def load_balancers_of_a_group() -> list[str]:
    """Delete one of two listeners, each of which forwards to its own target group.

    Returns the load balancers that the target group of the deleted listener still lists.
    """
    elbv2, (vpc, subnets) = aws("elbv2"), network()
    settings = {"Protocol": "HTTP", "Port": 80, "VpcId": vpc}
    groups = [elbv2.create_target_group(Name=name, **settings)["TargetGroups"][0]["TargetGroupArn"] for name in "ab"]
    balancer = elbv2.create_load_balancer(Name="web", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]
    listeners = [
        elbv2.create_listener(
            LoadBalancerArn=balancer,
            Protocol="HTTP",
            Port=port,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
        )["Listeners"][0]["ListenerArn"]
        for port, group in zip((80, 81), groups, strict=True)
    ]
    elbv2.delete_listener(ListenerArn=listeners[0])
    (kept,) = elbv2.describe_target_groups(TargetGroupArns=groups[1:])["TargetGroups"]
    assert kept["LoadBalancerArns"] == [balancer]
    return list(elbv2.describe_target_groups(TargetGroupArns=groups[:1])["TargetGroups"][0]["LoadBalancerArns"])


def test_elbv2_deleted_listener() -> None:
    with cloud(patched=False):
        assert len(load_balancers_of_a_group()) == 1
    with cloud(patched=True):
        assert load_balancers_of_a_group() == []


def reusable_delegation_sets() -> int:
    route53 = aws("route53")
    route53.create_hosted_zone(Name="campus.example", CallerReference="zone")
    route53.create_reusable_delegation_set(CallerReference="set")
    return len(route53.list_reusable_delegation_sets()["DelegationSets"])


def test_route53_delegation_set() -> None:
    with cloud(patched=False):
        assert reusable_delegation_sets() == 2
    with cloud(patched=True):
        assert reusable_delegation_sets() == 1


def rotation(days: int | None) -> Any:
    """Enable the rotation of a new key and return its status."""
    kms = aws("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.enable_key_rotation(KeyId=key, **({"RotationPeriodInDays": days} if days else {}))
    return kms.get_key_rotation_status(KeyId=key)


def test_kms_rotation_period() -> None:
    with cloud(patched=False):
        assert "RotationPeriodInDays" not in rotation(90)
    with cloud(patched=True):
        assert (rotation(90)["RotationPeriodInDays"], rotation(None)["RotationPeriodInDays"]) == (90, 365)


def attributes_of_a_topic() -> Any:
    sns = aws("sns")
    topic = sns.create_topic(Name="alarms", Attributes={"TracingConfig": "Active"})["TopicArn"]
    sns.set_topic_attributes(TopicArn=topic, AttributeName="HTTPSuccessFeedbackSampleRate", AttributeValue="50")
    return sns.get_topic_attributes(TopicArn=topic)["Attributes"]


def test_sns_topic_attributes() -> None:
    names = ("TracingConfig", "HTTPSuccessFeedbackSampleRate")
    with cloud(patched=False):
        assert not any(name in attributes_of_a_topic() for name in names)
    with cloud(patched=True):
        assert [attributes_of_a_topic()[name] for name in names] == ["Active", "50"]


def policy_after_another_change() -> Any:
    sqs = aws("sqs")
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    queue = sqs.create_queue(QueueName="jobs", Attributes={"Policy": policy})["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "60"})
    kept = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["Policy"]).get("Attributes", {}).get("Policy")
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": ""})
    removed = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["Policy"]).get("Attributes", {}).get("Policy")
    return bool(kept), bool(removed)


def test_sqs_kept_policy() -> None:
    with cloud(patched=False):
        assert policy_after_another_change() == (False, False)
    with cloud(patched=True):
        assert policy_after_another_change() == (True, False)


def regions_after_another_change() -> Any:
    route53 = aws("route53")
    regions = ["us-east-1", "us-west-1", "us-west-2"]
    config = {"Type": "HTTPS", "FullyQualifiedDomainName": "campus.example", "Port": 443, "Regions": regions}
    created = route53.create_health_check(CallerReference="check", HealthCheckConfig=config)["HealthCheck"]
    return route53.update_health_check(HealthCheckId=created["Id"], Port=8443)["HealthCheck"]["HealthCheckConfig"]


def test_route53_health_check_lists() -> None:
    with cloud(patched=False):
        assert not regions_after_another_change().get("Regions")
    with cloud(patched=True):
        assert len(regions_after_another_change()["Regions"]) == 3


TAG = {"Key": "team", "Value": "old"}


def tags_of_a_new_bucket() -> Any:
    """Delete a bucket, create one of the same name, and return its tags."""
    s3 = aws("s3")
    s3.create_bucket(Bucket="evidence")
    s3.put_bucket_tagging(Bucket="evidence", Tagging={"TagSet": [TAG]})
    s3.delete_bucket(Bucket="evidence")
    s3.create_bucket(Bucket="evidence")
    try:
        return s3.get_bucket_tagging(Bucket="evidence")["TagSet"]
    except ClientError:
        return []


def test_s3_deleted_bucket_tags() -> None:
    check_that_tags_are_deleted(tags_of_a_new_bucket)


def tags_of_a_new_log_group() -> Any:
    logs = aws("logs")
    logs.create_log_group(logGroupName="app", tags={"team": "old"})
    logs.delete_log_group(logGroupName="app")
    logs.create_log_group(logGroupName="app")
    arn = logs.describe_log_groups()["logGroups"][0]["arn"].removesuffix(":*")
    return logs.list_tags_for_resource(resourceArn=arn)["tags"]


def test_logs_deleted_group_tags() -> None:
    check_that_tags_are_deleted(tags_of_a_new_log_group)


def tags_of_a_new_vault() -> Any:
    backup = aws("backup")
    backup.create_backup_vault(BackupVaultName="base", BackupVaultTags={"team": "old"})
    backup.delete_backup_vault(BackupVaultName="base")
    arn = backup.create_backup_vault(BackupVaultName="base")["BackupVaultArn"]
    return backup.list_tags(ResourceArn=arn)["Tags"]


def test_backup_deleted_vault_tags() -> None:
    check_that_tags_are_deleted(tags_of_a_new_vault)


def tags_of_a_new_trail() -> Any:
    aws("s3").create_bucket(Bucket="trails")
    cloudtrail = aws("cloudtrail")
    cloudtrail.create_trail(Name="main", S3BucketName="trails", TagsList=[TAG])
    cloudtrail.delete_trail(Name="main")
    arn = cloudtrail.create_trail(Name="main", S3BucketName="trails")["TrailARN"]
    return cloudtrail.list_tags(ResourceIdList=[arn])["ResourceTagList"][0]["TagsList"]


def test_cloudtrail_deleted_trail_tags() -> None:
    check_that_tags_are_deleted(tags_of_a_new_trail)


def tags_of_a_new_alarm() -> Any:
    cloudwatch = aws("cloudwatch")
    alarm = {
        "AlarmName": "lag",
        "MetricName": "Lag",
        "Namespace": "AWS/RDS",
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 1,
        "Period": 60,
        "Statistic": "Average",
        "Threshold": 1,
    }
    cloudwatch.put_metric_alarm(**alarm, Tags=[TAG])
    cloudwatch.delete_alarms(AlarmNames=["lag"])
    cloudwatch.put_metric_alarm(**alarm)
    arn = cloudwatch.describe_alarms()["MetricAlarms"][0]["AlarmArn"]
    return cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"]


def test_cloudwatch_deleted_alarm_tags() -> None:
    check_that_tags_are_deleted(tags_of_a_new_alarm)


def check_that_tags_are_deleted(tags_of_a_new_resource: Callable[[], Any]) -> None:
    """Check that a new resource has the tags of a deleted one only without patches."""
    with cloud(patched=False):
        assert tags_of_a_new_resource()
    with cloud(patched=True):
        assert not tags_of_a_new_resource()

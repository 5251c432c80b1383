"""EC2, KMS, ACM and Budgets with and without patches. Every patch has a test."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.acm.models import acm_backends
from moto.core.utils import utcnow

from rehearsal.cloud.moto_patches import MOTO_PATCHES, MotoPatch
from rehearsal.cloud.refusals import REFUSALS
from tests.rehearsal.cloud.clients import ACCOUNT, EAST, WEST, aws, cloud, cluster, database, network, nodegroup

BUDGET = f"arn:aws:budgets::{ACCOUNT}:budget/monthly"
MAIL = [{"SubscriptionType": "EMAIL", "Address": "costs@campus.example"}]
OVERSPENT = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 80.0}


@pytest.mark.parametrize("patch", MOTO_PATCHES, ids=lambda patch: patch.name)
def test_every_patch_is_documented_and_tested(patch: MotoPatch) -> None:
    tests = "".join(file.read_text() for file in Path(__file__).parent.glob("test_*.py"))
    provoked = {refusal.patch for refusal in REFUSALS}  # `test_refusals` runs their scenarios
    assert patch.name in provoked or re.search(rf"def test_{patch.name.replace('-', '_')}\(", tests)
    assert all((patch.moto, patch.aws, patch.source, patch.upstream))


def test_moto_patches_have_names_of_their_own() -> None:
    names = [patch.name for patch in MOTO_PATCHES]
    assert len(set(names)) == len(names)


def gateway() -> tuple[Any, str, str]:
    ec2 = aws("ec2")
    _, subnets = network()
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    gateway_id = ec2.create_nat_gateway(SubnetId=subnets[0], AllocationId=address)["NatGateway"]["NatGatewayId"]
    return ec2, subnets[0], gateway_id


def interfaces(subnet: str) -> list[Any]:
    response = aws("ec2").describe_network_interfaces(Filters=[{"Name": "subnet-id", "Values": [subnet]}])
    return list(response["NetworkInterfaces"])


def test_ec2_nat_gateway_interface() -> None:
    with cloud(patched=False):
        ec2, subnet, gateway_id = gateway()
        ec2.delete_nat_gateway(NatGatewayId=gateway_id)
        assert interfaces(subnet)
        assert "AssociationId" in ec2.describe_addresses()["Addresses"][0]
    with cloud(patched=True):
        ec2, subnet, gateway_id = gateway()
        assert interfaces(subnet)
        ec2.delete_nat_gateway(NatGatewayId=gateway_id)
        assert interfaces(subnet) == []
        (address,) = ec2.describe_addresses()["Addresses"]
        assert "AssociationId" not in address
        ec2.release_address(AllocationId=address["AllocationId"])
        with pytest.raises(ClientError, match="NatGatewayNotFound"):
            ec2.delete_nat_gateway(NatGatewayId="nat-nowhere")


def test_ec2_endpoint_type() -> None:
    def endpoint() -> str:
        settings = {"VpcId": network()[0], "ServiceName": "com.amazonaws.us-east-1.s3"}
        return str(aws("ec2").create_vpc_endpoint(**settings)["VpcEndpoint"]["VpcEndpointId"])

    with cloud(patched=False):
        endpoint_id = endpoint()
        with pytest.raises(AttributeError, match="lower"):
            aws("ec2").delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    with cloud(patched=True):
        endpoint_id = endpoint()
        (shown,) = aws("ec2").describe_vpc_endpoints(VpcEndpointIds=[endpoint_id])["VpcEndpoints"]
        assert shown["VpcEndpointType"] == "Gateway"
        aws("ec2").delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])


def vpc_with_a_group() -> tuple[Any, str, str]:
    ec2 = aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    return ec2, vpc, ec2.create_security_group(GroupName="web", Description="web", VpcId=vpc)["GroupId"]


def test_ec2_vpc_in_use() -> None:
    with cloud(patched=False):
        ec2, vpc, _ = vpc_with_a_group()
        ec2.attach_internet_gateway(
            InternetGatewayId=ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"], VpcId=vpc
        )
        ec2.delete_vpc(VpcId=vpc)
    with cloud(patched=True):
        ec2, vpc, group = vpc_with_a_group()
        gateway_id = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc)
        endpoint = ec2.create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.us-east-1.s3")["VpcEndpoint"]
        for user in (gateway_id, group, endpoint["VpcEndpointId"]):
            with pytest.raises(ClientError, match=f"DependencyViolation.*{user}"):
                ec2.delete_vpc(VpcId=vpc)
        ec2.detach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc)
        ec2.delete_security_group(GroupId=group)
        ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"]])
        ec2.delete_vpc(VpcId=vpc)


def subnet_group(subnets: list[str]) -> None:
    aws("rds").create_db_subnet_group(DBSubnetGroupName="data", DBSubnetGroupDescription="data", SubnetIds=subnets)


def test_ec2_subnet_in_use() -> None:
    with cloud(patched=False):
        ec2, subnet, _ = gateway()
        ec2.delete_subnet(SubnetId=subnet)
    with cloud(patched=True):
        ec2, subnet, gateway_id = gateway()
        with pytest.raises(ClientError, match=f"The subnet '{subnet}' has dependencies and cannot be deleted"):
            ec2.delete_subnet(SubnetId=subnet)
        ec2.delete_nat_gateway(NatGatewayId=gateway_id)
        ec2.delete_subnet(SubnetId=subnet)


def test_a_subnet_stays_while_a_cluster_a_database_or_a_load_balancer_is_in_it() -> None:
    with cloud(patched=True):
        ec2, eks = aws("ec2"), aws("eks")
        kubernetes = cluster()["resourcesVpcConfig"]["subnetIds"][0]
        _, subnets = network()
        nodegroup(subnets=[subnets[0]])
        subnet_group([subnets[1]])
        database(DBSubnetGroupName="data")
        _, public = network()
        balancer = aws("elbv2").create_load_balancer(Name="front", Subnets=public)["LoadBalancers"][0]
        for subnet in (kubernetes, *subnets, *public):
            with pytest.raises(ClientError, match="DependencyViolation"):
                ec2.delete_subnet(SubnetId=subnet)
        aws("elbv2").delete_load_balancer(LoadBalancerArn=balancer["LoadBalancerArn"])
        aws("rds").delete_db_instance(DBInstanceIdentifier="records", SkipFinalSnapshot=True)
        eks.delete_nodegroup(clusterName="main", nodegroupName="general")
        eks.delete_cluster(name="main")
        for subnet in (kubernetes, *subnets, *public):
            ec2.delete_subnet(SubnetId=subnet)


def test_a_terminated_instance_does_not_hold_its_subnet() -> None:
    with cloud(patched=True):
        ec2 = aws("ec2")
        _, (subnet, *_) = network()
        instance = ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, SubnetId=subnet)["Instances"][0]
        with pytest.raises(ClientError, match="DependencyViolation"):
            ec2.delete_subnet(SubnetId=subnet)
        ec2.terminate_instances(InstanceIds=[instance["InstanceId"]])
        ec2.delete_subnet(SubnetId=subnet)


def test_ec2_security_group_in_use() -> None:
    def used_group() -> tuple[Any, str, str]:
        ec2, vpc, group = vpc_with_a_group()
        other = ec2.create_security_group(GroupName="db", Description="db", VpcId=vpc)["GroupId"]
        rule = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": [{"GroupId": group}]}
        ec2.authorize_security_group_ingress(GroupId=other, IpPermissions=[rule])
        return ec2, group, other

    with cloud(patched=False):
        ec2, group, _ = used_group()
        ec2.delete_security_group(GroupId=group)
    with cloud(patched=True):
        ec2, group, other = used_group()
        with pytest.raises(ClientError, match=f"DependencyViolation.*{other}"):
            ec2.delete_security_group(GroupId=group)
        ec2.delete_security_group(GroupId=other)
        database(VpcSecurityGroupIds=[group])
        with pytest.raises(ClientError, match=r"DependencyViolation.*db:records"):
            ec2.delete_security_group(GroupId=group)
        aws("rds").delete_db_instance(DBInstanceIdentifier="records", SkipFinalSnapshot=True)
        settings = {"ServiceName": "com.amazonaws.us-east-1.kms", "VpcEndpointType": "Interface"}
        vpc = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["VpcId"]
        created = ec2.create_vpc_endpoint(VpcId=vpc, SecurityGroupIds=[group], **settings)
        endpoint_id = created["VpcEndpoint"]["VpcEndpointId"]
        with pytest.raises(ClientError, match=f"DependencyViolation.*{endpoint_id}"):
            ec2.delete_security_group(GroupId=group)
        ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
        ec2.delete_security_group(GroupId=group)


def test_kms_replicate_key() -> None:
    def primary(**more: Any) -> Any:
        return aws("kms").create_key(MultiRegion=True, Tags=[{"TagKey": "of", "TagValue": "east"}], **more)

    with cloud(patched=False):
        key = primary()["KeyMetadata"]
        with pytest.raises(KeyError):
            aws("kms").replicate_key(KeyId=key["Arn"], ReplicaRegion=WEST)
        aws("kms").replicate_key(KeyId=key["KeyId"], ReplicaRegion=WEST)
        aws("kms", WEST).create_alias(AliasName="alias/dr", TargetKeyId=key["KeyId"])
        assert len(aws("kms").list_aliases(KeyId=key["KeyId"])["Aliases"]) == 1
    with cloud(patched=True):
        key = primary()["KeyMetadata"]
        east, west = aws("kms"), aws("kms", WEST)
        statement = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "kms:*", "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        replica = {"Policy": policy, "Description": "dr", "Tags": [{"TagKey": "of", "TagValue": "west"}]}
        east.replicate_key(KeyId=key["Arn"], ReplicaRegion=WEST, **replica)
        shown = west.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
        assert shown["Arn"] == key["Arn"].replace(EAST, WEST)
        assert shown["Description"] == "dr"
        assert shown["MultiRegionConfiguration"]["MultiRegionKeyType"] == "REPLICA"
        mine = east.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["MultiRegionConfiguration"]
        assert (mine["MultiRegionKeyType"], len(mine["ReplicaKeys"])) == ("PRIMARY", 1)
        assert west.get_key_policy(KeyId=key["KeyId"], PolicyName="default")["Policy"] == policy
        assert west.list_resource_tags(KeyId=key["KeyId"])["Tags"] == [{"TagKey": "of", "TagValue": "west"}]
        west.create_alias(AliasName="alias/dr", TargetKeyId=key["KeyId"])
        assert east.list_aliases(KeyId=key["KeyId"])["Aliases"] == []
        with pytest.raises(ClientError, match="AlreadyExistsException"):
            east.replicate_key(KeyId=key["KeyId"], ReplicaRegion=WEST)
        with pytest.raises(ClientError, match="UnsupportedOperationException"):
            east.replicate_key(KeyId=east.create_key()["KeyMetadata"]["KeyId"], ReplicaRegion=WEST)


def test_acm_dns_validation() -> None:
    def request() -> str:
        return str(
            aws("acm").request_certificate(DomainName="campus.example", ValidationMethod="DNS")["CertificateArn"]
        )

    def status(arn: str) -> str:
        return str(aws("acm").describe_certificate(CertificateArn=arn)["Certificate"]["Status"])

    def created(arn: str, when: datetime) -> None:
        acm_backends[ACCOUNT][EAST]._certificates[arn].created_at = when

    with cloud(patched=False):
        arn = request()
        created(arn, utcnow().replace(year=utcnow().year - 1))
        assert status(arn) == "ISSUED"
    with cloud(patched=True):
        arn = request()
        created(arn, utcnow().replace(year=utcnow().year - 1))
        assert status(arn) == "PENDING_VALIDATION"
        shown = aws("acm").describe_certificate(CertificateArn=arn)["Certificate"]
        record = shown["DomainValidationOptions"][0]["ResourceRecord"]
        zone = aws("route53").create_hosted_zone(Name="campus.example", CallerReference="1")["HostedZone"]["Id"]
        record_set = {
            "Name": record["Name"],
            "Type": "CNAME",
            "TTL": 60,
            "ResourceRecords": [{"Value": record["Value"]}],
        }
        changes = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record_set}]}
        aws("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch=changes)
        assert status(arn) == "ISSUED"


def budget() -> Any:
    budgets = aws("budgets")
    definition = {
        "BudgetName": "monthly",
        "BudgetLimit": {"Amount": "100", "Unit": "USD"},
        "TimeUnit": "MONTHLY",
        "BudgetType": "COST",
    }
    budgets.create_budget(
        AccountId=ACCOUNT,
        Budget=definition,
        NotificationsWithSubscribers=[{"Notification": OVERSPENT, "Subscribers": MAIL}],
        ResourceTags=[{"Key": "team", "Value": "core"}],
    )
    return budgets


def test_budgets_update() -> None:
    change = {
        "BudgetName": "monthly",
        "BudgetLimit": {"Amount": "250", "Unit": "USD"},
        "TimeUnit": "MONTHLY",
        "BudgetType": "COST",
    }
    with cloud(patched=False), pytest.raises(NotImplementedError):
        budget().update_budget(AccountId=ACCOUNT, NewBudget=change)
    with cloud(patched=True):
        budgets = budget()
        before = budgets.describe_budget(AccountId=ACCOUNT, BudgetName="monthly")["Budget"]
        budgets.update_budget(AccountId=ACCOUNT, NewBudget=change)
        shown = budgets.describe_budget(AccountId=ACCOUNT, BudgetName="monthly")["Budget"]
        assert float(shown["BudgetLimit"]["Amount"]) == 250
        assert shown["TimePeriod"] == before["TimePeriod"]
        assert budgets.describe_notifications_for_budget(AccountId=ACCOUNT, BudgetName="monthly")["Notifications"]
        with pytest.raises(ClientError, match="NotFoundException"):
            budgets.update_budget(AccountId=ACCOUNT, NewBudget={**change, "BudgetName": "yearly"})


def test_budgets_tags() -> None:
    with cloud(patched=False), pytest.raises(NotImplementedError):
        budget().list_tags_for_resource(ResourceARN=BUDGET)
    with cloud(patched=True):
        budgets = budget()
        budgets.tag_resource(ResourceARN=BUDGET, ResourceTags=[{"Key": "tier", "Value": "one"}])
        budgets.tag_resource(ResourceARN=BUDGET, ResourceTags=[{"Key": "team", "Value": "data"}])
        budgets.untag_resource(ResourceARN=BUDGET, ResourceTagKeys=["tier"])
        tags = budgets.list_tags_for_resource(ResourceARN=BUDGET)["ResourceTags"]
        assert tags == [{"Key": "team", "Value": "data"}]
        with pytest.raises(ClientError, match="NotFoundException"):
            budgets.list_tags_for_resource(ResourceARN=f"{BUDGET}-of-nobody")


def test_budgets_subscribers() -> None:
    notification = {"AccountId": ACCOUNT, "BudgetName": "monthly", "Notification": OVERSPENT}
    with cloud(patched=False), pytest.raises(NotImplementedError):
        budget().describe_subscribers_for_notification(**notification)
    with cloud(patched=True):
        budgets = budget()
        assert budgets.describe_subscribers_for_notification(**notification)["Subscribers"] == MAIL
        with pytest.raises(ClientError, match="NotFoundException"):
            budgets.describe_subscribers_for_notification(
                **{**notification, "Notification": {**OVERSPENT, "Threshold": 99.0}}
            )

"""Subnet groups, tags and DNS records with and without patches."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.cloud.clients import aws, cloud, cluster, database, network


def extended_subnet_group() -> list[Any]:
    """Add a subnet to a subnet group and return all subnet groups."""
    rds = aws("rds")
    _, subnets = network(zones="abc")
    rds.create_db_subnet_group(DBSubnetGroupName="data", DBSubnetGroupDescription="data", SubnetIds=subnets[:2])
    rds.modify_db_subnet_group(DBSubnetGroupName="data", SubnetIds=subnets)
    return list(rds.describe_db_subnet_groups()["DBSubnetGroups"])


def test_rds_subnet_group() -> None:
    with cloud(patched=False):
        assert extended_subnet_group() == []
    with cloud(patched=True):
        (group,) = extended_subnet_group()
        assert len(group["Subnets"]) == 3
        with pytest.raises(ClientError, match="DBSubnetGroupNotFound"):
            aws("rds").modify_db_subnet_group(DBSubnetGroupName="none", SubnetIds=network()[1])
        database()  # in no subnet group
        aws("rds").delete_db_subnet_group(DBSubnetGroupName="data")
        assert aws("rds").describe_db_subnet_groups()["DBSubnetGroups"] == []


def table_arn() -> str:
    """Create a table with a tag and a stream, and return its ARN."""
    created = aws("dynamodb").create_table(
        TableName="locks",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
        Tags=[{"Key": "team", "Value": "old"}],
    )
    return str(created["TableDescription"]["TableArn"])


def retagged_table() -> list[Any]:
    """Change the tag of a table and return all tags."""
    dynamodb, arn = aws("dynamodb"), table_arn()
    dynamodb.tag_resource(ResourceArn=arn, Tags=[{"Key": "team", "Value": "new"}])
    return list(dynamodb.list_tags_of_resource(ResourceArn=arn)["Tags"])


def test_dynamodb_tags() -> None:
    with cloud(patched=False):
        assert len(retagged_table()) == 2
    with cloud(patched=True):
        assert retagged_table() == [{"Key": "team", "Value": "new"}]


def enable_stream_again() -> Any:
    """Disable the stream of a table, enable it again, and return its specification."""
    dynamodb = aws("dynamodb")
    table_arn()
    dynamodb.update_table(TableName="locks", StreamSpecification={"StreamEnabled": False})
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    dynamodb.update_table(TableName="locks", StreamSpecification=stream)
    with pytest.raises(ClientError, match="Cannot enable stream"):
        dynamodb.update_table(TableName="locks", StreamSpecification=stream)
    return dynamodb.describe_table(TableName="locks")["Table"]["StreamSpecification"]


def test_dynamodb_streams() -> None:
    with cloud(patched=False), pytest.raises(ClientError, match="Cannot enable stream"):
        enable_stream_again()
    with cloud(patched=True):
        assert enable_stream_again() == {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}


def untagged_cluster() -> dict[str, str]:
    """Remove both tags of a cluster and return those that are left."""
    eks = aws("eks")
    arn = cluster(tags={"team": "data", "owner": "ops"})["arn"]
    eks.untag_resource(resourceArn=arn, tagKeys=["team", "owner"])
    return dict(eks.list_tags_for_resource(resourceArn=arn)["tags"])


def test_eks_untag() -> None:
    with cloud(patched=False):
        assert untagged_cluster() == {"owner": "ops"}
    with cloud(patched=True):
        assert untagged_cluster() == {}


def change(zone: str, *changes: tuple[str, str, str, str]) -> None:
    """Change address records of a zone.

    Each change is (action, name, address, set identifier). Without a set identifier, the record has no routing policy.
    """
    batch = [
        {
            "Action": action,
            "ResourceRecordSet": {
                "Name": name,
                "Type": "A",
                "TTL": 60,
                "ResourceRecords": [{"Value": address}],
                **({"SetIdentifier": identifier, "Weight": 1} if identifier else {}),
            },
        }
        for action, name, address, identifier in changes
    ]
    aws("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": batch})


def zone_id(name: str = "campus.example") -> str:
    return str(aws("route53").create_hosted_zone(Name=name, CallerReference="1")["HostedZone"]["Id"])


def record_names(zone: str) -> list[str]:
    records = aws("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    return [record["Name"] for record in records if record["Type"] == "A"]


def test_route53_record_changes() -> None:
    first, other = ("CREATE", "a.campus.example", "192.0.2.1", ""), ("CREATE", "b.campus.example", "192.0.2.2", "")
    gone = ("DELETE", *first[1:])
    primary = [(name, f"{name}.campus.example", "192.0.2.1", "primary") for name in ("a", "b")]
    with cloud(patched=False):
        zone = zone_id()
        change(zone, first, other)
        change(zone, gone)
        with pytest.raises(ClientError, match="already exists"):
            change(zone, first)
        change(zone, ("CREATE", "b.campus.example", "192.0.2.9", ""))
        assert record_names(zone).count("b.campus.example.") == 2
        zone = zone_id()
        change(zone, *(("CREATE", *record[1:]) for record in primary))
        change(zone, ("DELETE", *primary[0][1:]))
        assert record_names(zone) == []
    with cloud(patched=True):
        zone = zone_id()
        change(zone, first, other)
        change(zone, gone)
        change(zone, first)
        with pytest.raises(ClientError, match="already exists"):
            change(zone, gone, ("CREATE", "b.campus.example", "192.0.2.9", ""))
        assert record_names(zone) == ["a.campus.example.", "b.campus.example."], "a rejected batch changes nothing"
        change(zone, gone, first)
        change(zone, gone)
        with pytest.raises(ClientError, match="it was not found"):
            change(zone, gone)
        zone = zone_id()
        change(zone, *(("CREATE", *record[1:]) for record in primary))
        change(zone, ("DELETE", *primary[0][1:]))
        assert record_names(zone) == ["b.campus.example."]


def test_route53_lower_case() -> None:
    with cloud(patched=False):
        zone = zone_id("Campus.Example")
        assert aws("route53").get_hosted_zone(Id=zone)["HostedZone"]["Name"] == "Campus.Example."
    with cloud(patched=True):
        zone = zone_id("Campus.Example")
        assert aws("route53").get_hosted_zone(Id=zone)["HostedZone"]["Name"] == "campus.example."
        change(zone, ("CREATE", "WWW.campus.example", "192.0.2.1", ""))
        assert record_names(zone) == ["www.campus.example."]

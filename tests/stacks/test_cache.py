"""Cache of each environment."""

import pytest

from tests.stacks.graph import Graph


def test_cache_is_encrypted_at_rest_and_in_transit(any_environment: Graph) -> None:
    cache = any_environment.one("elasticache.ReplicationGroup")
    assert cache["atRestEncryptionEnabled"] is True
    assert cache["kmsKeyId"] == any_environment.one("kms.Key", "cache").arn
    assert cache["transitEncryptionEnabled"] is True
    assert cache["transitEncryptionMode"] == "required"


def test_cache_users_authenticate_with_iam(any_environment: Graph) -> None:
    cache = any_environment.one("elasticache.ReplicationGroup")
    assert "authToken" not in cache.inputs
    group = any_environment.one("elasticache.UserGroup")
    assert cache["userGroupIds"] == [group["userGroupId"]]
    users = {user["userId"]: user for user in any_environment.all("elasticache.User")}
    assert set(group["userIds"]) == set(users)
    (default_user,) = (user for user in users.values() if user["userName"] == "default")
    (services,) = (user for user in users.values() if user["userName"] != "default")
    assert default_user["accessString"].split()[0] == "off"
    assert services["authenticationMode"] == {"type": "iam"}
    assert services["userId"] == services["userName"]
    assert {"-@all", "-@dangerous"} <= set(services["accessString"].split())


def test_cache_is_in_the_data_subnets_with_its_own_security_group(any_environment: Graph) -> None:
    cache = any_environment.one("elasticache.ReplicationGroup")
    subnets = any_environment.one("elasticache.SubnetGroup")
    assert cache["subnetGroupName"] == subnets["name"]
    assert subnets["subnetIds"] == any_environment.one("rds.SubnetGroup", "records")["subnetIds"]
    assert cache["securityGroupIds"] == [any_environment.one("ec2.SecurityGroup", "firewall-cache").id]


@pytest.mark.parametrize(
    ("environment", "nodes", "days"), [("dev", 1, 1), ("staging", 1, 7), ("preprod", 2, 30), ("prod", 2, 30)]
)
def test_cache_fails_over_if_it_has_a_second_node(
    request: pytest.FixtureRequest, environment: str, nodes: int, days: int
) -> None:
    graph: Graph = request.getfixturevalue(environment)
    cache = graph.one("elasticache.ReplicationGroup")
    assert cache["numCacheClusters"] == nodes
    assert cache["automaticFailoverEnabled"] is cache["multiAzEnabled"] is (nodes > 1)
    assert cache["snapshotRetentionLimit"] == days
    final = f"campus-{environment}-cache-final" if graph.one("rds.Instance", "records")["deletionProtection"] else None
    assert cache["finalSnapshotIdentifier"] == final


def test_both_cache_logs_go_to_encrypted_log_groups(any_environment: Graph) -> None:
    cache = any_environment.one("elasticache.ReplicationGroup")
    delivered = {each["logType"]: each["destination"] for each in cache["logDeliveryConfigurations"]}
    assert set(delivered) == {"engine-log", "slow-log"}
    for kind, destination in delivered.items():
        group = any_environment.one("cloudwatch.LogGroup", f"cache-{kind}")
        assert destination == group["name"]
        assert group["kmsKeyId"] == any_environment.one("kms.Key", "logs").arn


def test_exports_name_the_cache_address_and_user(prod: Graph) -> None:
    assert prod.exports["cacheAddress"] == "cache.example"
    assert prod.exports["cacheUser"] == "campus-prod-cache-services"


def test_there_is_no_cache_in_the_dr_region(prod: Graph) -> None:
    assert {cache.region for cache in prod.all("elasticache.ReplicationGroup")} == {"us-east-1"}

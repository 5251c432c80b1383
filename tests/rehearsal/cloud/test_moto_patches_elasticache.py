"""ElastiCache with and without patches."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.cloud.clients import ACCOUNT, EAST, aws, cloud, network

MISSING = (NotImplementedError, ClientError)


def subnet_group(name: str = "data") -> tuple[Any, list[str]]:
    _, subnets = network()
    cache = aws("elasticache")
    cache.create_cache_subnet_group(CacheSubnetGroupName=name, CacheSubnetGroupDescription="old", SubnetIds=subnets[:1])
    return cache, subnets


def replication_group(name: str = "sessions", **more: Any) -> Any:
    defaults = {
        "ReplicationGroupId": name,
        "ReplicationGroupDescription": "sessions",
        "Engine": "redis",
        "EngineVersion": "7.1",
        "CacheNodeType": "cache.t4g.micro",
    }
    return aws("elasticache").create_replication_group(**{**defaults, **more})["ReplicationGroup"]


def user(name: str, **more: Any) -> None:
    defaults = {
        "UserId": name,
        "UserName": name,
        "Engine": "redis",
        "AccessString": "on ~* +@all",
        "AuthenticationMode": {"Type": "iam"},
    }
    aws("elasticache").create_user(**{**defaults, **more})


def everybody() -> None:
    user("nobody", UserName="default", AuthenticationMode={"Type": "no-password-required"}, AccessString="off ~* -@all")
    user("services")


def test_elasticache_subnet_groups() -> None:
    with cloud(patched=False):
        cache, _ = subnet_group()
        with pytest.raises(MISSING):
            cache.delete_cache_subnet_group(CacheSubnetGroupName="data")
    with cloud(patched=True):
        cache, subnets = subnet_group()
        cache.modify_cache_subnet_group(
            CacheSubnetGroupName="data", CacheSubnetGroupDescription="new", SubnetIds=subnets
        )
        (shown,) = cache.describe_cache_subnet_groups(CacheSubnetGroupName="data")["CacheSubnetGroups"]
        assert (shown["CacheSubnetGroupDescription"], len(shown["Subnets"])) == ("new", 2)
        replication_group(CacheSubnetGroupName="data")
        with pytest.raises(ClientError, match="CacheSubnetGroupInUse"):
            cache.delete_cache_subnet_group(CacheSubnetGroupName="data")
        cache.delete_replication_group(ReplicationGroupId="sessions")
        cache.delete_cache_subnet_group(CacheSubnetGroupName="data")
        with pytest.raises(ClientError, match="CacheSubnetGroupNotFound"):
            cache.describe_cache_subnet_groups(CacheSubnetGroupName="data")


def parameters() -> Any:
    cache = aws("elasticache")
    cache.create_cache_parameter_group(
        CacheParameterGroupName="own", CacheParameterGroupFamily="redis7", Description="own"
    )
    return cache


def test_elasticache_parameter_groups() -> None:
    with cloud(patched=False), pytest.raises(MISSING):
        parameters()
    with cloud(patched=True):
        cache = parameters()
        with pytest.raises(ClientError, match="CacheParameterGroupAlreadyExists"):
            parameters()
        values = [{"ParameterName": name, "ParameterValue": "1"} for name in ("timeout", "tcp-keepalive")]
        cache.modify_cache_parameter_group(CacheParameterGroupName="own", ParameterNameValues=values)
        cache.reset_cache_parameter_group(CacheParameterGroupName="own", ParameterNameValues=values[:1])
        shown = cache.describe_cache_parameters(CacheParameterGroupName="own")["Parameters"]
        assert [(one["ParameterName"], one["ParameterValue"]) for one in shown] == [("tcp-keepalive", "1")]
        cache.reset_cache_parameter_group(CacheParameterGroupName="own", ResetAllParameters=True)
        assert cache.describe_cache_parameters(CacheParameterGroupName="own")["Parameters"] == []
        assert len(cache.describe_cache_parameter_groups()["CacheParameterGroups"]) == 1
        replication_group(CacheParameterGroupName="own")
        with pytest.raises(ClientError, match="InvalidCacheParameterGroupState"):
            cache.delete_cache_parameter_group(CacheParameterGroupName="own")
        cache.delete_replication_group(ReplicationGroupId="sessions")
        cache.delete_cache_parameter_group(CacheParameterGroupName="own")
        with pytest.raises(ClientError, match="CacheParameterGroupNotFound"):
            cache.describe_cache_parameters(CacheParameterGroupName="own")


def test_elasticache_users() -> None:
    with cloud(patched=False):
        user("services", UserName="other")
        aws("elasticache").delete_user(UserId="services")
        assert "services" in {one["UserId"] for one in aws("elasticache").describe_users()["Users"]}
    with cloud(patched=True):
        cache = aws("elasticache")
        with pytest.raises(ClientError, match="UserId and UserName must be the same"):
            user("services", UserName="other")
        user("services")
        cache.modify_user(UserId="services", AccessString="on ~* +@read")
        (shown,) = cache.describe_users(UserId="services")["Users"]
        assert (shown["AccessString"], shown["Authentication"]["Type"]) == ("on ~* +@read", "iam")
        cache.delete_user(UserId="services")
        with pytest.raises(ClientError, match="UserNotFound"):
            cache.describe_users(UserId="services")


def test_elasticache_user_groups() -> None:
    def group(*users: str) -> Any:
        everybody()
        return aws("elasticache").create_user_group(UserGroupId="all", Engine="redis", UserIds=users)

    with cloud(patched=False), pytest.raises(MISSING):
        group("nobody")
    with cloud(patched=True), pytest.raises(ClientError, match="DefaultUserRequired"):
        group("services")
    with cloud(patched=True):
        assert group("nobody")["UserIds"] == ["nobody"]
        cache = aws("elasticache")
        cache.modify_user_group(UserGroupId="all", UserIdsToAdd=["services"])
        assert cache.describe_user_groups(UserGroupId="all")["UserGroups"][0]["UserIds"] == ["nobody", "services"]
        replication_group(UserGroupIds=["all"], TransitEncryptionEnabled=True)
        with pytest.raises(ClientError, match="InvalidUserGroupState"):
            cache.delete_user_group(UserGroupId="all")
        cache.delete_replication_group(ReplicationGroupId="sessions")
        cache.delete_user_group(UserGroupId="all")
        with pytest.raises(ClientError, match="UserGroupNotFound"):
            cache.describe_user_groups(UserGroupId="all")


def test_elasticache_tags() -> None:
    arn = f"arn:aws:elasticache:{EAST}:{ACCOUNT}:usergroup:all"
    with cloud(patched=False), pytest.raises(ClientError, match="InvalidARN"):
        aws("elasticache").list_tags_for_resource(ResourceName=arn)
    with cloud(patched=True):
        aws("elasticache").add_tags_to_resource(ResourceName=arn, Tags=[{"Key": "team", "Value": "core"}])
        listed = aws("elasticache").list_tags_for_resource(ResourceName=arn)["TagList"]
        assert listed == [{"Key": "team", "Value": "core"}]


def test_elasticache_nodes() -> None:
    with cloud(patched=False):
        group = replication_group(NumCacheClusters=3)
        assert len(group["MemberClusters"]) == 1
        assert "ReaderEndpoint" not in group["NodeGroups"][0]
    with cloud(patched=True):
        group = replication_group(NumCacheClusters=3, PreferredMaintenanceWindow="sun:08:30-sun:09:30")
        assert group["MemberClusters"] == ["sessions-001", "sessions-002", "sessions-003"]
        assert group["NodeGroups"][0]["ReaderEndpoint"]["Address"].startswith("replica.sessions.")
        cache = aws("elasticache")
        assert len(cache.describe_cache_clusters()["CacheClusters"]) == 3
        (shown,) = cache.describe_cache_clusters(CacheClusterId="sessions-002")["CacheClusters"]
        assert (shown["EngineVersion"], shown["PreferredMaintenanceWindow"]) == ("7.1.0", "sun:08:30-sun:09:30")
        for change, count in ((cache.decrease_replica_count, 1), (cache.increase_replica_count, 2)):
            changed = change(ReplicationGroupId="sessions", NewReplicaCount=count, ApplyImmediately=True)
            assert len(changed["ReplicationGroup"]["MemberClusters"]) == count + 1


@pytest.mark.parametrize(
    ("settings", "refusal"),
    [
        ({"AutomaticFailoverEnabled": True}, "must have at least one replica"),
        ({"NumCacheClusters": 2, "MultiAZEnabled": True}, "Must enable automatic failover"),
        ({"CacheSubnetGroupName": "none"}, "CacheSubnetGroupNotFound"),
        ({"CacheParameterGroupName": "none"}, "CacheParameterGroupNotFound"),
        ({"UserGroupIds": ["none"]}, "UserGroupNotFound"),
    ],
)
def test_a_replication_group_that_aws_would_refuse_is_refused(settings: dict[str, Any], refusal: str) -> None:
    with cloud(patched=False):
        replication_group(**settings)
    with cloud(patched=True), pytest.raises(ClientError, match=refusal):
        replication_group(**settings)


def test_elasticache_requirements() -> None:
    with cloud(patched=True):
        group = replication_group(NumCacheClusters=2, AutomaticFailoverEnabled=True, MultiAZEnabled=True)
        assert (group["AutomaticFailover"], group["MultiAZ"]) == ("enabled", "enabled")
        with pytest.raises(ClientError, match="must have at least one replica"):
            aws("elasticache").decrease_replica_count(
                ReplicationGroupId="sessions", NewReplicaCount=0, ApplyImmediately=True
            )


def changed_window() -> str:
    replication_group(SnapshotWindow="05:00-06:00")
    cache = aws("elasticache")
    cache.modify_replication_group(ReplicationGroupId="sessions", SnapshotWindow="07:00-08:00")
    return str(cache.describe_replication_groups()["ReplicationGroups"][0]["SnapshotWindow"])


def test_elasticache_changes() -> None:
    with cloud(patched=False):
        assert changed_window() == "05:00-06:00"
    with cloud(patched=True):
        assert changed_window() == "07:00-08:00"
        everybody()
        cache = aws("elasticache")
        cache.create_user_group(UserGroupId="all", Engine="redis", UserIds=["nobody"])
        log = {
            "LogType": "slow-log",
            "LogFormat": "json",
            "DestinationType": "cloudwatch-logs",
            "DestinationDetails": {"CloudWatchLogsDetails": {"LogGroup": "slow"}},
        }
        cache.modify_replication_group(
            ReplicationGroupId="sessions",
            UserGroupIdsToAdd=["all"],
            AutoMinorVersionUpgrade=False,
            LogDeliveryConfigurations=[log],
        )
        (shown,) = cache.describe_replication_groups()["ReplicationGroups"]
        assert (shown["UserGroupIds"], shown["AutoMinorVersionUpgrade"]) == (["all"], False)
        assert [one["LogType"] for one in shown["LogDeliveryConfigurations"]] == ["slow-log"]
        cache.modify_replication_group(
            ReplicationGroupId="sessions",
            UserGroupIdsToRemove=["all"],
            LogDeliveryConfigurations=[{"LogType": "slow-log", "Enabled": False}],
        )
        (shown,) = cache.describe_replication_groups()["ReplicationGroups"]
        assert (shown["UserGroupIds"], shown["LogDeliveryConfigurations"]) == ([], [])


def test_elasticache_deletion() -> None:
    with cloud(patched=False):
        replication_group()
        aws("elasticache").delete_replication_group(ReplicationGroupId="sessions", FinalSnapshotIdentifier="final")
        assert len(aws("elasticache").describe_replication_groups()["ReplicationGroups"]) == 1
    with cloud(patched=True):
        replication_group()
        cache = aws("elasticache")
        cache.delete_replication_group(ReplicationGroupId="sessions", FinalSnapshotIdentifier="final")
        assert cache.describe_replication_groups()["ReplicationGroups"] == []
        assert [one["SnapshotName"] for one in cache.describe_snapshots()["Snapshots"]] == ["final"]
        with pytest.raises(ClientError, match="ReplicationGroupNotFound"):
            cache.delete_replication_group(ReplicationGroupId="sessions")


def test_subnet_and_security_group_stay_while_a_cache_is_in_them() -> None:
    with cloud(patched=True):
        cache, subnets = subnet_group()
        ec2 = aws("ec2")
        vpc = ec2.describe_subnets(SubnetIds=subnets[:1])["Subnets"][0]["VpcId"]
        group = ec2.create_security_group(GroupName="cache", Description="cache", VpcId=vpc)["GroupId"]
        replication_group(CacheSubnetGroupName="data", SecurityGroupIds=[group])
        with pytest.raises(ClientError, match="DependencyViolation"):
            ec2.delete_subnet(SubnetId=subnets[0])
        with pytest.raises(ClientError, match="DependencyViolation"):
            ec2.delete_security_group(GroupId=group)
        cache.delete_replication_group(ReplicationGroupId="sessions")
        ec2.delete_subnet(SubnetId=subnets[0])
        ec2.delete_security_group(GroupId=group)

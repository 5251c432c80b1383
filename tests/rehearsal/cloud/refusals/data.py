"""Scenarios of databases, caches, buckets, images, keys, secrets and backups."""

import json
from functools import partial
from typing import Any

from tests.rehearsal.cloud.clients import aws, database, network, role
from tests.rehearsal.cloud.refusals.network import subnet_call, subnet_group
from tests.rehearsal.cloud.refusals.registry import Call, scenario, twice


def parameter_group() -> None:
    settings = {"DBParameterGroupName": "own", "DBParameterGroupFamily": "postgres17", "Description": "own"}
    aws("rds").create_db_parameter_group(**settings)


def cache(**more: Any) -> Any:
    settings = {
        "ReplicationGroupId": "cache",
        "ReplicationGroupDescription": "cache",
        "Engine": "valkey",
        "EngineVersion": "8.0",
        "CacheNodeType": "cache.t4g.small",
    }
    return aws("elasticache").create_replication_group(**{**settings, **more})


def cache_subnet_group(subnets: list[str]) -> None:
    settings = {"CacheSubnetGroupName": "cache", "CacheSubnetGroupDescription": "cache", "SubnetIds": subnets}
    aws("elasticache").create_cache_subnet_group(**settings)


@scenario
def subnet_with_a_cache() -> Call:
    subnets = network()[1]
    cache_subnet_group(subnets)
    cache(CacheSubnetGroupName="cache")
    return subnet_call(subnets[0])


@scenario
def parameter_group_of_a_database() -> Call:
    parameter_group()
    database(EngineVersion="17.6", DBParameterGroupName="own")
    return partial(aws("rds").delete_db_parameter_group, DBParameterGroupName="own")


@scenario
def subnet_group_of_a_database() -> Call:
    subnet_group(network()[1])
    database(DBSubnetGroupName="data")
    return partial(aws("rds").delete_db_subnet_group, DBSubnetGroupName="data")


@scenario
def protected_database() -> Call:
    database(DeletionProtection=True)
    return partial(aws("rds").delete_db_instance, DBInstanceIdentifier="records", SkipFinalSnapshot=True)


@scenario
def database_without_a_final_snapshot() -> Call:
    database()
    return partial(aws("rds").delete_db_instance, DBInstanceIdentifier="records")


@scenario
def subnet_group_of_a_cache() -> Call:
    cache_subnet_group(network()[1])
    cache(CacheSubnetGroupName="cache")
    return partial(aws("elasticache").delete_cache_subnet_group, CacheSubnetGroupName="cache")


@scenario
def parameter_group_of_a_cache() -> Call:
    settings = {"CacheParameterGroupName": "own", "CacheParameterGroupFamily": "valkey8", "Description": "own"}
    aws("elasticache").create_cache_parameter_group(**settings)
    cache(CacheParameterGroupName="own")
    return partial(aws("elasticache").delete_cache_parameter_group, CacheParameterGroupName="own")


@scenario
def user_group_of_a_cache() -> Call:
    caches = aws("elasticache")
    mode = {"Type": "no-password-required"}
    user = {"UserId": "base", "UserName": "default", "Engine": "valkey", "AccessString": "on ~* +@all"}
    caches.create_user(**user, AuthenticationMode=mode)
    caches.create_user_group(UserGroupId="people", Engine="valkey", UserIds=["base"])
    cache(UserGroupIds=["people"], TransitEncryptionEnabled=True)
    return partial(caches.delete_user_group, UserGroupId="people")


@scenario
def bucket_with_an_object() -> Call:
    s3 = aws("s3")
    s3.create_bucket(Bucket="evidence")
    s3.put_object(Bucket="evidence", Key="a", Body=b"a")
    return partial(s3.delete_bucket, Bucket="evidence")


@scenario
def bucket_with_a_delete_marker() -> Call:
    s3 = aws("s3")
    s3.create_bucket(Bucket="evidence")
    s3.put_bucket_versioning(Bucket="evidence", VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket="evidence", Key="a", Body=b"a")
    s3.delete_object(Bucket="evidence", Key="a")
    return partial(s3.delete_bucket, Bucket="evidence")


@scenario
def bucket_of_this_account() -> Call:
    location = {"LocationConstraint": "us-west-2"}
    return twice(partial(aws("s3").create_bucket, Bucket="evidence", CreateBucketConfiguration=location))


@scenario
def repository_with_an_image() -> Call:
    ecr = aws("ecr")
    ecr.create_repository(repositoryName="campus")
    config = {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 1, "digest": "sha256:" + "0" * 64}
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
        "config": config,
        "layers": [],
    }
    ecr.put_image(repositoryName="campus", imageManifest=json.dumps(manifest), imageTag="1.0")
    return partial(ecr.delete_repository, repositoryName="campus")


@scenario
def second_repository() -> Call:
    return twice(partial(aws("ecr").create_repository, repositoryName="campus"))


@scenario
def protected_table() -> Call:
    aws("dynamodb").create_table(
        TableName="locks",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        DeletionProtectionEnabled=True,
    )
    return partial(aws("dynamodb").delete_table, TableName="locks")


def deleted_key() -> str:
    key = str(aws("kms").create_key()["KeyMetadata"]["KeyId"])
    aws("kms").schedule_key_deletion(KeyId=key)
    return key


@scenario
def alias_of_a_deleted_key() -> Call:
    return partial(aws("kms").create_alias, AliasName="alias/data", TargetKeyId=deleted_key())


@scenario
def key_deleted_twice() -> Call:
    return partial(aws("kms").schedule_key_deletion, KeyId=deleted_key())


@scenario
def second_alias() -> Call:
    key = aws("kms").create_key()["KeyMetadata"]["KeyId"]
    return twice(partial(aws("kms").create_alias, AliasName="alias/data", TargetKeyId=key))


@scenario
def name_of_a_deleted_secret() -> Call:
    secrets = aws("secretsmanager")
    secrets.create_secret(Name="password", SecretString="one")
    secrets.delete_secret(SecretId="password")
    return partial(secrets.create_secret, Name="password", SecretString="two")


@scenario
def second_secret() -> Call:
    aws("secretsmanager").create_secret(Name="password", SecretString="one")
    return partial(aws("secretsmanager").create_secret, Name="password", SecretString="two")


def plan() -> str:
    aws("backup").create_backup_vault(BackupVaultName="daily")
    rule = {"RuleName": "daily", "TargetBackupVaultName": "daily"}
    return str(
        aws("backup").create_backup_plan(BackupPlan={"BackupPlanName": "daily", "Rules": [rule]})["BackupPlanId"]
    )


@scenario
def plan_with_selections() -> Call:
    identifier = plan()
    selection = {"SelectionName": "all", "IamRoleArn": role("backup"), "Resources": ["*"]}
    aws("backup").create_backup_selection(BackupPlanId=identifier, BackupSelection=selection)
    return partial(aws("backup").delete_backup_plan, BackupPlanId=identifier)


@scenario
def second_vault() -> Call:
    return twice(partial(aws("backup").create_backup_vault, BackupVaultName="daily"))


@scenario
def second_database() -> Call:
    return twice(database)


@scenario
def second_parameter_group() -> Call:
    return twice(parameter_group)


@scenario
def second_subnet_group() -> Call:
    return twice(partial(subnet_group, network()[1]))


@scenario
def second_cache() -> Call:
    return twice(cache)


@scenario
def second_cache_subnet_group() -> Call:
    return twice(partial(cache_subnet_group, network()[1]))

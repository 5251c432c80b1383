"""Emulated clouds and clients for tests."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.exceptions import ClientError
from moto import mock_aws

from rehearsal.cloud import moto_patches
from rehearsal.cloud.patches import Patches

EAST, WEST = "us-east-1", "us-west-2"
ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/cluster"


@contextmanager
def cloud(*, patched: bool) -> Iterator[None]:
    """Run an empty moto in this process, with or without all patches."""
    with mock_aws(), moto_patches.apply() if patched else Patches():
        yield


def aws(service: str, region: str = EAST) -> Any:
    """Return a boto3 client.

    The client is untyped, because the service is a variable and stubs are installed for only a few services.
    """
    return boto3.client(service, region_name=region)  # type: ignore[call-overload]  # any service


def trust(**principal: str) -> str:
    """Return a trust policy, e.g. for `Service="ec2.amazonaws.com"` or `AWS="<ARN>"`."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def role(service: str, name: str = "") -> str:
    """Return the ARN of a role that a service such as `ec2` assumes; create it once."""
    name = name or service.replace(".", "-")
    try:
        aws("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust(Service=f"{service}.amazonaws.com"))
    except ClientError as error:
        if error.response["Error"]["Code"] != "EntityAlreadyExists":
            raise
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


def network(region: str = EAST, zones: str = "ab") -> tuple[str, list[str]]:
    """Create a VPC with one subnet per zone, and return their ids."""
    ec2 = aws("ec2", region)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{index}.0/24", AvailabilityZone=f"{region}{zone}")
        for index, zone in enumerate(zones)
    ]
    return vpc, [subnet["Subnet"]["SubnetId"] for subnet in subnets]


def database(identifier: str = "records", region: str = EAST, **more: Any) -> Any:
    """Create a PostgreSQL instance."""
    settings = {
        "DBInstanceIdentifier": identifier,
        "DBInstanceClass": "db.t4g.medium",
        "Engine": "postgres",
        "AllocatedStorage": 20,
        "MasterUsername": "campus",
        "MasterUserPassword": "correct-horse",
        "DBName": "records",
        "BackupRetentionPeriod": 7,
    }
    return aws("rds", region).create_db_instance(**{**settings, **more})["DBInstance"]


def cluster(name: str = "main", region: str = EAST, **more: Any) -> Any:
    """Create an EKS cluster in a new VPC."""
    _, subnets = network(region)
    vpc_config = {"subnetIds": subnets, **more.pop("resourcesVpcConfig", {})}
    role("eks", "cluster")
    return aws("eks", region).create_cluster(name=name, roleArn=ROLE, resourcesVpcConfig=vpc_config, **more)["cluster"]


def nodegroup(name: str = "general", cluster: str = "main", region: str = EAST, **more: Any) -> Any:
    """Create a node group in the cluster's subnets."""
    eks = aws("eks", region)
    subnets = eks.describe_cluster(name=cluster)["cluster"]["resourcesVpcConfig"]["subnetIds"]
    settings = {"clusterName": cluster, "nodegroupName": name, "subnets": subnets, "nodeRole": role("ec2", "nodes")}
    return eks.create_nodegroup(**{**settings, **more})["nodegroup"]

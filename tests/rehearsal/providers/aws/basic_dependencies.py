"""AWS resources on which the tested resources depend."""

import json
from functools import cached_property

from rehearsal.providers.protocol import ResourceState
from tests.rehearsal.cloud.clients import ACCOUNT
from tests.rehearsal.providers.aws.engine import EngineClient

TRUSTED_SERVICES = ("backup", "cloudtrail", "config", "eks", "monitoring.rds", "pods.eks", "vpc-flow-logs")
"""Services that can assume the base role. Tests give this role to the services' resources."""


class BasicDependencies:
    """Resources on which other resources depend, each created on first use."""

    def __init__(self, engine: EngineClient) -> None:
        self.engine = engine

    def policy(self, service: str = "ec2", action: str = "sts:AssumeRole", *others: str) -> str:
        services = [f"{each}.amazonaws.com" for each in (service, *others)]
        principal = {"Service": services if others else services[0]}
        statement = {"Effect": "Allow", "Principal": principal, "Action": action}
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    def allow(self, action: str) -> str:
        statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    def key_policy(self, action: str) -> str:
        """Return a key policy that allows an action to the account."""
        principal = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
        statement = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*"}
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    @cached_property
    def vpc(self) -> str:
        return self.engine.create("aws:ec2/vpc:Vpc", "base", cidrBlock="10.0.0.0/16", enableDnsHostnames=True).id

    @cached_property
    def subnets(self) -> list[str]:
        return [
            self.engine.create(
                "aws:ec2/subnet:Subnet",
                f"base{index}",
                vpcId=self.vpc,
                cidrBlock=f"10.0.{index}.0/24",
                availabilityZone=f"us-east-1{zone}",
            ).id
            for index, zone in enumerate("abc")
        ]

    @cached_property
    def internet_gateway(self) -> str:
        return self.engine.create("aws:ec2/internetGateway:InternetGateway", "base", vpcId=self.vpc).id

    @cached_property
    def elastic_ip(self) -> str:
        return self.engine.create("aws:ec2/eip:Eip", "base", domain="vpc").id

    @cached_property
    def nat_gateway(self) -> str:
        created = self.engine.create(
            "aws:ec2/natGateway:NatGateway", "base", subnetId=self.subnets[0], allocationId=self.elastic_ip
        )
        return created.id

    @cached_property
    def route_tables(self) -> list[str]:
        token = "aws:ec2/routeTable:RouteTable"
        return [self.engine.create(token, f"base{index}", vpcId=self.vpc).id for index in range(2)]

    @cached_property
    def security_groups(self) -> list[str]:
        token = "aws:ec2/securityGroup:SecurityGroup"
        return [self.engine.create(token, f"base{index}", vpcId=self.vpc).id for index in range(2)]

    @cached_property
    def key(self) -> str:
        return str(self.engine.create("aws:kms/key:Key", "base", multiRegion=True).outputs["arn"])

    @cached_property
    def other_key(self) -> str:
        return str(self.engine.create("aws:kms/key:Key", "other").outputs["arn"])

    @cached_property
    def other_multi_region_key(self) -> str:
        return str(self.engine.create("aws:kms/key:Key", "global", multiRegion=True).outputs["arn"])

    @cached_property
    def secret(self) -> str:
        return self.engine.create("aws:secretsmanager/secret:Secret", "base").id

    @cached_property
    def managed_policy(self) -> str:
        return self.engine.create("aws:iam/policy:Policy", "base", policy=self.allow("s3:*")).id

    @cached_property
    def other_role(self) -> ResourceState:
        trust = self.policy("ec2", "sts:AssumeRole", *TRUSTED_SERVICES)
        return self.engine.create("aws:iam/role:Role", "other", assumeRolePolicy=trust)

    @cached_property
    def cluster_principal(self) -> str:
        """ARN of a principal with an access entry on the cluster."""
        principal = str(self.role.outputs["arn"])
        self.engine.create("aws:eks/accessEntry:AccessEntry", clusterName=self.cluster, principalArn=principal)
        return principal

    @cached_property
    def western_key(self) -> str:
        return str(self.engine.create("aws:kms/key:Key", "west", region="us-west-2").outputs["arn"])

    @cached_property
    def role(self) -> ResourceState:
        """Role that every tested service can assume."""
        trust = self.policy("ec2", "sts:AssumeRole", *TRUSTED_SERVICES)
        return self.engine.create("aws:iam/role:Role", "base", assumeRolePolicy=trust)

    @cached_property
    def bucket(self) -> str:
        """Name of a versioned bucket with object lock."""
        created = self.engine.create("aws:s3/bucket:Bucket", "base", objectLockEnabled=True).id
        token = "aws:s3/bucketVersioning:BucketVersioning"
        self.engine.create(token, "base", bucket=created, versioningConfiguration={"status": "Enabled"})
        return created

    @cached_property
    def log_bucket(self) -> str:
        """Name of a bucket that accepts S3 logs and replicated objects."""
        created = self.engine.create("aws:s3/bucket:Bucket", "logs").id
        token = "aws:s3/bucketVersioning:BucketVersioning"
        self.engine.create(token, "logs", bucket=created, versioningConfiguration={"status": "Enabled"})
        policy = json.loads(self.policy("logging.s3", "s3:PutObject"))
        policy["Statement"][0]["Resource"] = f"arn:aws:s3:::{created}/*"
        self.engine.create("aws:s3/bucketPolicy:BucketPolicy", "logs", bucket=created, policy=json.dumps(policy))
        return created

    @cached_property
    def cluster(self) -> str:
        created = self.engine.create(
            "aws:eks/cluster:Cluster",
            "base",
            name="base",
            roleArn=self.role.outputs["arn"],
            vpcConfig={"subnetIds": self.subnets},
            accessConfig={"authenticationMode": "API"},
        )
        return created.id

    @cached_property
    def scaling_group(self) -> str:
        """Name of the Auto Scaling group of a node group."""
        created = self.engine.create(
            "aws:eks/nodeGroup:NodeGroup",
            "base",
            clusterName=self.cluster,
            nodeRoleArn=self.role.outputs["arn"],
            subnetIds=self.subnets,
            scalingConfig={"minSize": 1, "desiredSize": 1, "maxSize": 3},
        )
        return str(created.outputs["resources"][0]["autoscalingGroups"][0]["name"])

    @cached_property
    def database(self) -> ResourceState:
        return self.engine.create(
            "aws:rds/instance:Instance",
            "base",
            identifier="base",
            engine="postgres",
            instanceClass="db.t4g.medium",
            allocatedStorage=20,
            username="campus",
            password="hunter22",
            storageEncrypted=True,
            kmsKeyId=self.key,
            backupRetentionPeriod=7,
            skipFinalSnapshot=True,
        )

    @cached_property
    def topic(self) -> str:
        return self.engine.create("aws:sns/topic:Topic", "base").id

    @cached_property
    def log_group(self) -> str:
        return self.engine.create("aws:cloudwatch/logGroup:LogGroup", "base", name="/campus/base").id

    @cached_property
    def guardduty_detector(self) -> str:
        return self.engine.create("aws:guardduty/detector:Detector", "base").id

    @cached_property
    def load_balancer(self) -> str:
        created = self.engine.create(
            "aws:lb/loadBalancer:LoadBalancer", "base", internal=True, subnets=self.subnets[:2]
        )
        return created.id

    @cached_property
    def target_groups(self) -> list[str]:
        token = "aws:lb/targetGroup:TargetGroup"
        return [
            self.engine.create(token, f"base{index}", port=80, protocol="HTTP", vpcId=self.vpc).id for index in range(2)
        ]

    @cached_property
    def hosted_zone(self) -> str:
        return self.engine.create("aws:route53/zone:Zone", "base", name="campus.example").id

"""A configured emulated provider over a fresh emulated AWS for each test."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import boto3
import pytest
from moto import mock_aws

from rehearsal.cloud import moto_patches
from rehearsal.providers.aws import AwsProvider, create_provider, operations
from rehearsal.providers.aws.provider import AwsConfigured
from rehearsal.providers.protocol import CheckRequest, CheckResult, DiffResult, ReadResult, ResourceState, Urn
from rehearsal.providers.values import Properties

REGION = "us-east-1"


def urn(token: str, name: str) -> Urn:
    return Urn(f"urn:pulumi:dev::campus::{token}::{name}")


@dataclass
class World:
    """What the engine does, in a few words each."""

    configured: AwsConfigured

    def check(self, token: str, name: str, inputs: Properties, old: Properties | None = None) -> CheckResult:
        return self.configured.check(CheckRequest(urn(token, name), old or {}, inputs, random_seed=b"seed"))

    def checked(self, token: str, name: str, inputs: Properties, old: Properties | None = None) -> Properties:
        checked = self.check(token, name, inputs, old)
        assert not checked.failures, checked.failures
        return checked.inputs

    def make(self, token: str, name: str = "main", /, **inputs: Any) -> ResourceState:
        wanted = self.checked(token, name, inputs)
        created = self.configured.create(urn(token, name), wanted, 0)
        return ResourceState(urn(token, name), created.id, wanted, created.outputs)

    def diff(self, old: ResourceState, /, **inputs: Any) -> DiffResult:
        return self.configured.diff(old, self.checked(old.urn.type, old.urn.name, inputs, old.inputs))

    def update(self, old: ResourceState, /, **inputs: Any) -> ResourceState:
        wanted = self.checked(old.urn.type, old.urn.name, inputs, old.inputs)
        outputs = self.configured.update(old, wanted, 0)
        return ResourceState(old.urn, old.id, wanted, outputs)

    def read(self, resource: ResourceState) -> ReadResult | None:
        return self.configured.read(resource)

    def refreshed(self, resource: ResourceState) -> ResourceState:
        live = self.read(resource)
        assert live is not None, f"{resource.urn.text} is gone"
        return ResourceState(resource.urn, live.id, live.inputs, live.outputs)

    def imported(self, token: str, resource_id: str) -> ReadResult:
        live = self.configured.read(ResourceState(urn(token, "imported"), resource_id))
        assert live is not None, f"{token} {resource_id} can't be imported"
        return live

    def drift(self, resource: ResourceState) -> list[str]:
        """Paths that a refresh followed by a preview of the same program would show."""
        refreshed = self.refreshed(resource)
        return [change.path for change in self.configured.diff(refreshed, resource.inputs).changes]

    def delete(self, resource: ResourceState) -> None:
        self.configured.delete(resource, 0)


class Ground:
    """What other resources stand on, made when first asked for."""

    def __init__(self, world: World) -> None:
        self._world = world

    def policy(self, service: str = "ec2", action: str = "sts:AssumeRole") -> str:
        statement = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": action}
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    def allow(self, action: str) -> str:
        statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    @cached_property
    def vpc(self) -> str:
        return self._world.make("aws:ec2/vpc:Vpc", "ground", cidrBlock="10.0.0.0/16", enableDnsHostnames=True).id

    @cached_property
    def subnets(self) -> list[str]:
        return [
            self._world.make(
                "aws:ec2/subnet:Subnet",
                f"ground{index}",
                vpcId=self.vpc,
                cidrBlock=f"10.0.{index}.0/24",
                availabilityZone=f"us-east-1{zone}",
            ).id
            for index, zone in enumerate("abc")
        ]

    @cached_property
    def gateway(self) -> str:
        return self._world.make("aws:ec2/internetGateway:InternetGateway", "ground", vpcId=self.vpc).id

    @cached_property
    def address(self) -> str:
        return self._world.make("aws:ec2/eip:Eip", "ground", domain="vpc").id

    @cached_property
    def nat(self) -> str:
        made = self._world.make(
            "aws:ec2/natGateway:NatGateway", "ground", subnetId=self.subnets[0], allocationId=self.address
        )
        return made.id

    @cached_property
    def tables(self) -> list[str]:
        kind = "aws:ec2/routeTable:RouteTable"
        return [self._world.make(kind, f"ground{index}", vpcId=self.vpc).id for index in range(2)]

    @cached_property
    def groups(self) -> list[str]:
        kind = "aws:ec2/securityGroup:SecurityGroup"
        return [self._world.make(kind, f"ground{index}", vpcId=self.vpc).id for index in range(2)]

    @cached_property
    def key(self) -> str:
        return str(self._world.make("aws:kms/key:Key", "ground", multiRegion=True).outputs["arn"])

    @cached_property
    def other_key(self) -> str:
        return str(self._world.make("aws:kms/key:Key", "other").outputs["arn"])

    @cached_property
    def secret(self) -> str:
        return self._world.make("aws:secretsmanager/secret:Secret", "ground").id

    @cached_property
    def managed(self) -> str:
        return self._world.make("aws:iam/policy:Policy", "ground", policy=self.allow("s3:*")).id

    @cached_property
    def other_role(self) -> ResourceState:
        return self._world.make("aws:iam/role:Role", "other", assumeRolePolicy=self.policy())

    @cached_property
    def access(self) -> str:
        """A principal with an access entry on the cluster."""
        principal = str(self.role.outputs["arn"])
        self._world.make("aws:eks/accessEntry:AccessEntry", clusterName=self.cluster, principalArn=principal)
        return principal

    @cached_property
    def western_key(self) -> str:
        return str(self._world.make("aws:kms/key:Key", "west", region="us-west-2").outputs["arn"])

    @cached_property
    def role(self) -> ResourceState:
        return self._world.make("aws:iam/role:Role", "ground", assumeRolePolicy=self.policy())

    @cached_property
    def bucket(self) -> str:
        """A versioned bucket that can be locked."""
        made = self._world.make("aws:s3/bucket:Bucket", "ground", objectLockEnabled=True).id
        kind = "aws:s3/bucketVersioning:BucketVersioning"
        self._world.make(kind, "ground", bucket=made, versioningConfiguration={"status": "Enabled"})
        return made

    @cached_property
    def log_bucket(self) -> str:
        """A bucket to which S3 may deliver logs, and objects may be replicated."""
        made = self._world.make("aws:s3/bucket:Bucket", "logs").id
        kind = "aws:s3/bucketVersioning:BucketVersioning"
        self._world.make(kind, "logs", bucket=made, versioningConfiguration={"status": "Enabled"})
        policy = json.loads(self.policy("logging.s3", "s3:PutObject"))
        policy["Statement"][0]["Resource"] = f"arn:aws:s3:::{made}/*"
        self._world.make("aws:s3/bucketPolicy:BucketPolicy", "logs", bucket=made, policy=json.dumps(policy))
        return made

    @cached_property
    def cluster(self) -> str:
        made = self._world.make(
            "aws:eks/cluster:Cluster",
            "ground",
            name="ground",
            roleArn=self.role.outputs["arn"],
            vpcConfig={"subnetIds": self.subnets},
            accessConfig={"authenticationMode": "API"},
        )
        return made.id

    @cached_property
    def scaling_group(self) -> str:
        """The Auto Scaling group behind a node group."""
        made = self._world.make(
            "aws:eks/nodeGroup:NodeGroup",
            "ground",
            clusterName=self.cluster,
            nodeRoleArn=self.role.outputs["arn"],
            subnetIds=self.subnets,
            scalingConfig={"minSize": 1, "desiredSize": 1, "maxSize": 3},
        )
        return str(made.outputs["resources"][0]["autoscalingGroups"][0]["name"])

    @cached_property
    def database(self) -> ResourceState:
        return self._world.make(
            "aws:rds/instance:Instance",
            "ground",
            identifier="ground",
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
        return self._world.make("aws:sns/topic:Topic", "ground").id

    @cached_property
    def log_group(self) -> str:
        return self._world.make("aws:cloudwatch/logGroup:LogGroup", "ground", name="/campus/ground").id

    @cached_property
    def detector(self) -> str:
        return self._world.make("aws:guardduty/detector:Detector", "ground").id

    @cached_property
    def balancer(self) -> str:
        made = self._world.make("aws:lb/loadBalancer:LoadBalancer", "ground", internal=True, subnets=self.subnets[:2])
        return made.id

    @cached_property
    def targets(self) -> list[str]:
        kind = "aws:lb/targetGroup:TargetGroup"
        return [
            self._world.make(kind, f"ground{index}", port=80, protocol="HTTP", vpcId=self.vpc).id for index in range(2)
        ]

    @cached_property
    def zone(self) -> str:
        return self._world.make("aws:route53/zone:Zone", "ground", name="campus.example").id


@pytest.fixture
def ground(world: World) -> Ground:
    return Ground(world)


@pytest.fixture
def live_through(world: World) -> Callable[..., ResourceState]:
    """A resource's whole life, with what must be true at each step."""

    def live(token: str, first: Properties, second: Properties | None = None) -> ResourceState:
        resource = world.make(token, "life", **first)
        assert world.drift(resource) == [], "a new resource is what was asked for"
        live = world.read(resource)
        assert live is not None
        assert live.outputs == resource.outputs, "a refresh changes nothing"
        if second is not None:
            difference = world.diff(resource, **second)
            assert difference.changes, "the change is seen"
            assert not any(change.replace for change in difference.changes), "the change is made in place"
            resource = world.update(resource, **second)
            assert world.drift(resource) == [], "a changed resource is what was asked for"
        world.delete(resource)
        world.delete(resource)  # that it is gone already is success
        return resource

    return live


@pytest.fixture(scope="session")
def patched_moto() -> Iterator[None]:
    patches = moto_patches.apply()
    yield
    patches.undo()


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> AwsProvider:
    return create_provider(tmp_path_factory.mktemp("cache"))


@pytest.fixture
def emulated(patched_moto: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:  # noqa: ARG001  # only its effect
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setattr(operations, "READY_TIMEOUT", 5.0)  # nothing takes time here: a longer wait is a failure
    with mock_aws():
        yield


@pytest.fixture
def world(provider: AwsProvider, emulated: None) -> World:  # noqa: ARG001  # only its effect is wanted
    return World(provider.configure({"region": REGION, "defaultTags": {"tags": {"environment": "dev"}}}))


@pytest.fixture
def client(emulated: None) -> Any:  # noqa: ARG001  # only its effect is wanted
    """Make a boto3 client of anybody else's: what it changes is drift."""

    def make(service: str, region: str = REGION) -> Any:
        untyped: Any = boto3.client
        return untyped(service, region_name=region)

    return make

"""AWS resources on which the tested resources depend, many of them in pairs."""

import json
from functools import cached_property
from typing import Any

import boto3

from tests.rehearsal.providers.aws.basic_dependencies import BasicDependencies


def ec2_client() -> Any:
    """Return an untyped client, for resources that the emulated provider only records."""
    return boto3.client("ec2")


class Dependencies(BasicDependencies):
    """Resources on which other resources depend, each created on first use."""

    @cached_property
    def other_vpc(self) -> str:
        return self.engine.create("aws:ec2/vpc:Vpc", "other", cidrBlock="10.2.0.0/16").id

    @cached_property
    def topics(self) -> list[str]:
        return [self.engine.create("aws:sns/topic:Topic", f"base{index}").id for index in range(2)]

    @cached_property
    def queues(self) -> list[str]:
        """ARNs of two queues."""
        token = "aws:sqs/queue:Queue"
        return [str(self.engine.create(token, f"base{index}").outputs["arn"]) for index in range(2)]

    @cached_property
    def log_group_arns(self) -> list[str]:
        token = "aws:cloudwatch/logGroup:LogGroup"
        return [str(self.engine.create(token, f"base{index}").outputs["arn"]) for index in range(2)]

    @cached_property
    def other_log_bucket(self) -> str:
        return self._bucket_for("logging.s3", "more-logs")

    def _bucket_for(self, service: str, name: str) -> str:
        """Create a bucket to which an AWS service may write."""
        created = self.engine.create("aws:s3/bucket:Bucket", name).id
        policy = json.loads(self.policy(service, "s3:PutObject"))
        policy["Statement"][0]["Resource"] = f"arn:aws:s3:::{created}/*"
        self.engine.create("aws:s3/bucketPolicy:BucketPolicy", name, bucket=created, policy=json.dumps(policy))
        return created

    @cached_property
    def config_buckets(self) -> list[str]:
        """Names of two buckets to which AWS Config may write."""
        return [self._bucket_for("config", f"history{index}") for index in range(2)]

    @cached_property
    def other_managed_policy(self) -> str:
        return self.engine.create("aws:iam/policy:Policy", "other", policy=self.allow("ec2:*")).id

    @cached_property
    def certificates(self) -> list[str]:
        token = "aws:acm/certificate:Certificate"
        return [
            self.engine.create(token, f"base{index}", domainName=f"{index}.example", validationMethod="DNS").id
            for index in range(2)
        ]

    @cached_property
    def interfaces(self) -> list[str]:
        """Ids of two network interfaces, which the emulated provider only records."""
        ec2 = ec2_client()
        subnet = {"SubnetId": self.subnets[0]}
        return [ec2.create_network_interface(**subnet)["NetworkInterface"]["NetworkInterfaceId"] for _ in range(2)]

    @cached_property
    def vpn_gateways(self) -> list[str]:
        """Ids of two VPN gateways, the first of which is attached to the VPC."""
        ec2 = ec2_client()
        gateways = [ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"] for _ in range(2)]
        ec2.attach_vpn_gateway(VpcId=self.vpc, VpnGatewayId=gateways[0])
        return gateways

    @cached_property
    def transit_gateways(self) -> list[str]:
        ec2 = ec2_client()
        return [ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"] for _ in range(2)]

    @cached_property
    def database_subnet_groups(self) -> list[str]:
        token = "aws:rds/subnetGroup:SubnetGroup"
        return [self.engine.create(token, f"base{index}", subnetIds=self.subnets).id for index in range(2)]

    @cached_property
    def database_parameter_groups(self) -> list[str]:
        token = "aws:rds/parameterGroup:ParameterGroup"
        return [self.engine.create(token, f"base{index}", family="postgres17").id for index in range(2)]

    @cached_property
    def cost_monitors(self) -> list[str]:
        """ARNs of the monitor of all services, and of a monitor of one team."""
        team = json.dumps({"Tags": {"Key": "user:team", "Values": ["safety"]}})
        services = {"monitorType": "DIMENSIONAL", "monitorDimension": "SERVICE"}
        custom = {"monitorType": "CUSTOM", "monitorSpecification": team}
        token = "aws:costexplorer/anomalyMonitor:AnomalyMonitor"
        return [
            self.engine.create(token, "a", name="services", **services).id,
            self.engine.create(token, "b", name="team", **custom).id,
        ]

    @cached_property
    def config_recorder(self) -> str:
        token, role = "aws:cfg/recorder:Recorder", self.role.outputs["arn"]
        return self.engine.create(token, "base", name="campus", roleArn=role).id

    @cached_property
    def config_channel(self) -> str:
        assert self.config_recorder
        token, bucket = "aws:cfg/deliveryChannel:DeliveryChannel", self.config_buckets[0]
        return self.engine.create(token, "base", name="campus", s3BucketName=bucket).id

    @cached_property
    def default_network_acl(self) -> str:
        created = self.engine.create("aws:ec2/vpc:Vpc", "own", cidrBlock="10.7.0.0/16")
        return str(created.outputs["defaultNetworkAclId"])

    @cached_property
    def other_default_network_acl(self) -> str:
        created = self.engine.create("aws:ec2/vpc:Vpc", "next", cidrBlock="10.8.0.0/16")
        return str(created.outputs["defaultNetworkAclId"])

    @cached_property
    def third_vpc(self) -> str:
        return self.engine.create("aws:ec2/vpc:Vpc", "third", cidrBlock="10.3.0.0/16").id

    @cached_property
    def peering_connections(self) -> list[str]:
        """Ids of two active peering connections."""
        token = "aws:ec2/vpcPeeringConnection:VpcPeeringConnection"
        peers = enumerate((self.other_vpc, self.third_vpc))
        return [
            self.engine.create(token, f"base{index}", vpcId=self.vpc, peerVpcId=peer, autoAccept=True).id
            for index, peer in peers
        ]

    @cached_property
    def repositories(self) -> list[str]:
        token = "aws:ecr/repository:Repository"
        return [self.engine.create(token, f"base{index}").id for index in range(2)]

    @cached_property
    def query_log_groups(self) -> list[str]:
        """ARNs of two log groups to which Route 53 may write."""
        policy = json.loads(self.policy("route53", "logs:*"))
        policy["Statement"][0]["Resource"] = "*"
        token = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"
        self.engine.create(token, "queries", policyName="queries", policyDocument=json.dumps(policy))
        token = "aws:cloudwatch/logGroup:LogGroup"
        names = [f"/aws/route53/{zone}.example" for zone in ("campus", "other")]
        return [str(self.engine.create(token, name, name=name).outputs["arn"]) for name in names]

    @cached_property
    def web_acls(self) -> list[str]:
        """ARNs of two regional web ACLs."""
        visibility = {"cloudwatchMetricsEnabled": True, "metricName": "edge", "sampledRequestsEnabled": True}
        settings = {"scope": "REGIONAL", "defaultAction": {"allow": {}}, "visibilityConfig": visibility}
        token = "aws:wafv2/webAcl:WebAcl"
        return [str(self.engine.create(token, f"base{index}", **settings).outputs["arn"]) for index in range(2)]

    @cached_property
    def waf_log_groups(self) -> list[str]:
        """ARNs of two log groups with the name prefix that WAF requires."""
        token = "aws:cloudwatch/logGroup:LogGroup"
        names = [f"aws-waf-logs-{index}" for index in range(2)]
        return [str(self.engine.create(token, name, name=name).outputs["arn"]) for name in names]

    @cached_property
    def other_elastic_ip(self) -> str:
        return self.engine.create("aws:ec2/eip:Eip", "other", domain="vpc").id

    @cached_property
    def nat_gateways(self) -> list[str]:
        token, where = "aws:ec2/natGateway:NatGateway", {"subnetId": self.subnets[1]}
        other = self.engine.create(token, "other", **where, allocationId=self.other_elastic_ip).id
        return [self.nat_gateway, other]

    @cached_property
    def prefix_lists(self) -> tuple[str, str]:
        """Ids of two managed prefix lists, which the emulated provider only records."""
        ec2 = ec2_client()
        settings = {"MaxEntries": 1, "AddressFamily": "IPv4"}
        first, second = (
            ec2.create_managed_prefix_list(PrefixListName=name, **settings)["PrefixList"]["PrefixListId"]
            for name in ("a", "b")
        )
        return first, second

    @cached_property
    def instances(self) -> list[str]:
        """Ids of two EC2 instances, which the emulated provider only records."""
        subnet = {"SubnetId": self.subnets[0], "ImageId": "ami-12345678", "MinCount": 2, "MaxCount": 2}
        return [instance["InstanceId"] for instance in ec2_client().run_instances(**subnet)["Instances"]]

    @cached_property
    def other_load_balancer(self) -> str:
        token = "aws:lb/loadBalancer:LoadBalancer"
        return self.engine.create(token, "other", internal=True, subnets=self.subnets[:2]).id

    @cached_property
    def health_checks(self) -> list[str]:
        token = "aws:route53/healthCheck:HealthCheck"
        checks = {"type": "HTTPS", "port": 443}
        return [self.engine.create(token, f"base{index}", fqdn=f"{index}.example", **checks).id for index in range(2)]

    @cached_property
    def cache_parameter_groups(self) -> list[str]:
        token = "aws:elasticache/parameterGroup:ParameterGroup"
        return [
            self.engine.create(token, f"base{index}", name=f"base{index}", family="redis7").id for index in range(2)
        ]

    @cached_property
    def cache_user_groups(self) -> list[str]:
        """Ids of two user groups with the user `default`, which every group needs."""
        user = {"userId": "nobody", "userName": "default", "engine": "redis", "accessString": "off -@all"}
        without_password = {"type": "no-password-required"}
        nobody = self.engine.create("aws:elasticache/user:User", "base", **user, authenticationMode=without_password)
        token, members = "aws:elasticache/userGroup:UserGroup", [nobody.id]
        return [
            self.engine.create(token, f"base{index}", userGroupId=f"base{index}", engine="redis", userIds=members).id
            for index in range(2)
        ]

    @cached_property
    def launch_template(self) -> str:
        """Id of a launch template with two versions."""
        token, nodes = "aws:ec2/launchTemplate:LaunchTemplate", {"instanceType": "m6g.large"}
        created = self.engine.create(token, "base", **nodes)
        self.engine.update(created, **nodes, description="second")
        return created.id

    @cached_property
    def other_vault(self) -> str:
        return self.engine.create("aws:backup/vault:Vault", "other", name="other").id

    @cached_property
    def other_bucket(self) -> str:
        """Name of another versioned bucket with object lock."""
        created = self.engine.create("aws:s3/bucket:Bucket", "other", objectLockEnabled=True).id
        token = "aws:s3/bucketVersioning:BucketVersioning"
        self.engine.create(token, "other", bucket=created, versioningConfiguration={"status": "Enabled"})
        return created

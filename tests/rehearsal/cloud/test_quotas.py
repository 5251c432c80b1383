"""Quotas of a fresh account, and quotas that AWS raised."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.cloud.moto_patches.quotas import CHECKS
from rehearsal.cloud.quotas import QUOTAS, VARIABLE, QuotaError, granted_quotas
from tests.rehearsal.cloud.clients import aws, cloud, cluster, database, network, nodegroup, role, trust

TRUST = trust(Service="ec2.amazonaws.com")


def test_a_fresh_account_has_the_values_of_the_table() -> None:
    assert granted_quotas({}) == {key: quota.value for key, quota in QUOTAS.items()}


def test_raised_quotas_replace_those_of_a_fresh_account() -> None:
    granted = granted_quotas({VARIABLE: "vpc/L-F678F1CE=20, ec2/L-0263D0A3=8"})
    assert (granted["vpc/L-F678F1CE"], granted["ec2/L-0263D0A3"], granted["vpc/L-A4707A72"]) == (20, 8, 5)


def test_every_entry_that_cannot_be_used_is_reported() -> None:
    with pytest.raises(QuotaError) as refused:
        granted_quotas({VARIABLE: "vpc/L-F678F1CE=many,vpc/L-0=1,iam/policy-size=9000,ec2/L-0263D0A3=8"})
    lines = str(refused.value).splitlines()
    assert [line.split(":")[0] for line in lines[1:-1]] == [
        "  vpc/L-F678F1CE=many",
        "  vpc/L-0=1",
        "  iam/policy-size=9000",
    ]


def test_every_quota_is_enforced() -> None:
    assert {check.quota for check in CHECKS} | {"s3/L-DC2B2D3D"} == set(QUOTAS)


def vpc(number: int) -> Any:
    return aws("ec2").create_vpc(CidrBlock=f"10.{number}.0.0/16")["Vpc"]["VpcId"]


def gateway(_number: int) -> Any:
    return aws("ec2").create_internet_gateway()


def address(_number: int) -> Any:
    return aws("ec2").allocate_address(Domain="vpc")


def in_vpc(call: str, **more: Any) -> Callable[[int], Any]:
    """Return a function that creates a resource in a VPC that is not the default one."""

    def create(number: int) -> Any:
        ec2 = aws("ec2")
        found = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["false"]}])["Vpcs"]
        vpc_id = found[0]["VpcId"] if found else vpc(0)
        arguments = {name: value.format(number) if isinstance(value, str) else value for name, value in more.items()}
        return getattr(ec2, call)(VpcId=vpc_id, **arguments)

    return create


def route(number: int) -> Any:
    ec2 = aws("ec2")
    if number == 0:
        ec2.create_internet_gateway()
    table = ec2.describe_route_tables()["RouteTables"][0]["RouteTableId"]
    gateway_id = ec2.describe_internet_gateways()["InternetGateways"][0]["InternetGatewayId"]
    return ec2.create_route(RouteTableId=table, DestinationCidrBlock=f"192.0.2.{number}/32", GatewayId=gateway_id)


def nat_gateway(number: int) -> Any:
    subnet = aws("ec2").describe_subnets(Filters=[{"Name": "availability-zone", "Values": ["us-east-1a"]}])["Subnets"][
        0
    ]
    assert number < 9
    return aws("ec2").create_nat_gateway(
        SubnetId=subnet["SubnetId"], AllocationId=address(number)["AllocationId"], ConnectivityType="public"
    )


def rules(call: str) -> Callable[[int], Any]:
    def create(number: int) -> Any:
        ec2 = aws("ec2")
        group = ec2.describe_security_groups(GroupNames=["default"])["SecurityGroups"][0]["GroupId"]
        ranges = [{"CidrIp": f"192.0.2.{number}/32"}]
        rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": ranges}
        return getattr(ec2, call)(GroupId=group, IpPermissions=[rule])

    return create


def trusted(number: int) -> Any:
    return aws("iam").create_role(RoleName=f"r{number}", AssumeRolePolicyDocument=TRUST)


def managed_policy(number: int) -> str:
    document = {"Statement": {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}, "Version": "2012-10-17"}
    created = aws("iam").create_policy(PolicyName=f"p{number}", PolicyDocument=json.dumps(document))
    return str(created["Policy"]["Arn"])


def attachment(number: int) -> Any:
    role("ec2", "nodes")
    return aws("iam").attach_role_policy(RoleName="nodes", PolicyArn=managed_policy(number))


def load_balancer(kind: str) -> Callable[[int], Any]:
    def create(number: int) -> Any:
        subnets = [subnet["SubnetId"] for subnet in aws("ec2").describe_subnets()["Subnets"][:2]]
        name = f"{kind[:3]}{number}"
        return aws("elbv2").create_load_balancer(Name=name, Type=kind, Subnets=subnets)["LoadBalancers"][0]

    return create


FIXED = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}


def listener(number: int) -> Any:
    found = aws("elbv2").describe_load_balancers()["LoadBalancers"] or [load_balancer("application")(0)]
    return aws("elbv2").create_listener(
        LoadBalancerArn=found[0]["LoadBalancerArn"], Protocol="HTTP", Port=80 + number, DefaultActions=[FIXED]
    )


def listener_rule(number: int) -> Any:
    balancers = aws("elbv2").describe_load_balancers()["LoadBalancers"]
    if not balancers:
        listener(0)
        balancers = aws("elbv2").describe_load_balancers()["LoadBalancers"]
    arn = aws("elbv2").describe_listeners(LoadBalancerArn=balancers[0]["LoadBalancerArn"])["Listeners"][0][
        "ListenerArn"
    ]
    condition = {"Field": "path-pattern", "Values": [f"/{number}"]}
    return aws("elbv2").create_rule(ListenerArn=arn, Priority=1 + number, Conditions=[condition], Actions=[FIXED])


def parameter_group(number: int) -> Any:
    settings = {"DBParameterGroupFamily": "postgres17", "Description": "own"}
    return aws("rds").create_db_parameter_group(DBParameterGroupName=f"g{number}", **settings)


def subnet_group(number: int) -> Any:
    subnets = [subnet["SubnetId"] for subnet in aws("ec2").describe_subnets()["Subnets"][:2]]
    settings = {"DBSubnetGroupDescription": "data", "SubnetIds": subnets}
    return aws("rds").create_db_subnet_group(DBSubnetGroupName=f"g{number}", **settings)


def nodes(number: int) -> Any:
    if number == 0:
        cluster()
    return nodegroup(f"n{number}")


def health_check(number: int) -> Any:
    config = {"Type": "TCP", "IPAddress": "192.0.2.1", "Port": 443}
    return aws("route53").create_health_check(CallerReference=str(number), HealthCheckConfig=config)


def zone(number: int) -> Any:
    return aws("route53").create_hosted_zone(Name=f"z{number}.example", CallerReference=str(number))


def target_group(number: int) -> Any:
    return aws("elbv2").create_target_group(Name=f"t{number}", Protocol="HTTP", Port=80, VpcId=network()[0])


CREATE: dict[str, Callable[[int], Any]] = {
    "vpc/L-F678F1CE": vpc,
    "vpc/L-A4707A72": gateway,
    "vpc/L-407747CB": in_vpc("create_subnet", CidrBlock="10.0.{}.0/24"),
    "vpc/L-589F43AA": in_vpc("create_route_table"),
    "vpc/L-93826ACB": route,
    "vpc/L-FE5A380F": nat_gateway,
    "vpc/L-E79EC296": in_vpc("create_security_group", GroupName="g{}", Description="g"),
    "vpc/L-0EA8095F": rules("authorize_security_group_ingress"),
    "vpc/L-1B52E74A": in_vpc("create_vpc_endpoint", ServiceName="com.amazonaws.us-east-1.s3"),
    "vpc/L-29B6F2EB": in_vpc(
        "create_vpc_endpoint",
        ServiceName="com.amazonaws.us-east-1.sts",
        VpcEndpointType="Interface",
        PrivateDnsEnabled=False,
    ),
    "ec2/L-0263D0A3": address,
    "iam/L-FE177D64": trusted,
    "iam/L-E95E4862": managed_policy,
    "iam/L-0DA4ABF3": attachment,
    "iam/L-6E65F664": lambda number: aws("iam").create_instance_profile(InstanceProfileName=f"p{number}"),
    "s3/L-DC2B2D3D": lambda number: aws("s3").create_bucket(Bucket=f"bucket-{number}"),
    "rds/L-7B6409FD": lambda number: database(f"d{number}"),
    "rds/L-DE55804A": parameter_group,
    "rds/L-48C6BF61": subnet_group,
    "eks/L-1194D53C": lambda number: cluster(f"c{number}"),
    "eks/L-6D54EA21": nodes,
    "kms/L-C2F1777E": lambda _number: aws("kms").create_key(),
    "route53/L-4EA4796A": zone,
    "route53/L-ACB674F3": health_check,
    "elasticloadbalancing/L-53DA6B97": load_balancer("application"),
    "elasticloadbalancing/L-69A177A2": load_balancer("network"),
    "elasticloadbalancing/L-B22855CB": target_group,
    "elasticloadbalancing/L-B6DF7632": listener,
    "elasticloadbalancing/L-7EED9B64": listener_rule,
}
"""Quota → function that creates one more of the limited resources. It receives the number of earlier calls."""
LIMIT = 3
"""Quota in these tests. Default resources (VPC, security group, local route) use a part of some quotas."""
MOST = 9
"""Number of calls after which the quota must have been reached."""


@pytest.mark.parametrize("key", CREATE)
def test_core_quotas(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    raised = "" if key == "vpc/L-F678F1CE" else ",vpc/L-F678F1CE=99"
    limit = 9 if key == "vpc/L-E79EC296" else LIMIT
    monkeypatch.setenv(VARIABLE, f"{key}={limit}{raised}")
    with cloud(patched=True):
        created, error = create_until_refused(CREATE[key])
    assert error.response["Error"]["Code"] == QUOTAS[key].error
    assert key in str(error)
    assert created >= 1, "something fits into the quota"


def create_until_refused(create: Callable[[int], Any]) -> tuple[int, ClientError]:
    """Return the number of accepted creations, and the refusal of the next one."""
    for number in range(MOST):
        try:
            create(number)
        except ClientError as error:
            return number, error
    pytest.fail(f"{MOST} creations were accepted")


def test_s3_bucket_quota(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "s3/L-DC2B2D3D=2")
    with cloud(patched=False):
        for number in range(3):
            aws("s3").create_bucket(Bucket=f"bucket-{number}")
    with cloud(patched=True):
        for number in range(2):
            aws("s3").create_bucket(Bucket=f"bucket-{number}")
        with pytest.raises(ClientError, match="TooManyBuckets"):
            aws("s3").create_bucket(Bucket="bucket-2")


def test_a_fresh_account_holds_five_vpcs_with_the_default_one() -> None:
    with cloud(patched=False):
        for number in range(6):
            vpc(number)
    with cloud(patched=True):
        for number in range(4):
            vpc(number)
        with pytest.raises(ClientError, match="VpcLimitExceeded"):
            vpc(4)
        assert aws("ec2", "us-west-2").create_vpc(CidrBlock="10.9.0.0/16"), "every region has a quota of its own"


def test_groups_per_network_interface() -> None:
    with cloud(patched=True):
        vpc_id, subnets = network()
        ec2 = aws("ec2")
        groups = [
            ec2.create_security_group(GroupName=f"g{n}", Description="g", VpcId=vpc_id)["GroupId"] for n in range(6)
        ]
        ec2.create_network_interface(SubnetId=subnets[0], Groups=groups[:5])
        with pytest.raises(ClientError, match="SecurityGroupsPerInterfaceLimitExceeded"):
            ec2.create_network_interface(SubnetId=subnets[0], Groups=groups)


def document(size: int) -> str:
    """Return a policy with `size` characters, not counting white space."""
    statement = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]}, separators=(",", ":"))
    return "    " + text.replace("s3:::", "s3:::" + "a" * (size - len(text)))


def test_sizes_of_policies() -> None:
    with cloud(patched=True):
        iam = aws("iam")
        iam.create_policy(PolicyName="most", PolicyDocument=document(6144))
        with pytest.raises(ClientError, match=r"LimitExceeded.*Cannot exceed quota for PolicySize: 6144"):
            iam.create_policy(PolicyName="more", PolicyDocument=document(6145))
        role("ec2", "nodes")
        iam.put_role_policy(RoleName="nodes", PolicyName="one", PolicyDocument=document(10_000))
        iam.put_role_policy(RoleName="nodes", PolicyName="one", PolicyDocument=document(10_000))
        with pytest.raises(ClientError, match="Maximum policy size of 10240 bytes exceeded for role nodes"):
            iam.put_role_policy(RoleName="nodes", PolicyName="two", PolicyDocument=document(241))
        long = json.loads(TRUST)
        long["Statement"][0]["Condition"] = {"StringEquals": {"aws:SourceAccount": ["1" * 12] * 200}}
        with pytest.raises(ClientError, match="Cannot exceed quota for ACLSizePerRole: 2048"):
            iam.create_role(RoleName="long", AssumeRolePolicyDocument=json.dumps(long))


def own_list(entries: int) -> str:
    created = aws("ec2").create_managed_prefix_list(PrefixListName="l", MaxEntries=entries, AddressFamily="IPv4")
    return str(created["PrefixList"]["PrefixListId"])


def of_list(port: int, *lists: str) -> Any:
    ids = [{"PrefixListId": each} for each in lists]
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "PrefixListIds": ids}


def group_of_lists(*rules: Any) -> Any:
    """Return a security group with a rule for each argument."""
    group = aws("ec2").create_security_group(GroupName="g", Description="g", VpcId=vpc(0))["GroupId"]
    for rule in rules:
        aws("ec2").authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    return group


@pytest.mark.parametrize(("entries", "accepted"), [(20, 3), (60, 1), (61, 0)])
def test_a_rule_with_a_prefix_list_counts_for_as_many_rules_as_the_list_may_have_entries(
    entries: int, accepted: int
) -> None:
    with cloud(patched=True):
        group = group_of_lists(*(of_list(443 + number, own_list(entries)) for number in range(accepted)))
        with pytest.raises(ClientError, match="RulesPerSecurityGroupLimitExceeded"):
            aws("ec2").authorize_security_group_ingress(GroupId=group, IpPermissions=[of_list(80, own_list(entries))])


def test_lists_of_aws_have_weights_and_each_list_of_a_rule_counts() -> None:
    with cloud(patched=True):
        lists = aws("ec2").describe_managed_prefix_lists()["PrefixLists"]
        ids = {each["PrefixListName"].rpartition(".")[2]: each["PrefixListId"] for each in lists}
        group = group_of_lists(of_list(443, ids["origin-facing"], ids["s3"], ids["dynamodb"]))
        with pytest.raises(ClientError, match="RulesPerSecurityGroupLimitExceeded"):
            aws("ec2").authorize_security_group_ingress(GroupId=group, IpPermissions=[of_list(80, own_list(4))])
        aws("ec2").authorize_security_group_ingress(GroupId=group, IpPermissions=[of_list(80, own_list(3))])

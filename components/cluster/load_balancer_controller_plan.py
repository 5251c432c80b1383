"""IAM permissions of the AWS Load Balancer Controller of one cluster.

They follow the policy that the controller's documentation recommends (AWS Load Balancer Controller, "IAM permissions"),
with four changes:

- Writes require the tag of *this* cluster instead of any cluster, except for listeners and their rules.
- Load balancers and target groups get tags only when they are created. Otherwise the controller could take over another
  cluster's load balancer by tagging it.
- ARNs name the account and the region.
- Permissions for Cognito, Shield and WAF are omitted, so these features of the controller are disabled. The edge layer
  attaches the web firewall. If the controller had WAF permissions, an Ingress annotation could make it detach the
  firewall.
"""

from components.identity.documents import Statement

OWNER = "elbv2.k8s.aws/cluster"
"""Tag that marks the controller's own resources; its value is the cluster's name."""
BALANCING = "elasticloadbalancing"

LOOK = (
    *("ec2:DescribeAccountAttributes", "ec2:DescribeAddresses", "ec2:DescribeAvailabilityZones"),
    *("ec2:DescribeInternetGateways", "ec2:DescribeVpcs", "ec2:DescribeVpcPeeringConnections", "ec2:DescribeSubnets"),
    *("ec2:DescribeSecurityGroups", "ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces", "ec2:DescribeTags"),
    *("ec2:GetSecurityGroupsForVpc", "ec2:DescribeIpamPools", "ec2:DescribeRouteTables", f"{BALANCING}:Describe*"),
    *("acm:ListCertificates", "acm:DescribeCertificate"),
)
CHANGE_OWN = (
    *("DeleteLoadBalancer", "ModifyLoadBalancerAttributes", "SetIpAddressType", "SetSecurityGroups", "SetSubnets"),
    *("DeleteTargetGroup", "ModifyTargetGroup", "ModifyTargetGroupAttributes"),
    *("ModifyCapacityReservation", "RegisterTargets", "DeregisterTargets"),
)
LISTENERS = (
    *("CreateListener", "DeleteListener", "ModifyListener", "CreateRule", "DeleteRule", "ModifyRule"),
    *("AddListenerCertificates", "RemoveListenerCertificates", "SetRulePriorities", "ModifyListenerAttributes"),
)


def load_balancer_controller_statements(account: str, region: str, cluster: str) -> tuple[Statement, ...]:
    """Return the IAM statements of one cluster's controller."""
    request_tag = {"StringEquals": {f"aws:RequestTag/{OWNER}": cluster}}
    resource_tag = {"StringEquals": {f"aws:ResourceTag/{OWNER}": cluster}}
    groups = [f"arn:aws:ec2:{region}:{account}:security-group/*"]
    create = _of("CreateLoadBalancer", "CreateTargetGroup")
    creatable = _balancing(account, region, "loadbalancer/*", "targetgroup/*")
    listeners = _balancing(account, region, "listener/*", "listener-rule/*")
    created = {f"{BALANCING}:CreateAction": ["CreateLoadBalancer", "CreateTargetGroup"]}
    return (
        Statement(sid="Look", actions=LOOK, resources=["*"]),
        Statement(sid="Create", actions=create, resources=["*"], conditions=request_tag),
        Statement(
            sid="TagNew",
            actions=_of("AddTags"),
            resources=creatable,
            conditions={"StringEquals": {**request_tag["StringEquals"], **created}},
        ),
        Statement(sid="Retag", actions=_of("AddTags", "RemoveTags"), resources=creatable, conditions=resource_tag),
        # A condition on the tag would limit nothing, because the controller also tags listeners that have no tags.
        Statement(sid="TagListeners", actions=_of("AddTags", "RemoveTags"), resources=listeners),
        Statement(sid="ChangeOwn", actions=_of(*CHANGE_OWN), resources=creatable, conditions=resource_tag),
        Statement(sid="Listeners", actions=_of(*LISTENERS), resources=[*creatable, *listeners]),
        Statement(
            sid="SecurityGroups",
            actions=["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"],
            resources=groups,
        ),
        Statement(
            sid="NewSecurityGroups",
            actions=["ec2:CreateSecurityGroup"],
            resources=[*groups, f"arn:aws:ec2:{region}:{account}:vpc/*"],
        ),
        Statement(
            sid="TagSecurityGroups",
            actions=["ec2:CreateTags"],
            resources=groups,
            conditions={"StringEquals": {**request_tag["StringEquals"], "ec2:CreateAction": "CreateSecurityGroup"}},
        ),
        Statement(
            sid="OwnSecurityGroups",
            actions=["ec2:DeleteSecurityGroup", "ec2:CreateTags", "ec2:DeleteTags"],
            resources=groups,
            conditions=resource_tag,
        ),
        Statement(
            sid="ServiceLinkedRole",
            actions=["iam:CreateServiceLinkedRole"],
            resources=["*"],
            conditions={"StringEquals": {"iam:AWSServiceName": f"{BALANCING}.amazonaws.com"}},
        ),
    )


def _of(*actions: str) -> list[str]:
    return [f"{BALANCING}:{action}" for action in actions]


def _balancing(account: str, region: str, *resources: str) -> list[str]:
    return [f"arn:aws:{BALANCING}:{region}:{account}:{resource}" for resource in resources]

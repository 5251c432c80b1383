"""What the AWS Load Balancer Controller may do: change the load balancers it made for its own cluster, and no others.

Follows the controller's own policy (AWS Load Balancer Controller, "IAM permissions") but for three things: what it may
change must carry the tag of *this* cluster, not of any; ARNs name account and region; and Cognito, Shield and web
firewalls are left out, so the controller runs with these add-ons off. The firewall is the edge layer's, which ties it
to the load balancer: whoever writes an Ingress could otherwise have the controller take it away with an annotation.
"""

from components.identity.documents import Statement

OWNER = "elbv2.k8s.aws/cluster"
"""The tag by which the controller knows what it made, with the cluster's name as value."""
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
    *("DeleteTargetGroup", "ModifyTargetGroup", "ModifyTargetGroupAttributes", "ModifyListenerAttributes"),
    *("ModifyCapacityReservation", "RegisterTargets", "DeregisterTargets"),
)
LISTENERS = (
    *("CreateListener", "DeleteListener", "ModifyListener", "CreateRule", "DeleteRule", "ModifyRule"),
    *("AddListenerCertificates", "RemoveListenerCertificates", "SetRulePriorities"),
)


def load_balancer_controller_statements(account: str, region: str, cluster: str) -> tuple[Statement, ...]:
    """The statements of the controller of one cluster."""
    asked = {"StringEquals": {f"aws:RequestTag/{OWNER}": cluster}}
    owned = {"StringEquals": {f"aws:ResourceTag/{OWNER}": cluster}}
    groups = [f"arn:aws:ec2:{region}:{account}:security-group/*"]
    create = _of("CreateLoadBalancer", "CreateTargetGroup")
    parts = _balancing(account, region, "loadbalancer/*", "targetgroup/*", "listener/*", "listener-rule/*")
    made = _balancing(account, region, "loadbalancer/*", "targetgroup/*")
    return (
        Statement(sid="Look", actions=LOOK, resources=["*"]),
        Statement(sid="Create", actions=create, resources=["*"], conditions=asked),
        Statement(sid="TagNew", actions=_of("AddTags"), resources=made, conditions=asked),
        Statement(sid="Retag", actions=_of("AddTags", "RemoveTags"), resources=parts, conditions=owned),
        Statement(sid="ChangeOwn", actions=_of(*CHANGE_OWN), resources=["*"], conditions=owned),
        Statement(sid="Listeners", actions=_of(*LISTENERS), resources=parts),
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
            conditions={"StringEquals": {**asked["StringEquals"], "ec2:CreateAction": "CreateSecurityGroup"}},
        ),
        Statement(
            sid="OwnSecurityGroups",
            actions=["ec2:DeleteSecurityGroup", "ec2:CreateTags", "ec2:DeleteTags"],
            resources=groups,
            conditions=owned,
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

"""Security groups of one VPC.

Rules refer to groups instead of addresses where possible.
"""

from pulumi import ResourceOptions
from pulumi_aws import ec2, vpc

from components.base import PlatformComponent
from components.network.args import SecurityGroupsArgs
from components.network.security_group_plan import Direction, RulePlan, SecurityGroup, rules

RULE_TYPES = {Direction.INGRESS: vpc.SecurityGroupIngressRule, Direction.EGRESS: vpc.SecurityGroupEgressRule}


class SecurityGroups(PlatformComponent):
    """The security groups of one VPC. Outputs: ids by group.

    Rules are separate resources: inline and separate rules would overwrite each other, and two groups with inline rules
    that refer to each other could not be created.
    """

    def __init__(self, name: str, args: SecurityGroupsArgs, opts: ResourceOptions | None = None) -> None:
        # The type token predates the class name, but it is part of the URN and must not change.
        super().__init__("campus:network:Firewall", name, args.context, opts)
        self.groups = {
            group: ec2.SecurityGroup(
                f"{name}-{group}",
                name=args.context.resource_name(group),
                description=f"{group} of {args.context.environment}",
                vpc_id=args.vpc_id,
                **self.child(group),
            )
            for group in args.groups
        }
        for rule in rules(args.flows):
            self._rule(name, rule)
        self.ids = {group: security_group.id for group, security_group in self.groups.items()}
        self.register_outputs({"ids": {str(group): group_id for group, group_id in self.ids.items()}})

    def _rule(self, name: str, rule: RulePlan) -> None:
        peer = rule.peer
        RULE_TYPES[rule.direction](
            f"{name}-{rule.name}",
            security_group_id=self.groups[rule.group].id,
            referenced_security_group_id=self.groups[peer].id if isinstance(peer, SecurityGroup) else None,
            cidr_ipv4=None if isinstance(peer, SecurityGroup) else str(peer.cidr),
            ip_protocol="tcp",
            from_port=rule.ports[0],
            to_port=rule.ports[1],
            description=rule.description,
            **self.child(rule.name),
        )

"""Security groups: no open administrative ports, described rules, one way to declare them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from policy_packs.kernel.registry import Findings, Level, Levels, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Reader, Resource
from policy_packs.security.aws.ec2_vpc import VPC
from policy_packs.security.aws.lb import EVERY_LOAD_BALANCER
from policy_packs.security.cidr import is_internet
from policy_packs.security.references import is_set_by_program, referrers, source_urns, unreferenced

SECURITY_GROUPS = ("aws:ec2/securityGroup:SecurityGroup", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
CLASSIC_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS_RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
ADMIN_PORTS = {
    22: "SSH",
    445: "CIFS",
    2379: "etcd",
    3306: "MySQL",
    3389: "RDP",
    5432: "PostgreSQL",
    6379: "Redis",
    8200: "Vault",
    9200: "Elasticsearch",
    10250: "kubelet",
}
EVERY_PROTOCOL = frozenset({"-1", "all"})
TCP = frozenset({"tcp", "6"})
SECURITY_GROUP, DEFAULT_SECURITY_GROUP = SECURITY_GROUPS
SECURITY_GROUP_RULES = (CLASSIC_RULE, INGRESS_RULE, EGRESS_RULE)
# What AWS makes a load balancer of, and who gets its security groups.
INTERNET_FACING = (*EVERY_LOAD_BALANCER, "kubernetes:networking.k8s.io/v1:Ingress", "kubernetes:core/v1:Service")
DIRECTIONS = ("ingress", "egress")
WEB_PORTS = frozenset({80, 443})


@dataclass(frozen=True)
class SecurityGroupRule:
    """One opening in one direction, whichever of the resource types declares it."""

    holder: Reader
    protocol_path: str = "protocol"
    ranges: tuple[str, ...] = ("cidrBlocks", "ipv6CidrBlocks")

    @property
    def protocol(self) -> str:
        """What may pass, as AWS names it: "tcp", "6", "-1" for everything."""
        return (self.holder.text(self.protocol_path) or "").lower()

    def ports(self) -> list[int]:
        """The administrative ports it opens."""
        if self.protocol in EVERY_PROTOCOL:
            return list(ADMIN_PORTS)
        if self.protocol not in TCP:
            return []
        low, high = self.holder.number("fromPort"), self.holder.number("toPort")
        if low is None or high is None:
            return list(ADMIN_PORTS)
        return [port for port in ADMIN_PORTS if low <= port <= high]

    def world(self) -> list[str]:
        """The address ranges in it that stand for the whole internet."""
        return [cidr for path in self.ranges for cidr in self.holder.texts(path) if is_internet(cidr)]


def security_group_rules(resource: Resource, direction: str = "ingress") -> Iterator[SecurityGroupRule]:
    """What a security group, or a rule of its own, opens in a direction: "ingress" or "egress"."""
    if resource.type in {INGRESS_RULE, EGRESS_RULE}:
        if resource.type == (INGRESS_RULE if direction == "ingress" else EGRESS_RULE):
            yield SecurityGroupRule(resource, "ipProtocol", ("cidrIpv4", "cidrIpv6"))
    elif resource.type == CLASSIC_RULE:
        if resource.text("type") == direction:
            yield SecurityGroupRule(resource)
    else:
        for opening in resource.each(direction):
            yield SecurityGroupRule(opening)


@rule(
    "sg-must-not-open-admin-ports",
    on=(*SECURITY_GROUPS, CLASSIC_RULE, INGRESS_RULE),
    covers=["CKV_AWS_24", "CKV_AWS_25", "CKV_AWS_277", "CIS-AWS 5.1.2", "CIS-AWS 5.3", "CIS-AWS 5.4"],
    severity=Severity.CRITICAL,
)
def admin_ports(resource: Resource) -> Findings:
    """Whoever reaches an administrative port from the internet is one password away from students' records."""
    for opening in security_group_rules(resource):
        if ports := opening.ports():
            for cidr in opening.world():
                names = ", ".join(f"{ADMIN_PORTS[port]} ({port})" for port in ports)
                yield f"{cidr} may reach {names}; allow a security group or the VPC's own range instead"


@rule(
    "sg-rules-must-have-description",
    on=(*SECURITY_GROUPS, *SECURITY_GROUP_RULES),
    covers=["CKV_AWS_23"],
    severity=Severity.LOW,
)
def described_rules(resource: Resource) -> Findings:
    """An opening whose reason nobody wrote down is one that nobody dares to close."""
    if resource.type == SECURITY_GROUP and not resource.text("description"):
        yield "the group has no description; say what it stands in front of"
    for direction in DIRECTIONS:
        for opening in security_group_rules(resource, direction):
            if not opening.holder.text("description"):
                yield f"an {direction} rule has no description; say who needs it and for what"


@rule("sg-must-not-allow-all-egress", on=(*SECURITY_GROUPS, CLASSIC_RULE, EGRESS_RULE), covers=["CKV_AWS_382"])
def narrow_egress(resource: Resource) -> Findings:
    """Stolen records leave by the way out that nobody closed: what a machine may call is named by port."""
    for opening in security_group_rules(resource, "egress"):
        if opening.protocol in EVERY_PROTOCOL:
            for cidr in opening.world():
                yield f"everything may leave to {cidr}; name the protocol and the ports that are needed"


@rule("sg-must-open-only-web-ports", on=(*SECURITY_GROUPS, CLASSIC_RULE, INGRESS_RULE), severity=Severity.CRITICAL)
def web_only(resource: Resource) -> Findings:
    """The internet has business with the platform over HTTP and HTTPS, and over nothing else."""
    for opening in security_group_rules(resource):
        if not _is_web(opening):
            for cidr in opening.world():
                yield f"{cidr} comes in by more than port 80 or 443; open one of these two, or a narrower range"


@rule("default-sg-must-be-closed", on=DEFAULT_SECURITY_GROUP, covers=["CKV2_AWS_12", "CIS-AWS 5.5"])
def closed_default_group(group: Resource) -> Findings:
    """Whatever is made without a security group gets the VPC's default one: it lets nothing through."""
    for direction in DIRECTIONS:
        if group.items(direction):
            yield f"the default security group has {direction} rules; remove them and give resources other groups"


@stack_rule("vpc-must-close-default-sg", covers=["CKV2_AWS_12", "CIS-AWS 5.5"])
def default_groups(stack: Stack) -> StackFindings:
    """AWS makes every VPC's default group open among its members, unless a program takes it over."""
    for vpc in unreferenced(stack.of_type(VPC), stack.of_type(DEFAULT_SECURITY_GROUP), "vpcId"):
        yield vpc, f"VPC {vpc.name} keeps the default security group of AWS; add a DefaultSecurityGroup without rules"


@stack_rule(
    "sg-must-be-attached",
    covers=["CKV2_AWS_5"],
    # Dev leaves out what is dear, such as interface endpoints, and keeps the group that prod has for it.
    level=Levels(dev=Level.ADVISORY),
    severity=Severity.LOW,
)
def attached_groups(stack: Stack) -> StackFindings:
    """A group that protects nothing today is what somebody picks in a hurry tomorrow."""
    found = referrers(stack)
    held = {group.urn for group in stack.of_type(SECURITY_GROUP) if _attached_resources(group, found)}
    # A standby's groups wait for what a failover makes; until then, those that are in use name them.
    naming = [
        each
        for each in stack.of_type(*SECURITY_GROUP_RULES)
        if held & each.property_dependencies.get("securityGroupId", frozenset())
    ]
    held |= source_urns(naming, "referencedSecurityGroupId") | source_urns(naming, "sourceSecurityGroupId")
    for group in stack.of_type(SECURITY_GROUP):
        if group.urn not in held:
            yield group, f"security group {group.name} is on no resource; attach or remove it"


@stack_rule(
    "sg-must-have-one-kind-of-rules",
    covers=["AWSGuard security-group-no-rule-management-conflicts"],
    severity=Severity.MEDIUM,
)
def one_way_of_declaring(stack: Stack) -> StackFindings:
    """Rules inside a group and rules beside it undo each other at every update: a closed port opens again."""
    for group in stack.of_type(SECURITY_GROUP):
        kinds = [kind for kind in ("inline", CLASSIC_RULE, "vpc") if _is_declared(stack, group, kind)]
        if len(kinds) > 1:
            yield (
                group,
                f"rules of security group {group.name} are declared in {len(kinds)} ways; keep one",
            )


@stack_rule("sg-must-let-world-in-at-load-balancers", severity=Severity.CRITICAL)
def open_only_at_load_balancers(stack: Stack) -> StackFindings:
    """The world meets the platform at its load balancers, where the firewall and the certificate are."""
    open_groups = {
        urn
        for resource in stack.of_type(*SECURITY_GROUPS, CLASSIC_RULE, INGRESS_RULE)
        if (resource.type in SECURITY_GROUP_RULES or is_set_by_program(resource, "ingress"))
        and any(opening.world() for opening in security_group_rules(resource))
        for urn in (
            resource.property_dependencies.get("securityGroupId", ())
            if resource.type in SECURITY_GROUP_RULES
            else [resource.urn]
        )
    }
    found = referrers(stack)
    for group in stack.of_type(*SECURITY_GROUPS):
        if group.urn in open_groups:
            for holder in _attached_resources(group, found):
                if holder.type not in INTERNET_FACING:
                    yield holder, f"{holder.name} is open to the world through security group {group.name}; use another"


def _attached_resources(group: Resource, found: Mapping[str, list[Resource]]) -> list[Resource]:
    """The resources that a group is on."""
    return [user for user in found.get(group.urn, ()) if user.type not in {*SECURITY_GROUPS, *SECURITY_GROUP_RULES}]


def _is_declared(stack: Stack, group: Resource, kind: str) -> bool:
    if kind == "inline":
        return any(is_set_by_program(group, direction) for direction in DIRECTIONS)
    kinds = (INGRESS_RULE, EGRESS_RULE) if kind == "vpc" else (kind,)
    return group.urn in source_urns(stack.of_type(*kinds), "securityGroupId")


def _is_web(opening: SecurityGroupRule) -> bool:
    low, high = opening.holder.number("fromPort"), opening.holder.number("toPort")
    return opening.protocol in TCP and low == high and low in WEB_PORTS

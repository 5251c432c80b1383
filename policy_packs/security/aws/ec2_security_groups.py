"""Security groups and their rules."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from policy_packs.kernel.context import Context, reviewed_names
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
# Load balancers, and Kubernetes types for which a controller creates a load balancer with their security groups.
INTERNET_FACING = (*EVERY_LOAD_BALANCER, "kubernetes:networking.k8s.io/v1:Ingress", "kubernetes:core/v1:Service")
DIRECTIONS = ("ingress", "egress")
WEB_PORTS = frozenset({80, 443})


@dataclass(frozen=True)
class SecurityGroupRule:
    """One rule of a security group, whichever resource type declares it."""

    fields: Reader
    protocol_path: str = "protocol"
    ranges: tuple[str, ...] = ("cidrBlocks", "ipv6CidrBlocks")
    prefix_lists_path: str = "prefixListIds"

    @property
    def protocol(self) -> str:
        """Protocol as AWS names it: "tcp", "6", or "-1" for every protocol."""
        return (self.fields.text(self.protocol_path) or "").lower()

    def admin_ports(self) -> list[int]:
        """Return the administrative ports that the rule opens."""
        if self.protocol in EVERY_PROTOCOL:
            return list(ADMIN_PORTS)
        if self.protocol not in TCP:
            return []
        low, high = self.fields.number("fromPort"), self.fields.number("toPort")
        if low is None or high is None:
            return list(ADMIN_PORTS)
        return [port for port in ADMIN_PORTS if low <= port <= high]

    def internet_ranges(self) -> list[str]:
        """Return the rule's address ranges that count as the internet."""
        return [cidr for path in self.ranges for cidr in self.fields.texts(path) if is_internet(cidr)]


def security_group_rules(resource: Resource, direction: str = "ingress") -> Iterator[SecurityGroupRule]:
    """Yield the rules of one direction: "ingress" or "egress".

    The resource is a security group or a separate rule resource.
    """
    if resource.type in {INGRESS_RULE, EGRESS_RULE}:
        if resource.type == (INGRESS_RULE if direction == "ingress" else EGRESS_RULE):
            yield SecurityGroupRule(resource, "ipProtocol", ("cidrIpv4", "cidrIpv6"), "prefixListId")
    elif resource.type == CLASSIC_RULE:
        if resource.text("type") == direction:
            yield SecurityGroupRule(resource)
    else:
        for group_rule in resource.each(direction):
            yield SecurityGroupRule(group_rule)


@rule(
    "sg-must-not-open-admin-ports",
    on=(*SECURITY_GROUPS, CLASSIC_RULE, INGRESS_RULE),
    covers=["CKV_AWS_24", "CKV_AWS_25", "CKV_AWS_277", "CIS-AWS 5.1.2", "CIS-AWS 5.3", "CIS-AWS 5.4"],
    severity=Severity.CRITICAL,
)
def admin_ports(resource: Resource) -> Findings:
    """If an administrative port is open to the internet, only a single password protects the student records."""
    for group_rule in security_group_rules(resource):
        if ports := group_rule.admin_ports():
            for cidr in group_rule.internet_ranges():
                names = ", ".join(f"{ADMIN_PORTS[port]} ({port})" for port in ports)
                yield f"{cidr} can reach {names}. Allow a security group or the VPC's own range instead."


@rule(
    "sg-rules-must-have-description",
    on=(*SECURITY_GROUPS, *SECURITY_GROUP_RULES),
    covers=["CKV_AWS_23"],
    severity=Severity.LOW,
)
def described_rules(resource: Resource) -> Findings:
    """Nobody dares to remove a rule whose purpose is unknown."""
    if resource.type == SECURITY_GROUP and not resource.text("description"):
        yield "The group has no description. State what it protects."
    for direction in DIRECTIONS:
        for group_rule in security_group_rules(resource, direction):
            if not group_rule.fields.text("description"):
                yield f"An {direction} rule has no description. State who needs the rule and why."


@rule("sg-must-not-allow-all-egress", on=(*SECURITY_GROUPS, CLASSIC_RULE, EGRESS_RULE), covers=["CKV_AWS_382"])
def narrow_egress(resource: Resource) -> Findings:
    """Stolen records leave through unrestricted egress, so outbound traffic is limited by protocol and port."""
    for group_rule in security_group_rules(resource, "egress"):
        if group_rule.protocol in EVERY_PROTOCOL:
            for cidr in group_rule.internet_ranges():
                yield f"All traffic to {cidr} is allowed. Allow only the protocol and the ports that are needed."


@rule("sg-must-open-only-web-ports", on=(*SECURITY_GROUPS, CLASSIC_RULE, INGRESS_RULE), severity=Severity.CRITICAL)
def web_only(resource: Resource) -> Findings:
    """The platform serves the internet only over HTTP and HTTPS, so any other open port only helps attackers."""
    for group_rule in security_group_rules(resource):
        if not _is_web(group_rule):
            for cidr in group_rule.internet_ranges():
                yield (
                    f"{cidr} can reach more than TCP port 80 or 443. Open only these two, with a rule for each, or "
                    "allow a narrower range."
                )


@rule(
    "sg-must-not-open-to-unknown-prefix-lists",
    on=(*SECURITY_GROUPS, *SECURITY_GROUP_RULES),
    settings={"prefixLists": reviewed_names("IDs of prefix lists that were reviewed", [])},
)
def reviewed_prefix_lists(resource: Resource, context: Context) -> Findings:
    """A prefix list can contain any address, and its owner can change it later without a change to the group."""
    for direction in DIRECTIONS:
        for group_rule in security_group_rules(resource, direction):
            for prefix_list in group_rule.fields.texts(group_rule.prefix_lists_path):
                if prefix_list not in context.settings["prefixLists"]:
                    yield (
                        f"An {direction} rule names prefix list {prefix_list}, whose addresses this policy cannot see. "
                        "Name address ranges or a security group, or add the reviewed list to the setting "
                        "`prefixLists`."
                    )


@rule("default-sg-must-be-closed", on=DEFAULT_SECURITY_GROUP, covers=["CKV2_AWS_12", "CIS-AWS 5.5"])
def closed_default_group(group: Resource) -> Findings:
    """Resources without a security group get the VPC's default group, so it must not allow any traffic."""
    for direction in DIRECTIONS:
        if group.items(direction):
            yield f"The default security group has {direction} rules. Remove them, and attach other groups."


@stack_rule("vpc-must-close-default-sg", covers=["CKV2_AWS_12", "CIS-AWS 5.5"])
def default_groups(stack: Stack) -> StackFindings:
    """The members of a VPC's default security group can reach each other, although no rule of the program says so."""
    for vpc in unreferenced(stack.of_type(VPC), stack.of_type(DEFAULT_SECURITY_GROUP), "vpcId"):
        yield vpc, f"VPC {vpc.name} keeps AWS's default security group. Add a DefaultSecurityGroup without rules."


@stack_rule(
    "sg-must-be-attached",
    covers=["CKV2_AWS_5"],
    # Dev leaves out expensive resources, such as interface endpoints, but keeps their security groups.
    level=Levels(dev=Level.ADVISORY),
    severity=Severity.LOW,
)
def attached_groups(stack: Stack) -> StackFindings:
    """Somebody in a hurry could reuse an unattached group without checking what it allows."""
    users = referrers(stack)
    used = {group.urn for group in stack.of_type(SECURITY_GROUP) if _attached_resources(group, users)}
    # The groups of a standby get their resources at a failover. Until then, rules of attached groups refer to them.
    rules_of_used_groups = [
        each
        for each in stack.of_type(*SECURITY_GROUP_RULES)
        if used & each.property_dependencies.get("securityGroupId", frozenset())
    ]
    used |= source_urns(rules_of_used_groups, "referencedSecurityGroupId") | source_urns(
        rules_of_used_groups, "sourceSecurityGroupId"
    )
    for group in stack.of_type(SECURITY_GROUP):
        if group.urn not in used:
            yield group, f"Security group {group.name} is not attached to any resource. Attach it or remove it."


@stack_rule(
    "sg-must-have-one-kind-of-rules",
    covers=["AWSGuard security-group-no-rule-management-conflicts"],
    severity=Severity.MEDIUM,
)
def one_way_of_declaring(stack: Stack) -> StackFindings:
    """Inline rules and separate rule resources overwrite each other at every update, so a closed port opens again."""
    for group in stack.of_type(SECURITY_GROUP):
        forms = [form for form in ("inline", CLASSIC_RULE, "vpc") if _is_declared(stack, group, form)]
        if len(forms) > 1:
            yield (
                group,
                (
                    f"Rules of security group {group.name} are declared in {len(forms)} ways. Keep only one: inline "
                    "rules, or one family of rule resources."
                ),
            )


@stack_rule("sg-must-let-world-in-at-load-balancers", severity=Severity.CRITICAL)
def open_only_at_load_balancers(stack: Stack) -> StackFindings:
    """Traffic from the internet must enter through load balancers, which have the firewall and the certificate."""
    open_groups = {
        urn
        for resource in stack.of_type(*SECURITY_GROUPS, CLASSIC_RULE, INGRESS_RULE)
        if (resource.type in SECURITY_GROUP_RULES or is_set_by_program(resource, "ingress"))
        and any(group_rule.internet_ranges() for group_rule in security_group_rules(resource))
        for urn in (
            resource.property_dependencies.get("securityGroupId", ())
            if resource.type in SECURITY_GROUP_RULES
            else [resource.urn]
        )
    }
    users = referrers(stack)
    for group in stack.of_type(*SECURITY_GROUPS):
        if group.urn in open_groups:
            for user in _attached_resources(group, users):
                if user.type not in INTERNET_FACING:
                    yield (
                        user,
                        (
                            f"{user.name} is open to the internet through security group {group.name}. Attach a group "
                            "that admits only the load balancer."
                        ),
                    )


def _attached_resources(group: Resource, users: Mapping[str, list[Resource]]) -> list[Resource]:
    """Return the resources that a group is attached to."""
    return [user for user in users.get(group.urn, ()) if user.type not in {*SECURITY_GROUPS, *SECURITY_GROUP_RULES}]


def _is_declared(stack: Stack, group: Resource, form: str) -> bool:
    if form == "inline":
        return any(is_set_by_program(group, direction) for direction in DIRECTIONS)
    rule_types = (INGRESS_RULE, EGRESS_RULE) if form == "vpc" else (form,)
    return group.urn in source_urns(stack.of_type(*rule_types), "securityGroupId")


def _is_web(group_rule: SecurityGroupRule) -> bool:
    low, high = group_rule.fields.number("fromPort"), group_rule.fields.number("toPort")
    return group_rule.protocol in TCP and low == high and low in WEB_PORTS

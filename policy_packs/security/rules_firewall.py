"""Security groups: each opening has a reason, the world comes in by the web ports only, no group lies about unused."""

from collections.abc import Mapping

from policy_packs.kernel.registry import Findings, Level, Levels, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.pairs import is_given, sources, users, without
from policy_packs.security.rules_network import (
    CLASSIC_RULE,
    EGRESS_RULE,
    EVERY_PROTOCOL,
    INGRESS_RULE,
    SECURITY_GROUPS,
    TCP,
    Opening,
    openings,
)

GROUP, DEFAULT_GROUP = SECURITY_GROUPS
RULES = (CLASSIC_RULE, INGRESS_RULE, EGRESS_RULE)
VPC = "aws:ec2/vpc:Vpc"
BALANCERS = (
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:alb/loadBalancer:LoadBalancer",
    "aws:elb/loadBalancer:LoadBalancer",
)
# What AWS makes a load balancer of, and who gets its security groups.
DOORS = (*BALANCERS, "kubernetes:networking.k8s.io/v1:Ingress", "kubernetes:core/v1:Service")
DIRECTIONS = ("ingress", "egress")
WEB_PORTS = frozenset({80, 443})


@rule("sg-rules-must-have-description", on=(*SECURITY_GROUPS, *RULES), covers=["CKV_AWS_23"], severity=Severity.LOW)
def described(resource: Resource) -> Findings:
    """An opening whose reason nobody wrote down is one that nobody dares to close."""
    if resource.kind == GROUP and not resource.text("description"):
        yield "the group has no description; say what it stands in front of"
    for direction in DIRECTIONS:
        for opening in openings(resource, direction):
            if not opening.holder.text("description"):
                yield f"an {direction} rule has no description; say who needs it and for what"


@rule("sg-must-not-allow-all-egress", on=(*SECURITY_GROUPS, CLASSIC_RULE, EGRESS_RULE), covers=["CKV_AWS_382"])
def narrow_egress(resource: Resource) -> Findings:
    """Stolen records leave by the way out that nobody closed: what a machine may call is named by port."""
    for opening in openings(resource, "egress"):
        if opening.protocol in EVERY_PROTOCOL:
            for cidr in opening.world():
                yield f"everything may leave to {cidr}; name the protocol and the ports that are needed"


@rule("sg-must-open-only-web-ports", on=(*SECURITY_GROUPS, CLASSIC_RULE, INGRESS_RULE), severity=Severity.CRITICAL)
def web_only(resource: Resource) -> Findings:
    """The internet has business with the platform over HTTP and HTTPS, and over nothing else."""
    for opening in openings(resource):
        if not _is_web(opening):
            for cidr in opening.world():
                yield f"{cidr} comes in by more than port 80 or 443; open one of these two, or a narrower range"


@rule("default-sg-must-be-closed", on=DEFAULT_GROUP, covers=["CKV2_AWS_12", "CIS-AWS 5.5"])
def closed(group: Resource) -> Findings:
    """Whatever is made without a security group gets the VPC's default one: it lets nothing through."""
    for direction in DIRECTIONS:
        if group.items(direction):
            yield f"the default security group has {direction} rules; remove them and give resources other groups"


@stack_rule("vpc-must-close-default-sg", covers=["CKV2_AWS_12", "CIS-AWS 5.5"])
def default_groups(stack: Stack) -> StackFindings:
    """AWS makes every VPC's default group open among its members, unless a program takes it over."""
    for vpc in without(stack.of(VPC), stack.of(DEFAULT_GROUP), "vpcId"):
        yield vpc, f"VPC {vpc.name} keeps the default security group of AWS; add a DefaultSecurityGroup without rules"


@stack_rule(
    "sg-must-be-attached",
    covers=["CKV2_AWS_5"],
    # Dev leaves out what is dear, such as interface endpoints, and keeps the group that prod has for it.
    level=Levels(dev=Level.ADVISORY),
    severity=Severity.LOW,
)
def attached(stack: Stack) -> StackFindings:
    """A group that protects nothing today is what somebody picks in a hurry tomorrow."""
    found = users(stack)
    held = {group.urn for group in stack.of(GROUP) if _holders(group, found)}
    # A standby's groups wait for what a failover makes; until then, those that are in use name them.
    naming = [each for each in stack.of(*RULES) if held & each.uses.get("securityGroupId", frozenset())]
    held |= sources(naming, "referencedSecurityGroupId") | sources(naming, "sourceSecurityGroupId")
    for group in stack.of(GROUP):
        if group.urn not in held:
            yield group, f"security group {group.name} is on no resource; attach or remove it"


@stack_rule(
    "sg-must-have-one-kind-of-rules",
    covers=["AWSGuard security-group-no-rule-management-conflicts"],
    severity=Severity.MEDIUM,
)
def one_kind(stack: Stack) -> StackFindings:
    """Rules inside a group and rules beside it undo each other at every update: a closed port opens again."""
    for group in stack.of(GROUP):
        kinds = [kind for kind in ("inline", CLASSIC_RULE, "vpc") if _has(stack, group, kind)]
        if len(kinds) > 1:
            yield (
                group,
                f"rules of security group {group.name} are declared in {len(kinds)} ways; keep one",
            )


@stack_rule("sg-must-let-world-in-at-load-balancers", severity=Severity.CRITICAL)
def only_balancers(stack: Stack) -> StackFindings:
    """The world meets the platform at its load balancers, where the firewall and the certificate are."""
    open_groups = {
        urn
        for resource in stack.of(*SECURITY_GROUPS, CLASSIC_RULE, INGRESS_RULE)
        if (resource.kind in RULES or is_given(resource, "ingress"))
        and any(opening.world() for opening in openings(resource))
        for urn in (resource.uses.get("securityGroupId", ()) if resource.kind in RULES else [resource.urn])
    }
    found = users(stack)
    for group in stack.of(*SECURITY_GROUPS):
        if group.urn in open_groups:
            for holder in _holders(group, found):
                if holder.kind not in DOORS:
                    yield holder, f"{holder.name} is open to the world through security group {group.name}; use another"


def _holders(group: Resource, found: Mapping[str, list[Resource]]) -> list[Resource]:
    """The resources that a group is on."""
    return [user for user in found.get(group.urn, ()) if user.kind not in {*SECURITY_GROUPS, *RULES}]


def _has(stack: Stack, group: Resource, kind: str) -> bool:
    if kind == "inline":
        return any(is_given(group, direction) for direction in DIRECTIONS)
    kinds = (INGRESS_RULE, EGRESS_RULE) if kind == "vpc" else (kind,)
    return group.urn in sources(stack.of(*kinds), "securityGroupId")


def _is_web(opening: Opening) -> bool:
    low, high = opening.holder.number("fromPort"), opening.holder.number("toPort")
    return opening.protocol in TCP and low == high and low in WEB_PORTS

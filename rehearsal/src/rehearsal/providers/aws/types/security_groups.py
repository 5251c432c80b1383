"""EC2: security groups and their rules, inline or as resources of their own.

AWS joins rules of one protocol and port range; a program may write them apart. Rules are therefore compared as atoms,
one for each source, and live ones are shown in the grouping that the program wrote.

A group shows every rule but those that are resources of their own. The real provider takes all rules of a group that
has none inline for computed, and so never shows the one that somebody opened by hand; here that is drift.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.table import Auto, ResourceType, Step, of_item, of_work, op
from rehearsal.providers.aws.tags import Ec2Tags
from rehearsal.providers.aws.types.network import ec2_arn
from rehearsal.providers.aws.work import Work
from rehearsal.providers.values import Properties

ALL = "-1"
"""The protocol that means any; AWS then keeps no ports."""

_SOURCES = {
    "cidrBlocks": ("IpRanges", "CidrIp"),
    "ipv6CidrBlocks": ("Ipv6Ranges", "CidrIpv6"),
    "prefixListIds": ("PrefixListIds", "PrefixListId"),
    "securityGroups": ("UserIdGroupPairs", "GroupId"),
}
_PROTOCOLS = {"all": ALL, "6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}


_OWN_RESOURCES: set[str] = set()
"""Ids of rules that are resources of their own; moto forgets its rules when this process forgets these."""


@dataclass(frozen=True)
class Atom:
    """One protocol, port range and source."""

    protocol: str
    from_port: int
    to_port: int
    kind: str
    """Property that holds the source, as in `cidrBlocks`."""
    source: str
    description: str = ""

    def permission(self) -> Args:
        """The rule in AWS's form."""
        member, name = _SOURCES[self.kind]
        ports = {} if self.protocol == ALL else {"FromPort": self.from_port, "ToPort": self.to_port}
        source = {name: self.source, **({"Description": self.description} if self.description else {})}
        return {"IpProtocol": self.protocol, **ports, member: [source]}


def atoms_of(rule: Properties, group: str) -> list[Atom]:
    """Atoms of a rule as a program writes it; `self` means the group itself."""
    protocol = str(rule.get("protocol", ALL)).lower()
    protocol = _PROTOCOLS.get(protocol, protocol)
    low, high = (0, 0) if protocol == ALL else (int(rule.get("fromPort") or 0), int(rule.get("toPort") or 0))
    sources = [(kind, source) for kind in _SOURCES for source in rule.get(kind) or []]
    if rule.get("self"):
        sources.append(("securityGroups", group))
    return [Atom(protocol, low, high, kind, source, rule.get("description") or "") for kind, source in sources]


def atoms_live(permissions: Iterable[Any]) -> list[Atom]:
    """Atoms of what AWS describes."""
    return [
        Atom(
            permission["IpProtocol"],
            0 if permission["IpProtocol"] == ALL else permission.get("FromPort", 0),
            0 if permission["IpProtocol"] == ALL else permission.get("ToPort", 0),
            kind,
            source[name],
            source.get("Description", ""),
        )
        for permission in permissions
        for kind, (member, name) in _SOURCES.items()
        for source in permission.get(member) or []
    ]


def as_written(written: Iterable[Properties], live: Iterable[Atom], group: str) -> list[Properties]:
    """Live rules, grouped as the program wrote them; what it didn't write follows, one rule for each port range."""
    left = set(live)
    shown = []
    for rule in written:
        atoms = set(atoms_of(rule, group))
        if atoms and atoms <= left:
            shown.append(rule)
        elif atoms & left:
            shown.extend(_rules(atoms & left, group))
        left -= atoms
    return [*shown, *_rules(left, group)]


def _rules(atoms: Iterable[Atom], group: str) -> list[Properties]:
    found: dict[tuple[str, int, int, str], Properties] = {}
    for atom in sorted(atoms, key=lambda one: json.dumps(asdict(one))):
        key = (atom.protocol, atom.from_port, atom.to_port, atom.description)
        rule = found.setdefault(
            key,
            {"protocol": atom.protocol, "fromPort": atom.from_port, "toPort": atom.to_port}
            | ({"description": atom.description} if atom.description else {}),
        )
        if atom.kind == "securityGroups" and atom.source == group:
            rule["self"] = True
        else:
            rule.setdefault(atom.kind, []).append(atom.source)
    return list(found.values())


def _authorize(work: Work, direction: str, atoms: Iterable[Atom], group: str) -> None:
    permissions = [atom.permission() for atom in sorted(atoms, key=lambda one: json.dumps(asdict(one)))]
    if permissions:
        work.call(f"authorize_security_group_{direction}", {"GroupId": group, "IpPermissions": permissions})


def _revoke(work: Work, direction: str, atoms: Iterable[Atom], group: str) -> None:
    permissions = [atom.permission() for atom in sorted(atoms, key=lambda one: json.dumps(asdict(one)))]
    if permissions:
        work.call(f"revoke_security_group_{direction}", {"GroupId": group, "IpPermissions": permissions})


def _live(work: Work, direction: str, group: str) -> list[Atom]:
    described = work.call("describe_security_groups", {"GroupIds": [group]})["SecurityGroups"][0]
    return atoms_live(described["IpPermissions" if direction == "ingress" else "IpPermissionsEgress"])


def _set_rules(direction: str) -> Callable[[Work], None]:
    """Make a group's rules in one direction exactly those of the program.

    A new group comes with a rule that lets everything out; like the real provider, it is taken away.
    """

    def run(work: Work) -> None:
        wanted = {atom for rule in work.new.get(direction) or [] for atom in atoms_of(rule, work.id)}
        live = set(_inline(work, direction))
        _revoke(work, direction, live - wanted, work.id)
        _authorize(work, direction, wanted - live, work.id)

    return run


def _show_rules(direction: str) -> Callable[[Work, Any], Any]:
    return lambda work, _: as_written(work.get(direction) or [], _inline(work, direction), work.id)


def _inline(work: Work, direction: str) -> list[Atom]:
    """Rules of the group that are no resources of their own."""
    filters = [{"Name": "group-id", "Values": [work.id]}]
    described = work.call("describe_security_group_rules", {"Filters": filters}, pages=True)
    return [
        _atom(rule)
        for rule in described["SecurityGroupRules"]
        if rule["IsEgress"] == (direction == "egress") and rule["SecurityGroupRuleId"] not in _OWN_RESOURCES
    ]


def _atom(rule: Any) -> Atom:
    sources = {
        "cidrBlocks": rule.get("CidrIpv4"),
        "ipv6CidrBlocks": rule.get("CidrIpv6"),
        "prefixListIds": rule.get("PrefixListId"),
        "securityGroups": (rule.get("ReferencedGroupInfo") or {}).get("GroupId"),
    }
    kind, source = next((kind, source) for kind, source in sources.items() if source)
    protocol = rule["IpProtocol"]
    low, high = (0, 0) if protocol == ALL else (rule.get("FromPort", 0), rule.get("ToPort", 0))
    return Atom(protocol, low, high, kind, source, rule.get("Description") or "")


def _own(rules: Iterable[Any]) -> None:
    _OWN_RESOURCES.update(rule["SecurityGroupRuleId"] for rule in rules)


def _revoke_all(work: Work) -> None:
    if work.get("revokeRulesOnDelete"):
        for direction in ("ingress", "egress"):
            _revoke(work, direction, _live(work, direction, work.id), work.id)


_RULES: dict[str, Any] = {
    "update": [
        Step(inputs=("ingress",), run=_set_rules("ingress")),
        Step(inputs=("egress",), run=_set_rules("egress"), always=True),
    ],
    "outputs": {
        "ingress": _show_rules("ingress"),
        "egress": _show_rules("egress"),
    },
    "names": {"name": "GroupName"},
    "arn": ec2_arn("security-group"),
    "local": ("revokeRulesOnDelete",),
    "watched": ("ingress", "egress"),
    "tagging": Ec2Tags("security-group"),
}


def _default_group(work: Work) -> str:
    """Id of a VPC's default group; without a VPC, of the default VPC's."""
    filters = [{"Name": "group-name", "Values": ["default"]}]
    vpc = work.new.get("vpcId") or _default_vpc(work)
    answer = work.call("describe_security_groups", {"Filters": [*filters, {"Name": "vpc-id", "Values": [vpc]}]})
    return str(answer["SecurityGroups"][0]["GroupId"])


def _default_vpc(work: Work) -> str:
    answer = work.call("describe_vpcs", {"Filters": [{"Name": "is-default", "Values": ["true"]}]})
    return str(answer["Vpcs"][0]["VpcId"])


def _adopt_rules(direction: str) -> Step:
    return Step(inputs=(direction,), run=_set_rules(direction), always=True)


def _rule_args(work: Work) -> Args:
    """Arguments of a rule that is a resource of its own and has one source."""
    source = {
        "IpRanges": _one(work, "CidrIp", "cidrIpv4"),
        "Ipv6Ranges": _one(work, "CidrIpv6", "cidrIpv6"),
        "PrefixListIds": _one(work, "PrefixListId", "prefixListId"),
        "UserIdGroupPairs": _one(work, "GroupId", "referencedSecurityGroupId"),
    }
    ports = {"FromPort": work.new.get("fromPort", -1), "ToPort": work.new.get("toPort", -1)}
    permission = {"IpProtocol": work.new["ipProtocol"], **ports, **source}
    return {"GroupId": work.new["securityGroupId"], "IpPermissions": [permission]}


def _one(work: Work, member: str, name: str) -> list[Any] | None:
    if not work.new.get(name):
        return None
    described = {"Description": work.new["description"]} if work.new.get("description") else {}
    return [{member: work.new[name], **described}]


def _rule_id(work: Work, answer: Any) -> str:  # noqa: ARG001  # the form of all id functions
    _own(answer["SecurityGroupRules"])
    return str(answer["SecurityGroupRules"][0]["SecurityGroupRuleId"])


def _modify_rule(work: Work) -> None:
    ports = {"FromPort": work.new.get("fromPort", -1), "ToPort": work.new.get("toPort", -1)}
    rule = {
        "IpProtocol": work.new["ipProtocol"],
        **ports,
        "Description": work.new.get("description"),
        "CidrIpv4": work.new.get("cidrIpv4"),
        "CidrIpv6": work.new.get("cidrIpv6"),
        "PrefixListId": work.new.get("prefixListId"),
        "ReferencedGroupId": work.new.get("referencedSecurityGroupId"),
    }
    wanted = {"SecurityGroupRuleId": work.id, "SecurityGroupRule": rule}
    work.call("modify_security_group_rules", {"GroupId": work.new["securityGroupId"], "SecurityGroupRules": [wanted]})


def _port(member: str) -> Callable[[Work, Any], Any]:
    """A port; AWS shows -1 where any protocol leaves none."""
    return lambda work, item: item.get(member) if item.get("IpProtocol") != ALL else work.get(_camel(member))


def _camel(member: str) -> str:
    return member[0].lower() + member[1:]


_RULE_INPUTS = (
    "cidrIpv4",
    "cidrIpv6",
    "description",
    "fromPort",
    "ipProtocol",
    "prefixListId",
    "referencedSecurityGroupId",
    "toPort",
)


def _rule_type(direction: str) -> ResourceType:
    """`SecurityGroupIngressRule` or `SecurityGroupEgressRule`."""
    name = f"SecurityGroup{direction.capitalize()}Rule"
    return ResourceType(
        tokens=(f"aws:vpc/s{name[1:]}:{name}",),
        service="ec2",
        id=_rule_id,
        key="SecurityGroupRuleId",
        create=op(f"authorize_security_group_{direction}", _rule_args, inputs=(*_RULE_INPUTS, "securityGroupId")),
        read=op("describe_security_group_rules"),
        update=[Step(inputs=_RULE_INPUTS, run=_modify_rule, on_create=False)],
        delete=op(
            f"revoke_security_group_{direction}",
            lambda work: {"GroupId": work.get("securityGroupId"), "SecurityGroupRuleIds": [work.id]},
        ),
        names={"securityGroupId": "GroupId"},
        watched=("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"),
        outputs={
            "referencedSecurityGroupId": "ReferencedGroupInfo.GroupId",
            "fromPort": _port("FromPort"),
            "toPort": _port("ToPort"),
        },
        arn=ec2_arn("security-group-rule"),
        tagging=Ec2Tags(""),
    )


def _classic(work: Work) -> tuple[str, str, list[Atom]]:
    """Direction, group and atoms of a classic rule."""
    rule = {name: work.get(name) for name in ("protocol", "fromPort", "toPort", "description", "self")}
    rule |= {name: work.get(name) for name in ("cidrBlocks", "ipv6CidrBlocks", "prefixListIds")}
    group = str(work.get("securityGroupId"))
    if work.get("sourceSecurityGroupId") and not work.get("self"):
        rule["securityGroups"] = [work.get("sourceSecurityGroupId")]
    return str(work.get("type")), group, atoms_of(rule, group)


def _classic_args(work: Work) -> Args:
    _, group, atoms = _classic(work)
    return {"GroupId": group, "IpPermissions": [atom.permission() for atom in atoms]}


def _classic_id(work: Work, answer: Any) -> str:
    _own(answer.get("SecurityGroupRules") or [])
    text = json.dumps([str(part) for part in _classic(work)])
    return f"sgrule-{int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)}"


def _find_classic(work: Work, answer: Any) -> Any:
    """The rule's atoms that are still there, as properties."""
    direction, group, atoms = _classic(work)
    described = answer["SecurityGroups"][0]
    live = set(atoms_live(described["IpPermissions" if direction == "ingress" else "IpPermissionsEgress"]))
    there = [atom for atom in atoms if atom in live]
    if not there:
        return None
    kinds = {kind: [one.source for one in there if one.kind == kind] or None for kind in _SOURCES}
    return {**kinds, "type": direction, "securityGroupId": group}


def _classic_op(direction: str) -> Any:
    inputs = (
        "cidrBlocks", "description", "fromPort", "ipv6CidrBlocks", "prefixListIds", "protocol", "securityGroupId",
        "self", "sourceSecurityGroupId", "toPort", "type",
    )  # fmt: skip
    return op(f"authorize_security_group_{direction}", _classic_args, inputs=inputs)


def _classic_delete(work: Work) -> None:
    direction, group, atoms = _classic(work)
    _revoke(work, direction, set(atoms) & set(_live(work, direction, group)), group)


TYPES = (
    ResourceType(
        tokens=("aws:ec2/securityGroup:SecurityGroup",),
        service="ec2",
        id="GroupId",
        create=op("create_security_group"),
        read=op("describe_security_groups"),
        before_delete=[_revoke_all],
        delete=op("delete_security_group"),
        defaults={"description": "Managed by Pulumi", "revokeRulesOnDelete": False},
        auto=Auto(limit=255),
        **_RULES,
    ),
    ResourceType(
        tokens=("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",),
        service="ec2",
        id=of_item(lambda answer: str(answer["SecurityGroups"][0]["GroupId"])),
        key="GroupId",
        create=op("describe_security_groups", lambda work: {"GroupIds": [_default_group(work)]}, inputs=("vpcId",)),
        read=op("describe_security_groups"),
        defaults={"revokeRulesOnDelete": False},
        **{**_RULES, "update": [_adopt_rules("ingress"), _adopt_rules("egress")], "tagging": Ec2Tags("")},
    ),
    _rule_type("ingress"),
    _rule_type("egress"),
    ResourceType(
        tokens=("aws:ec2/securityGroupRule:SecurityGroupRule",),
        service="ec2",
        id=_classic_id,
        create=_classic_op("ingress"),
        variants=((lambda work: work.new.get("type") == "egress", _classic_op("egress")),),
        read=op("describe_security_groups", lambda work: {"GroupIds": [work.get("securityGroupId")]}),
        item=_find_classic,
        before_delete=[_classic_delete],
        defaults={"self": False},
        outputs={"sourceSecurityGroupId": of_work(lambda work: work.get("sourceSecurityGroupId"))},
    ),
)

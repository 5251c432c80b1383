"""EC2 security groups and their rules, inline or as separate resources.

AWS merges rules that have the same protocol and port range, whereas a program may write them separately. Rules are
therefore compared in parts, one per source, and live rules are returned in the program's grouping.

The outputs of a group contain every rule that is not a separate resource. The real provider treats all rules of a group
without inline rules as computed, so it never reports a rule that was added outside the program. The emulated provider
reports such a rule as drift.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.context import OperationContext
from rehearsal.providers.aws.notations import ALL_PROTOCOLS, protocol_name, rules_with_protocol_names
from rehearsal.providers.aws.table import (
    ApiCall,
    AutoName,
    CustomUpdate,
    EmulatedType,
    OutputFunction,
    from_response,
    stored_value,
)
from rehearsal.providers.aws.tags import Ec2Tags
from rehearsal.providers.aws.types.ec2_vpc import ec2_arn
from rehearsal.providers.values import Properties

_SOURCE_MEMBERS = {
    "cidrBlocks": ("IpRanges", "CidrIp"),
    "ipv6CidrBlocks": ("Ipv6Ranges", "CidrIpv6"),
    "prefixListIds": ("PrefixListIds", "PrefixListId"),
    "securityGroups": ("UserIdGroupPairs", "GroupId"),
}
_RULE_RESOURCE_IDS: set[str] = set()
"""Ids of the rules that are separate resources. The ids are kept only in memory, as moto's rules are."""


@dataclass(frozen=True)
class RulePart:
    """Smallest part of a rule, with one protocol, one port range and one source."""

    protocol: str
    from_port: int
    to_port: int
    source_input: str
    """Input that contains the source, e.g. `cidrBlocks`."""
    source: str
    description: str = ""

    def permission(self) -> Args:
        """Convert the part to an `IpPermission` of AWS."""
        member, name = _SOURCE_MEMBERS[self.source_input]
        ports = {} if self.protocol == ALL_PROTOCOLS else {"FromPort": self.from_port, "ToPort": self.to_port}
        source = {name: self.source, **({"Description": self.description} if self.description else {})}
        return {"IpProtocol": self.protocol, **ports, member: [source]}


def parts_of_rule(rule: Properties, group: str) -> list[RulePart]:
    """Split a rule of the program into parts. `self` in the rule stands for `group`."""
    protocol = protocol_name(rule.get("protocol", ALL_PROTOCOLS))
    low, high = (0, 0) if protocol == ALL_PROTOCOLS else (int(rule.get("fromPort") or 0), int(rule.get("toPort") or 0))
    sources = [(source_input, source) for source_input in _SOURCE_MEMBERS for source in rule.get(source_input) or []]
    if rule.get("self"):
        sources.append(("securityGroups", group))
    return [
        RulePart(protocol, low, high, source_input, source, rule.get("description") or "")
        for source_input, source in sources
    ]


def parts_of_permissions(permissions: Iterable[Any]) -> list[RulePart]:
    """Split the rules returned by AWS into parts."""
    return [
        RulePart(
            permission["IpProtocol"],
            0 if permission["IpProtocol"] == ALL_PROTOCOLS else permission.get("FromPort", 0),
            0 if permission["IpProtocol"] == ALL_PROTOCOLS else permission.get("ToPort", 0),
            source_input,
            source[name],
            source.get("Description", ""),
        )
        for permission in permissions
        for source_input, (member, name) in _SOURCE_MEMBERS.items()
        for source in permission.get(member) or []
    ]


def group_as_written(written: Iterable[Properties], live: Iterable[RulePart], group: str) -> list[Properties]:
    """Return the live rules, grouped as the program wrote them where possible.

    Live parts that the program did not write follow, merged into one rule per protocol, port range and description.
    """
    remaining = set(live)
    rules = []
    for rule in written:
        parts = set(parts_of_rule(rule, group))
        if parts and parts <= remaining:
            rules.append(rule)
        elif parts & remaining:
            rules.extend(_merge_parts(parts & remaining, group))
        remaining -= parts
    return [*rules, *_merge_parts(remaining, group)]


def _merge_parts(parts: Iterable[RulePart], group: str) -> list[Properties]:
    rules: dict[tuple[str, int, int, str], Properties] = {}
    for part in sorted(parts, key=lambda part: json.dumps(asdict(part))):
        key = (part.protocol, part.from_port, part.to_port, part.description)
        rule = rules.setdefault(
            key,
            {"protocol": part.protocol, "fromPort": part.from_port, "toPort": part.to_port}
            | ({"description": part.description} if part.description else {}),
        )
        if part.source_input == "securityGroups" and part.source == group:
            rule["self"] = True
        else:
            rule.setdefault(part.source_input, []).append(part.source)
    return list(rules.values())


def _authorize(context: OperationContext, direction: str, parts: Iterable[RulePart], group: str) -> None:
    permissions = [part.permission() for part in sorted(parts, key=lambda part: json.dumps(asdict(part)))]
    if permissions:
        context.call(f"authorize_security_group_{direction}", {"GroupId": group, "IpPermissions": permissions})


def _revoke(context: OperationContext, direction: str, parts: Iterable[RulePart], group: str) -> None:
    permissions = [part.permission() for part in sorted(parts, key=lambda part: json.dumps(asdict(part)))]
    if permissions:
        context.call(f"revoke_security_group_{direction}", {"GroupId": group, "IpPermissions": permissions})


def _live_parts(context: OperationContext, direction: str, group: str) -> list[RulePart]:
    described = context.call("describe_security_groups", {"GroupIds": [group]})["SecurityGroups"][0]
    return parts_of_permissions(described["IpPermissions" if direction == "ingress" else "IpPermissionsEgress"])


def _set_rules(direction: str) -> Callable[[OperationContext], None]:
    """Return an update that replaces a group's rules in one direction.

    AWS creates a group with a rule that allows all egress. As in the real provider, the update removes this rule.
    """

    def run(context: OperationContext) -> None:
        desired = {part for rule in context.inputs.get(direction) or [] for part in parts_of_rule(rule, context.id)}
        live = set(_inline_parts(context, direction))
        _revoke(context, direction, live - desired, context.id)
        _authorize(context, direction, desired - live, context.id)

    return run


def _rules_output(direction: str) -> OutputFunction:
    return lambda context, _: group_as_written(
        context.get(direction) or [], _inline_parts(context, direction), context.id
    )


def _inline_parts(context: OperationContext, direction: str) -> list[RulePart]:
    """Return the parts of the group's rules that are not separate resources."""
    filters = [{"Name": "group-id", "Values": [context.id]}]
    described = context.call("describe_security_group_rules", {"Filters": filters}, pages=True)
    return [
        _part_of_described_rule(rule)
        for rule in described["SecurityGroupRules"]
        if rule["IsEgress"] == (direction == "egress") and rule["SecurityGroupRuleId"] not in _RULE_RESOURCE_IDS
    ]


def _part_of_described_rule(rule: Any) -> RulePart:
    sources = {
        "cidrBlocks": rule.get("CidrIpv4"),
        "ipv6CidrBlocks": rule.get("CidrIpv6"),
        "prefixListIds": rule.get("PrefixListId"),
        "securityGroups": (rule.get("ReferencedGroupInfo") or {}).get("GroupId"),
    }
    source_input, source = next((source_input, source) for source_input, source in sources.items() if source)
    protocol = rule["IpProtocol"]
    low, high = (0, 0) if protocol == ALL_PROTOCOLS else (rule.get("FromPort", 0), rule.get("ToPort", 0))
    return RulePart(protocol, low, high, source_input, source, rule.get("Description") or "")


def _remember_rule_ids(rules: Iterable[Any]) -> None:
    _RULE_RESOURCE_IDS.update(rule["SecurityGroupRuleId"] for rule in rules)


def _revoke_all(context: OperationContext) -> None:
    if context.get("revokeRulesOnDelete"):
        for direction in ("ingress", "egress"):
            _revoke(context, direction, _live_parts(context, direction, context.id), context.id)


_GROUP_FIELDS: dict[str, Any] = {
    "update": [
        CustomUpdate(inputs=("ingress",), run=_set_rules("ingress")),
        CustomUpdate(inputs=("egress",), run=_set_rules("egress"), always_on_create=True),
    ],
    "outputs": {
        "ingress": _rules_output("ingress"),
        "egress": _rules_output("egress"),
    },
    "names": {"name": "GroupName"},
    "notations": {"ingress": rules_with_protocol_names, "egress": rules_with_protocol_names},
    "arn": ec2_arn("security-group"),
    "state_only": ("revokeRulesOnDelete",),
    "detect_drift": ("ingress", "egress"),
    "tagging": Ec2Tags("security-group"),
}


def _default_group_id(context: OperationContext) -> str:
    """Return the id of the default security group of `vpcId`, else of the default VPC."""
    filters = [{"Name": "group-name", "Values": ["default"]}]
    vpc = context.inputs.get("vpcId") or _default_vpc_id(context)
    response = context.call("describe_security_groups", {"Filters": [*filters, {"Name": "vpc-id", "Values": [vpc]}]})
    return str(response["SecurityGroups"][0]["GroupId"])


def _default_vpc_id(context: OperationContext) -> str:
    response = context.call("describe_vpcs", {"Filters": [{"Name": "is-default", "Values": ["true"]}]})
    return str(response["Vpcs"][0]["VpcId"])


def _set_default_rules(direction: str) -> CustomUpdate:
    return CustomUpdate(inputs=(direction,), run=_set_rules(direction), always_on_create=True)


def _rule_args(context: OperationContext) -> Args:
    """Build the arguments of a rule that is a separate resource and has one source."""
    source = {
        "IpRanges": _source_args(context, "CidrIp", "cidrIpv4"),
        "Ipv6Ranges": _source_args(context, "CidrIpv6", "cidrIpv6"),
        "PrefixListIds": _source_args(context, "PrefixListId", "prefixListId"),
        "UserIdGroupPairs": _source_args(context, "GroupId", "referencedSecurityGroupId"),
    }
    ports = {"FromPort": context.inputs.get("fromPort", -1), "ToPort": context.inputs.get("toPort", -1)}
    permission = {"IpProtocol": context.inputs["ipProtocol"], **ports, **source}
    return {"GroupId": context.inputs["securityGroupId"], "IpPermissions": [permission]}


def _source_args(context: OperationContext, member: str, name: str) -> list[Any] | None:
    if not context.inputs.get(name):
        return None
    described = {"Description": context.inputs["description"]} if context.inputs.get("description") else {}
    return [{member: context.inputs[name], **described}]


def _rule_id(context: OperationContext, response: Any) -> str:  # noqa: ARG001  # an OutputFunction
    _remember_rule_ids(response["SecurityGroupRules"])
    return str(response["SecurityGroupRules"][0]["SecurityGroupRuleId"])


def _modify_rule(context: OperationContext) -> None:
    ports = {"FromPort": context.inputs.get("fromPort", -1), "ToPort": context.inputs.get("toPort", -1)}
    rule = {
        "IpProtocol": context.inputs["ipProtocol"],
        **ports,
        "Description": context.inputs.get("description"),
        "CidrIpv4": context.inputs.get("cidrIpv4"),
        "CidrIpv6": context.inputs.get("cidrIpv6"),
        "PrefixListId": context.inputs.get("prefixListId"),
        "ReferencedGroupId": context.inputs.get("referencedSecurityGroupId"),
    }
    change = {"SecurityGroupRuleId": context.id, "SecurityGroupRule": rule}
    context.call(
        "modify_security_group_rules", {"GroupId": context.inputs["securityGroupId"], "SecurityGroupRules": [change]}
    )


def _port_output(member: str) -> OutputFunction:
    """Return the output function of a port.

    For rules on all protocols, AWS returns -1, so the output is the program's value.
    """
    return lambda context, item: (
        item.get(member) if item.get("IpProtocol") != ALL_PROTOCOLS else context.get(_lower_first(member))
    )


def _lower_first(member: str) -> str:
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


def _rule_type(direction: str) -> EmulatedType:
    """Declare `SecurityGroupIngressRule` or `SecurityGroupEgressRule`."""
    name = f"SecurityGroup{direction.capitalize()}Rule"
    return EmulatedType(
        tokens=(f"aws:vpc/s{name[1:]}:{name}",),
        service="ec2",
        id=_rule_id,
        id_argument="SecurityGroupRuleId",
        create=ApiCall(
            f"authorize_security_group_{direction}", args=_rule_args, covers_inputs=(*_RULE_INPUTS, "securityGroupId")
        ),
        read=ApiCall("describe_security_group_rules"),
        update=[CustomUpdate(inputs=_RULE_INPUTS, run=_modify_rule, on_create=False)],
        delete=ApiCall(
            f"revoke_security_group_{direction}",
            args=lambda context: {"GroupId": context.get("securityGroupId"), "SecurityGroupRuleIds": [context.id]},
        ),
        names={"securityGroupId": "GroupId"},
        notations={"ipProtocol": protocol_name},
        detect_drift=("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"),
        outputs={
            "referencedSecurityGroupId": "ReferencedGroupInfo.GroupId",
            "fromPort": _port_output("FromPort"),
            "toPort": _port_output("ToPort"),
        },
        arn=ec2_arn("security-group-rule"),
        tagging=Ec2Tags(""),
    )


def _legacy_rule(context: OperationContext) -> tuple[str, str, list[RulePart]]:
    """Return the direction, group and parts of a `SecurityGroupRule`."""
    rule = {name: context.get(name) for name in ("protocol", "fromPort", "toPort", "description", "self")}
    rule |= {name: context.get(name) for name in ("cidrBlocks", "ipv6CidrBlocks", "prefixListIds")}
    group = str(context.get("securityGroupId"))
    if context.get("sourceSecurityGroupId") and not context.get("self"):
        rule["securityGroups"] = [context.get("sourceSecurityGroupId")]
    return str(context.get("type")), group, parts_of_rule(rule, group)


def _legacy_args(context: OperationContext) -> Args:
    _, group, parts = _legacy_rule(context)
    return {"GroupId": group, "IpPermissions": [part.permission() for part in parts]}


def _legacy_id(context: OperationContext, response: Any) -> str:
    _remember_rule_ids(response.get("SecurityGroupRules") or [])
    direction, group, parts = _legacy_rule(context)
    text = json.dumps([direction, group, *(part.permission() for part in parts)], sort_keys=True)
    return f"sgrule-{int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)}"


def _find_legacy(context: OperationContext, response: Any) -> Any:
    """Return the existing parts of the rule as properties."""
    direction, group, parts = _legacy_rule(context)
    described = response["SecurityGroups"][0]
    live = set(parts_of_permissions(described["IpPermissions" if direction == "ingress" else "IpPermissionsEgress"]))
    remaining = [part for part in parts if part in live]
    if not remaining:
        return None
    sources = {
        source_input: [part.source for part in remaining if part.source_input == source_input] or None
        for source_input in _SOURCE_MEMBERS
    }
    return {**sources, "type": direction, "securityGroupId": group}


def _legacy_create(direction: str) -> ApiCall:
    inputs = (
        "cidrBlocks", "description", "fromPort", "ipv6CidrBlocks", "prefixListIds", "protocol", "securityGroupId",
        "self", "sourceSecurityGroupId", "toPort", "type",
    )  # fmt: skip
    return ApiCall(f"authorize_security_group_{direction}", args=_legacy_args, covers_inputs=inputs)


def _delete_legacy(context: OperationContext) -> None:
    direction, group, parts = _legacy_rule(context)
    _revoke(context, direction, set(parts) & set(_live_parts(context, direction, group)), group)


TYPES = (
    EmulatedType(
        tokens=("aws:ec2/securityGroup:SecurityGroup",),
        service="ec2",
        id="GroupId",
        create=ApiCall("create_security_group"),
        read=ApiCall("describe_security_groups"),
        before_delete=[_revoke_all],
        delete=ApiCall("delete_security_group"),
        defaults={"description": "Managed by Pulumi", "revokeRulesOnDelete": False},
        autoname=AutoName(max_length=255),
        **_GROUP_FIELDS,
    ),
    EmulatedType(
        tokens=("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",),
        service="ec2",
        id=from_response(lambda response: str(response["SecurityGroups"][0]["GroupId"])),
        id_argument="GroupId",
        create=ApiCall(
            "describe_security_groups",
            args=lambda context: {"GroupIds": [_default_group_id(context)]},
            covers_inputs=("vpcId",),
        ),
        read=ApiCall("describe_security_groups"),
        defaults={"revokeRulesOnDelete": False},
        **{
            **_GROUP_FIELDS,
            "update": [_set_default_rules("ingress"), _set_default_rules("egress")],
            "tagging": Ec2Tags(""),
        },
    ),
    _rule_type("ingress"),
    _rule_type("egress"),
    EmulatedType(
        tokens=("aws:ec2/securityGroupRule:SecurityGroupRule",),
        service="ec2",
        id=_legacy_id,
        create=_legacy_create("ingress"),
        create_variants=((lambda context: context.inputs.get("type") == "egress", _legacy_create("egress")),),
        read=ApiCall("describe_security_groups", args=lambda context: {"GroupIds": [context.get("securityGroupId")]}),
        item=_find_legacy,
        before_delete=[_delete_legacy],
        defaults={"self": False},
        notations={"protocol": protocol_name},
        outputs={"sourceSecurityGroupId": stored_value("sourceSecurityGroupId")},
    ),
)

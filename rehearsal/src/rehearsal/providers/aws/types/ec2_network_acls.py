"""EC2 network ACLs: the default network ACL of a VPC."""

from typing import Any

from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.context import OperationContext, by_ids
from rehearsal.providers.aws.table import (
    ApiCall,
    CustomUpdate,
    EmulatedType,
    OutputFunction,
    from_response,
    resource_id,
)
from rehearsal.providers.aws.tags import Ec2Tags
from rehearsal.providers.aws.types.ec2_vpc import ec2_arn
from rehearsal.providers.values import Properties

DEFAULT_RULE = 32767
"""Number of the last rule of every network ACL. This rule is immutable."""
_PROTOCOLS = {"all": "-1", "tcp": "6", "udp": "17", "icmp": "1"}


def _entries(context: OperationContext, values: Properties) -> dict[tuple[bool, int], Args]:
    """Return a mapping from (egress, rule number) to the entry of the ACL."""
    return {
        (egress, int(entry["ruleNo"])): _entry(context, entry, egress=egress)
        for egress, name in ((False, "ingress"), (True, "egress"))
        for entry in values.get(name) or []
    }


def _entry(context: OperationContext, inputs: Properties, *, egress: bool) -> Args:
    protocol = _PROTOCOLS.get(str(inputs["protocol"]).lower(), str(inputs["protocol"]))
    entry: Args = {
        "NetworkAclId": context.id,
        "RuleNumber": int(inputs["ruleNo"]),
        "Egress": egress,
        "Protocol": protocol,
        "RuleAction": inputs["action"],
        "CidrBlock": inputs.get("cidrBlock"),
        "Ipv6CidrBlock": inputs.get("ipv6CidrBlock"),
    }
    if protocol in ("6", "17"):
        entry["PortRange"] = {"From": int(inputs["fromPort"]), "To": int(inputs["toPort"])}
    if protocol == "1":
        entry["IcmpTypeCode"] = {"Type": int(inputs.get("icmpType", 0)), "Code": int(inputs.get("icmpCode", 0))}
    return entry


def _set_entries(context: OperationContext) -> None:
    """Replace the ACL's entries with those of the program."""
    entries = _entries(context, context.inputs)
    live_keys = _live_entries(context)
    for egress, number in sorted(live_keys):
        if (egress, number) not in entries:
            key_args = {"NetworkAclId": context.id, "RuleNumber": number, "Egress": egress}
            context.call("delete_network_acl_entry", key_args)
    for key, entry in sorted(entries.items()):
        context.call("replace_network_acl_entry" if key in live_keys else "create_network_acl_entry", entry)


def _live_entries(context: OperationContext) -> set[tuple[bool, int]]:
    response = context.call("describe_network_acls", {"NetworkAclIds": [context.id]})
    entries = response["NetworkAcls"][0]["Entries"]
    return {(entry["Egress"], entry["RuleNumber"]) for entry in entries if entry["RuleNumber"] != DEFAULT_RULE}


def _entries_output(*, egress: bool) -> OutputFunction:
    def read(item: Any) -> list[Properties]:
        return [
            _read_entry(entry)
            for entry in item["Entries"]
            if entry["Egress"] is egress and entry["RuleNumber"] != DEFAULT_RULE
        ]

    return from_response(read)


def _read_entry(entry: Any) -> Properties:
    ports = entry.get("PortRange") or {}
    outputs = {
        "ruleNo": entry["RuleNumber"],
        "protocol": str(entry["Protocol"]),
        "action": entry["RuleAction"],
        "cidrBlock": entry.get("CidrBlock"),
        "ipv6CidrBlock": entry.get("Ipv6CidrBlock"),
        "fromPort": ports.get("From", 0),
        "toPort": ports.get("To", 0),
        "icmpType": (entry.get("IcmpTypeCode") or {}).get("Type"),
        "icmpCode": (entry.get("IcmpTypeCode") or {}).get("Code"),
    }
    return {name: value for name, value in outputs.items() if value is not None}


TYPES = (
    EmulatedType(
        tokens=("aws:ec2/defaultNetworkAcl:DefaultNetworkAcl",),
        service="ec2",
        id="{defaultNetworkAclId}",
        id_argument="NetworkAclId",
        create=ApiCall(
            "describe_network_acls",
            args=lambda context: {"NetworkAclIds": [context.inputs["defaultNetworkAclId"]]},
            covers_inputs=("defaultNetworkAclId",),
        ),
        read=ApiCall("describe_network_acls", args=by_ids("NetworkAclIds")),
        update=[CustomUpdate(inputs=("ingress", "egress"), run=_set_entries, always_on_create=True)],
        state_only=("subnetIds",),
        detect_drift=("ingress", "egress"),
        outputs={
            "defaultNetworkAclId": resource_id,
            "ingress": _entries_output(egress=False),
            "egress": _entries_output(egress=True),
            "subnetIds": "Associations[].SubnetId",
        },
        arn=ec2_arn("network-acl"),
        tagging=Ec2Tags(""),
    ),
)

"""EC2: connections between networks, and the list of rules that every network comes with."""

from typing import Any

from rehearsal.providers.aws.calls import Args
from rehearsal.providers.aws.table import ResourceType, Step, of_item, of_work, op
from rehearsal.providers.aws.tags import Ec2Tags
from rehearsal.providers.aws.types.network import ec2_arn
from rehearsal.providers.aws.work import Work
from rehearsal.providers.values import Properties

_GONE = "contains(['deleted', 'deleting', 'rejected', 'failed', 'expired'], Status.Code)"
_SIDES = {"requester": "RequesterVpcInfo", "accepter": "AccepterVpcInfo"}
LAST_RULE = 32767
"""Number of the rule that AWS ends every list with, and that nobody can change."""


def _connection(work: Work) -> Args:
    return {"VpcPeeringConnectionIds": [work.id or work.get("vpcPeeringConnectionId")]}


def _options(work: Work, names: tuple[str, ...] = tuple(_SIDES)) -> Args:
    """Options of the sides that the program speaks of; what it leaves out of a side is off."""
    found: Args = {}
    for name in names:
        wanted = work.new.get(name)
        if wanted is not None:
            allowed = bool(wanted.get("allowRemoteVpcDnsResolution"))
            member = f"{name.capitalize()}PeeringConnectionOptions"
            found[member] = {"AllowDnsResolutionFromRemoteVpc": allowed}
    return found


def _set_options(work: Work) -> None:
    options = _options(work)
    if options:
        work.call("modify_vpc_peering_connection_options", {"VpcPeeringConnectionId": work.id, **options})


def _shown_options(name: str) -> Any:
    def show(item: Any) -> Properties | None:
        options = item[_SIDES[name]].get("PeeringOptions")
        if not options:
            return None
        return {"allowRemoteVpcDnsResolution": bool(options.get("AllowDnsResolutionFromRemoteVpc"))}

    return of_item(show)


_SHOWN_OPTIONS = {name: _shown_options(name) for name in _SIDES}


def _accept(work: Work) -> None:
    """Accept what waits for it; a connection that is active already is left alone."""
    if not work.new.get("autoAccept"):
        return
    answer = work.call("describe_vpc_peering_connections", _connection(work))
    if answer["VpcPeeringConnections"][0]["Status"]["Code"] == "pending-acceptance":
        work.call("accept_vpc_peering_connection", {"VpcPeeringConnectionId": work.id})


def _entries(work: Work, values: Properties) -> dict[tuple[bool, int], Args]:
    """Entries of a list in AWS's form, by direction and number."""
    return {
        (egress, int(one["ruleNo"])): _entry(work, one, egress=egress)
        for egress, name in ((False, "ingress"), (True, "egress"))
        for one in values.get(name) or []
    }


def _entry(work: Work, one: Properties, *, egress: bool) -> Args:
    protocol = _PROTOCOLS.get(str(one["protocol"]).lower(), str(one["protocol"]))
    entry: Args = {
        "NetworkAclId": work.id,
        "RuleNumber": int(one["ruleNo"]),
        "Egress": egress,
        "Protocol": protocol,
        "RuleAction": one["action"],
        "CidrBlock": one.get("cidrBlock"),
        "Ipv6CidrBlock": one.get("ipv6CidrBlock"),
    }
    if protocol in ("6", "17"):
        entry["PortRange"] = {"From": int(one["fromPort"]), "To": int(one["toPort"])}
    if protocol == "1":
        entry["IcmpTypeCode"] = {"Type": int(one.get("icmpType", 0)), "Code": int(one.get("icmpCode", 0))}
    return entry


_PROTOCOLS = {"all": "-1", "tcp": "6", "udp": "17", "icmp": "1"}


def _adopt_entries(work: Work) -> None:
    """Make the list say what is wanted, whatever it said before."""
    wanted = _entries(work, work.new)
    live = _live_entries(work)
    for egress, number in sorted(live):
        if (egress, number) not in wanted:
            where = {"NetworkAclId": work.id, "RuleNumber": number, "Egress": egress}
            work.call("delete_network_acl_entry", where)
    for key, entry in sorted(wanted.items()):
        work.call("replace_network_acl_entry" if key in live else "create_network_acl_entry", entry)


def _live_entries(work: Work) -> set[tuple[bool, int]]:
    answer = work.call("describe_network_acls", {"NetworkAclIds": [work.id]})
    entries = answer["NetworkAcls"][0]["Entries"]
    return {(one["Egress"], one["RuleNumber"]) for one in entries if one["RuleNumber"] != LAST_RULE}


def _shown_entries(*, egress: bool) -> Any:
    def show(item: Any) -> list[Properties]:
        return [
            _shown_entry(one) for one in item["Entries"] if one["Egress"] is egress and one["RuleNumber"] != LAST_RULE
        ]

    return of_item(show)


def _shown_entry(one: Any) -> Properties:
    ports = one.get("PortRange") or {}
    shown = {
        "ruleNo": one["RuleNumber"],
        "protocol": str(one["Protocol"]),
        "action": one["RuleAction"],
        "cidrBlock": one.get("CidrBlock"),
        "ipv6CidrBlock": one.get("Ipv6CidrBlock"),
        "fromPort": ports.get("From", 0),
        "toPort": ports.get("To", 0),
        "icmpType": (one.get("IcmpTypeCode") or {}).get("Type"),
        "icmpCode": (one.get("IcmpTypeCode") or {}).get("Code"),
    }
    return {name: value for name, value in shown.items() if value is not None}


TYPES = (
    ResourceType(
        tokens=("aws:ec2/vpcPeeringConnection:VpcPeeringConnection",),
        service="ec2",
        id="VpcPeeringConnectionId",
        create=op("create_vpc_peering_connection"),
        read=op("describe_vpc_peering_connections", _connection),
        ready="Status.Code=='active' || Status.Code=='pending-acceptance'",
        failed="Status.Code=='failed' || Status.Code=='rejected'",
        gone=_GONE,
        update=[Step(inputs=("autoAccept",), run=_accept), Step(inputs=tuple(_SIDES), run=_set_options)],
        delete=op("delete_vpc_peering_connection"),
        local=("autoAccept",),
        outputs={
            "acceptStatus": "Status.Code",
            "vpcId": "RequesterVpcInfo.VpcId",
            "peerVpcId": "AccepterVpcInfo.VpcId",
            "peerOwnerId": "AccepterVpcInfo.OwnerId",
            "peerRegion": "AccepterVpcInfo.Region",
            **_SHOWN_OPTIONS,
        },
        tagging=Ec2Tags("vpc-peering-connection", listed=True),
    ),
    ResourceType(
        tokens=("aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter",),
        service="ec2",
        id="{vpcPeeringConnectionId}",
        create=op("describe_vpc_peering_connections", _connection, inputs=("vpcPeeringConnectionId",)),
        read=op("describe_vpc_peering_connections", _connection),
        ready="Status.Code=='active' || Status.Code=='pending-acceptance'",
        failed="Status.Code=='failed' || Status.Code=='rejected'",
        gone=_GONE,
        update=[Step(inputs=("autoAccept",), run=_accept), Step(inputs=tuple(_SIDES), run=_set_options)],
        local=("autoAccept",),
        outputs={
            "acceptStatus": "Status.Code",
            "vpcPeeringConnectionId": of_work(lambda work: work.id),
            "vpcId": "AccepterVpcInfo.VpcId",
            "peerVpcId": "RequesterVpcInfo.VpcId",
            "peerOwnerId": "RequesterVpcInfo.OwnerId",
            "peerRegion": "RequesterVpcInfo.Region",
            **_SHOWN_OPTIONS,
        },
        tagging=Ec2Tags("", listed=True),
    ),
    ResourceType(
        tokens=("aws:ec2/peeringConnectionOptions:PeeringConnectionOptions",),
        service="ec2",
        id="{vpcPeeringConnectionId}",
        create=op(
            "modify_vpc_peering_connection_options",
            lambda work: {"VpcPeeringConnectionId": work.new["vpcPeeringConnectionId"], **_options(work)},
            inputs=("vpcPeeringConnectionId", *_SIDES),
        ),
        read=op("describe_vpc_peering_connections", _connection),
        gone=_GONE,
        update=[Step(inputs=tuple(_SIDES), run=_set_options, on_create=False)],
        outputs={"vpcPeeringConnectionId": of_work(lambda work: work.id), **_SHOWN_OPTIONS},
    ),
    ResourceType(
        tokens=("aws:ec2/defaultNetworkAcl:DefaultNetworkAcl",),
        service="ec2",
        id="{defaultNetworkAclId}",
        key="NetworkAclId",
        create=op(
            "describe_network_acls",
            lambda work: {"NetworkAclIds": [work.new["defaultNetworkAclId"]]},
            inputs=("defaultNetworkAclId",),
        ),
        read=op("describe_network_acls", lambda work: {"NetworkAclIds": [work.id]}),
        update=[Step(inputs=("ingress", "egress"), run=_adopt_entries, always=True)],
        local=("subnetIds",),
        watched=("ingress", "egress"),
        outputs={
            "defaultNetworkAclId": of_work(lambda work: work.id),
            "ingress": _shown_entries(egress=False),
            "egress": _shown_entries(egress=True),
            "subnetIds": "Associations[].SubnetId",
        },
        arn=ec2_arn("network-acl"),
        tagging=Ec2Tags(""),
    ),
)

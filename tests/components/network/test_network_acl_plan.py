"""The default network ACL."""

from hypothesis import given
from hypothesis import strategies as st

from components.network.network_acl_plan import INBOUND_ENTRIES, OUTBOUND_ENTRIES, NetworkAclEntry


def allowed(entries: tuple[NetworkAclEntry, ...], port: int) -> bool:
    """What AWS does with a TCP packet to a port: the matching entry with the lowest number decides."""
    matching = [e for e in entries if e["protocol"] == "-1" or e["from_port"] <= port <= e["to_port"]]
    return min(matching, key=lambda entry: entry["rule_no"])["action"] == "allow"


@given(st.integers(1, 65535))
def test_every_port_but_those_of_remote_administration_is_open_inwards(port: int) -> None:
    assert allowed(INBOUND_ENTRIES, port) == (port not in {22, 3389})


@given(st.integers(1, 65535))
def test_everything_may_leave(port: int) -> None:
    assert allowed(OUTBOUND_ENTRIES, port)


def test_no_two_entries_have_one_number() -> None:
    numbers = [entry["rule_no"] for entry in INBOUND_ENTRIES]
    assert len(set(numbers)) == len(numbers)

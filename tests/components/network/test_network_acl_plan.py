"""The default network ACL."""

from hypothesis import given
from hypothesis import strategies as st

from components.network.network_acl_plan import INBOUND_ENTRIES, OUTBOUND_ENTRIES, NetworkAclEntry


def allowed(entries: tuple[NetworkAclEntry, ...], port: int) -> bool:
    """Return True if the entries allow traffic to a port.

    Among the entries that match, the one with the lowest number decides.
    """
    matching = [e for e in entries if e["protocol"] == "-1" or e["from_port"] <= port <= e["to_port"]]
    return min(matching, key=lambda entry: entry["rule_no"])["action"] == "allow"


@given(st.integers(1, 65535))
def test_inbound_denies_only_remote_administration_ports(port: int) -> None:
    assert allowed(INBOUND_ENTRIES, port) == (port not in {22, 3389})


@given(st.integers(1, 65535))
def test_outbound_allows_every_port(port: int) -> None:
    assert allowed(OUTBOUND_ENTRIES, port)


def test_rule_numbers_are_unique() -> None:
    numbers = [entry["rule_no"] for entry in INBOUND_ENTRIES]
    assert len(set(numbers)) == len(numbers)

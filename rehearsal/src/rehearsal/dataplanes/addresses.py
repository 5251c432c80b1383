"""An address of its own for each database: all of 127.0.0.0/8 is this machine, so any port can be had many times.

RDS gives every instance a name of its own and listens at the port that was asked for. So does the rehearsal, and the
port that a program wrote is the port that it reads back.
"""

import secrets
import socket
from collections.abc import Iterator
from ipaddress import IPv4Network

from rehearsal.processes import ProcessError

NETWORK = IPv4Network("127.64.0.0/10")
"""The part of the loopback network that databases get addresses from; 127.0.0.x has other users."""
TRIES = 20


def free_address(port: int) -> str:
    """A loopback address on which nothing listens at the port. Raises ProcessError when there is none."""
    for address in _candidates():
        with socket.socket() as probe:
            try:
                probe.bind((address, port))
            except OSError:
                continue
            return address
    raise ProcessError(
        f"port {port} can't be had on any loopback address: another program listens on all of them; "
        "end it, or give the database another port"
    )


def _candidates() -> Iterator[str]:
    for _ in range(TRIES):
        yield str(NETWORK[1 + secrets.randbelow(NETWORK.num_addresses - 2)])

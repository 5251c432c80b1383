"""Loopback address of each database.

An RDS instance has its own host name and listens on the requested port. In a rehearsal, each database has its own
address in 127.0.0.0/8 instead of a host name. Several databases can therefore listen on the same port, and a program
reads back the port that it set.
"""

import secrets
import socket
from collections.abc import Iterator
from ipaddress import IPv4Network

from rehearsal.processes import ProcessError

DATABASE_NETWORK = IPv4Network("127.64.0.0/10")
"""Range of database addresses; other programs use 127.0.0.x."""
MAX_ATTEMPTS = 20


def free_address(port: int) -> str:
    """Return a loopback address on which the port is free.

    Raises:
        ProcessError: no address was found.
    """
    for address in _candidates():
        with socket.socket() as probe:
            try:
                probe.bind((address, port))
            except OSError:
                continue
            return address
    raise ProcessError(
        f"port {port} is taken on every loopback address: another program listens on all of them; "
        "stop that program or choose another port for the database"
    )


def _candidates() -> Iterator[str]:
    for _ in range(MAX_ATTEMPTS):
        yield str(DATABASE_NETWORK[1 + secrets.randbelow(DATABASE_NETWORK.num_addresses - 2)])

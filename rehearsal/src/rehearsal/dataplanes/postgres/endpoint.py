"""What callers of the PostgreSQL data plane exchange with it.

Exceptions::

    DatabaseError               a database can't be made, reached or changed; one sentence with what to do
"""

from dataclasses import dataclass

from rehearsal.errors import RehearsalError


class DatabaseError(RehearsalError):
    """A database can't be made, reached or changed; the message says why and what to do."""


@dataclass(frozen=True)
class DatabaseEndpoint:
    """Where one database listens: an address of its own. TLS is required, as on RDS since PostgreSQL 15."""

    identifier: str
    region: str
    host: str
    port: int

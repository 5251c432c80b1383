"""Public types of the PostgreSQL data plane."""

from dataclasses import dataclass

from rehearsal.errors import RehearsalError


class DatabaseError(RehearsalError):
    """A database can't be created, reached or changed.

    The message says why and what to do.
    """


@dataclass(frozen=True)
class DatabaseEndpoint:
    """Address and port of one database.

    TLS is required, as on RDS since PostgreSQL 15.
    """

    identifier: str
    region: str
    host: str
    port: int

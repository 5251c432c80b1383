"""Engine, parameters, windows, users and topology of the cache."""

from dataclasses import dataclass

PORT = 6379
ENGINE = "redis"
FAMILY = "redis7"
SNAPSHOT_WINDOW = "07:00-08:00"
"""Daily window in UTC, at night in every school's time zone, like the database's backup window."""
MAINTENANCE_WINDOW = "sun:08:30-sun:09:30"
"""Weekly window in UTC, after the snapshot and within the required period from 6 PM to 6 AM."""
LOG_TYPES = ("engine-log", "slow-log")
SERVICES = "services"
"""Name suffix of the user with which services connect.

This user authenticates with an IAM-signed token instead of a password.
"""
ACCESS = "on ~* &* -@all +@read +@write +@connection +@transaction +@pubsub +@scripting -@dangerous"
"""Access string of the services' user, without administrative commands (FLUSHALL, KEYS, CONFIG, ACL).
"""
NO_ACCESS = "off ~* -@all"
"""Access string that disables the mandatory user `default`.

Clients that send no user name authenticate as this user.
"""
PARAMETERS = {
    "maxmemory-policy": "volatile-lru",
    "slowlog-log-slower-than": "10000",
    "timeout": "300",
}
"""Parameters of the cache.

When memory is full, Redis evicts keys with an expiry time. Commands that take longer than 10 ms are in the slow log
(the parameter is in µs), and idle connections are closed after 300 s.
"""


@dataclass(frozen=True)
class Topology:
    """Number of cache nodes, which determines whether failover is possible."""

    nodes: int

    @property
    def failover(self) -> bool:
        """True if a replica in another zone takes over automatically."""
        return self.nodes > 1

"""Engine, parameters, windows, users and topology of the cache."""

from dataclasses import dataclass

PORT = 6379
ENGINE = "redis"
FAMILY = "redis7"
SNAPSHOT_WINDOW = "07:00-08:00"
"""UTC; night in every school's time zone, like the database's."""
MAINTENANCE_WINDOW = "sun:08:30-sun:09:30"
"""UTC, after the snapshot, within the required 6 PM to 6 AM."""
LOG_TYPES = ("engine-log", "slow-log")
SERVICES = "services"
"""Role of the services' user.

It authenticates with an IAM-signed token instead of a password.
"""
ACCESS = "on ~* &* -@all +@read +@write +@connection +@transaction +@pubsub +@scripting -@dangerous"
"""Access string of the services' user.

It excludes administrative commands (FLUSHALL, KEYS, CONFIG, ACL).
"""
NO_ACCESS = "off ~* -@all"
"""Access string of the mandatory user `default`.

Clients without a user name would get that user.
"""
PARAMETERS = {
    "maxmemory-policy": "volatile-lru",
    "slowlog-log-slower-than": "10000",
    "timeout": "300",
}
"""Full memory evicts expiring keys first.

10 ms (in µs) counts as slow; idle connections close after 300 s.
"""


@dataclass(frozen=True)
class Topology:
    """Number of nodes and the failover it allows."""

    nodes: int

    @property
    def failover(self) -> bool:
        """True if a replica in another zone takes over automatically."""
        return self.nodes > 1

"""Fixed figures of the cache: engine, parameters, windows, users, and what follows from the number of nodes."""

from dataclasses import dataclass

PORT = 6379
ENGINE = "redis"
FAMILY = "redis7"
SNAPSHOT_WINDOW = "07:00-08:00"
"""UTC; night in every school's time zone, as the database's."""
MAINTENANCE_WINDOW = "sun:08:30-sun:09:30"
"""UTC, after the snapshot, within the document's 6 PM to 6 AM."""
LOG_TYPES = ("engine-log", "slow-log")
SERVICES = "services"
"""Role of the user that services sign in as, with a token that IAM signs: there is no password."""
ACCESS = "on ~* &* -@all +@read +@write +@connection +@transaction +@pubsub +@scripting -@dangerous"
"""Everything a service does, nothing an operator does (FLUSHALL, KEYS, CONFIG, ACL)."""
NO_ACCESS = "off ~* -@all"
"""Of the user `default`, as which a client without a name signs in: Redis insists that there is one."""
PARAMETERS = {
    "maxmemory-policy": "volatile-lru",
    "slowlog-log-slower-than": "10000",
    "timeout": "300",
}
"""When memory is full, what expires anyway goes first; slow is 10 ms (in µs); idle connections end after 300 s."""


@dataclass(frozen=True)
class Topology:
    """How the nodes of one cache stand by each other."""

    nodes: int

    @property
    def failover(self) -> bool:
        """Whether another node takes over by itself, from another zone: as soon as there is another."""
        return self.nodes > 1

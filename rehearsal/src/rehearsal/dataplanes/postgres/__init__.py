"""A real PostgreSQL server per RDS instance, with streaming standbys for its replicas."""

from rehearsal.dataplanes.postgres.databases import PORT, Databases
from rehearsal.dataplanes.postgres.endpoint import DatabaseEndpoint, DatabaseError

__all__ = ["PORT", "DatabaseEndpoint", "DatabaseError", "Databases"]

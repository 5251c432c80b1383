"""Real PostgreSQL: one server per RDS instance, and a streaming standby per read replica."""

from rehearsal.dataplanes.postgres.databases import PORT, Databases
from rehearsal.dataplanes.postgres.endpoint import DatabaseEndpoint, DatabaseError

__all__ = ["PORT", "DatabaseEndpoint", "DatabaseError", "Databases"]
